//! A session as programs read it: `plan --json`.
//!
//! Positions and lengths are frames from the session's start.

use std::borrow::Cow;

use serde::Serialize;

use crate::prepare::Prepared;
use crate::time::{Frames, Rate};
use crate::timeline::{Clip, PhaseSpan, PlacedCue};
use crate::zone::{Layout, Listener};

/// Everything that will sound.
#[derive(Debug, Serialize)]
struct Outline<'a> {
    title: &'a str,
    /// blake3 of the script, in hex.
    script: &'a str,
    seed: u64,
    /// Frames a second.
    rate: Rate,
    length: Frames,
    layout: &'a Layout,
    phases: Vec<Phase<'a>>,
    clips: Vec<Sound<'a>>,
    cues: Vec<Cue<'a>>,
}

#[derive(Debug, Serialize)]
struct Phase<'a> {
    name: &'a str,
    from: Frames,
    length: Frames,
    hold: bool,
    silent: bool,
    /// In decibels.
    level: f32,
}

#[derive(Debug, Serialize)]
struct Sound<'a> {
    track: Cow<'a, str>,
    title: &'a str,
    from: Frames,
    length: Frames,
    offset: Frames,
    fade_in: Frames,
    fade_out: Frames,
    /// In decibels.
    gain: f32,
    joined: bool,
    zones: Vec<Listener>,
}

#[derive(Debug, Serialize)]
struct Cue<'a> {
    name: &'a str,
    kind: &'static str,
    at: Frames,
    length: Frames,
    /// Where the script asked for it.
    asked: Frames,
    /// What is said or shown.
    text: Option<&'a str>,
    sound: Option<Cow<'a, str>>,
    /// In decibels.
    gain: f32,
    zones: Vec<Listener>,
}

/// The session as JSON. What is no UTF-8 in a file's name is replaced.
#[must_use]
pub fn json(prepared: &Prepared) -> String {
    let timeline = &prepared.timeline;
    let layout = &timeline.layout;
    let outline = Outline {
        title: &timeline.title,
        script: &timeline.script,
        seed: prepared.session.seed,
        rate: timeline.rate,
        length: timeline.length,
        layout,
        phases: timeline.phases.iter().map(phase).collect(),
        clips: timeline.clips.iter().map(|c| sound(c, layout)).collect(),
        cues: timeline.cues.iter().map(|c| cue(c, layout)).collect(),
    };
    // Plain strings and numbers always have a JSON form.
    serde_json::to_string_pretty(&outline).unwrap_or_default() + "\n"
}

fn phase(span: &PhaseSpan) -> Phase<'_> {
    Phase {
        name: &span.name,
        from: span.from,
        length: span.length,
        hold: span.hold,
        silent: span.silent,
        level: span.level.0,
    }
}

fn sound<'a>(clip: &'a Clip, layout: &Layout) -> Sound<'a> {
    Sound {
        track: clip.track.to_string_lossy(),
        title: &clip.title,
        from: clip.from,
        length: clip.length,
        offset: clip.offset,
        fade_in: clip.fade_in.length,
        fade_out: clip.fade_out.length,
        gain: clip.gain.decibels().0,
        joined: clip.joined,
        zones: layout.listeners(clip.zones),
    }
}

fn cue<'a>(cue: &'a PlacedCue, layout: &Layout) -> Cue<'a> {
    Cue {
        name: &cue.name,
        kind: cue.sort.word(),
        at: cue.at,
        length: cue.length,
        asked: cue.asked,
        text: cue.text.as_deref(),
        sound: cue.sound.as_ref().map(|path| path.to_string_lossy()),
        gain: cue.gain.decibels().0,
        zones: layout.listeners(cue.zones),
    }
}
