//! From what was written to the session that is meant: what the values have to be together.

mod cue;
mod phase;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use super::language::{self, Engine, Script};
use super::session::{Music, Phase, Session, Sound, Voice};
use crate::level::{Decibels, Loudness};
use crate::mistake::{Place, Wrong};
use crate::reading::mistakes::Mistakes;
use crate::reading::named_file;
use crate::reading::yaml::{Field, FileName, Length, Span, Text};
use crate::time::LONGEST;
use crate::zone::{Layout, Listener};

/// The version of the language that is read here.
pub(super) const VERSION: u64 = 1;

const MOST_PHASES: usize = 200;
const MOST_CUES: usize = 5_000;

/// Playlists are read one after the other while the script is checked; so many tracks take a
/// second to look for.
const MOST_TRACKS: usize = 20_000;

const CROSSFADES: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(60);

/// The session that a script means. Where something is wrong it is among the mistakes, and what
/// stands in its place is a default.
pub(super) fn session(
    script: Script,
    path: &Path,
    hash: String,
    mistakes: &mut Mistakes,
) -> Session {
    let folder = named_file::folder_of(path);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let music = music(&script.music, folder, mistakes);
    let phases = phases(script.phases, &music, folder, mistakes);
    Session {
        title: text(&script.title, 200, mistakes).unwrap_or_else(|| stem.into_owned()),
        seed: script.seed.get().map_or(0, |seed| seed.0),
        voice: voice(&script.voice),
        layout: layout(&phases),
        music,
        phases,
        place: Place::whole(mistakes.source()),
        hash,
    }
}

fn music(written: &Field<language::Music>, folder: &Path, mistakes: &mut Mistakes) -> Music {
    let none = language::Music::default();
    let written = written.get().unwrap_or(&none);
    let target = written.loudness.get().map(|target| target.0);
    let fades = Duration::ZERO..=Duration::from_secs(120);
    let mut fade = |field: &Field<Length>, range: &RangeInclusive<Duration>, default| {
        length(field, range, mistakes).unwrap_or(Duration::from_secs(default))
    };
    Music {
        loudness: target.unwrap_or(Some(Loudness::USUAL)),
        crossfade: fade(&written.crossfade, &CROSSFADES, 12),
        phase_crossfade: fade(&written.phase_crossfade, &CROSSFADES, 25),
        fade_in: fade(&written.fade_in, &fades, 4),
        fade_out: fade(&written.fade_out, &fades, 10),
        largest_step: written
            .largest_step
            .get()
            .map_or(Decibels(4.0), |largest| largest.0),
        bed: sound(&written.bed, folder, mistakes),
    }
}

fn voice(written: &Field<language::Voice>) -> Voice {
    let over_music = written.get().and_then(|voice| voice.over_music.get());
    // no engine is in this version, so that `auto` and `none` are the same
    let _: Option<&Engine> = written.get().and_then(|voice| voice.engine.get());
    Voice {
        over_music: over_music.map_or(Decibels(12.0), |over| over.0),
    }
}

fn phases(
    written: Field<crate::reading::yaml::List<language::Phase>>,
    music: &Music,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Vec<Phase> {
    let key = written.key().cloned().unwrap_or_default();
    let Some(written) = written.into_value() else {
        return Vec::new();
    };
    if written.is_empty() {
        mistakes.error(&key, Wrong::new("a session needs at least one phase"));
    }
    let mut taken = Names::default();
    let mut phases: Vec<Phase> = Vec::new();
    let (mut tracks, mut cues) = (0, 0);
    for item in written.items {
        if phases.len() == MOST_PHASES {
            let wrong = format!("a session can have at most {MOST_PHASES} phases");
            mistakes.error(&item.span, Wrong::new(wrong));
            break;
        }
        let phase = phase::phase(item, music, folder, &mut taken, mistakes);
        cues += phase.cues.len();
        tracks += phase.tracks();
        for (count, most, what) in [(cues, MOST_CUES, "cues"), (tracks, MOST_TRACKS, "tracks")] {
            if count > most {
                let wrong = format!("a session can have at most {most} {what}");
                mistakes.push(Wrong::new(wrong).at(phase.place));
                return phases;
            }
        }
        phases.push(phase);
    }
    cue::name_the_nameless(&mut phases, &taken.cues);
    let total: Duration = phases.iter().map(|phase| phase.length).sum();
    if total > LONGEST {
        let wrong = Wrong::new("the phases together are longer than a day");
        mistakes.error(&key, wrong.help("a session can be at most 24h"));
    }
    phases
}

/// Who is addressed decides which zones there are.
fn layout(phases: &[Phase]) -> Layout {
    let named = |listener| {
        let mut cues = phases.iter().flat_map(|phase| &phase.cues);
        cues.any(|cue| cue.to.contains(&listener))
    };
    if named(Listener::A) || named(Listener::B) {
        Layout::couple(named(Listener::Room))
    } else {
        Layout::single()
    }
}

/// The names that were given so far.
#[derive(Default)]
struct Names {
    phases: Taken,
    cues: Taken,
}

/// Names, each in small letters: whoever steers says them in any. With each the way it was written, and in which line.
type Taken = HashMap<String, (String, usize)>;

/// Tells where a name was given before.
fn unique(taken: &mut Taken, name: &str, span: &Span, what: &str, mistakes: &mut Mistakes) {
    let line = mistakes.place(span).line_column().map_or(0, |at| at.0);
    match taken.entry(name.to_ascii_lowercase()) {
        Entry::Vacant(entry) => {
            entry.insert((name.to_owned(), line));
        }
        Entry::Occupied(entry) => {
            let (written, before) = entry.get();
            let alike = if written == name {
                ""
            } else {
                ": capital and small letters make no other name"
            };
            let wrong = Wrong::new(format!(
                "another {what} is called `{written}` already, in line {before}{alike}"
            ));
            mistakes.error(span, wrong.help("give each its own name"));
        }
    }
}

/// A length within a range.
fn length(
    field: &Field<Length>,
    range: &RangeInclusive<Duration>,
    mistakes: &mut Mistakes,
) -> Option<Duration> {
    let (length, span) = field.spanned()?;
    if range.contains(&length.0) {
        return Some(length.0);
    }
    let (least, most) = (say(*range.start()), say(*range.end()));
    let wrong = if length.0 < *range.start() {
        format!("this is too short: {least} is the least here")
    } else {
        format!("this is too long: {most} is the most here")
    };
    mistakes.error(span, Wrong::new(wrong));
    None
}

/// A level within a range of decibels.
fn level(
    field: &Field<crate::reading::yaml::Level>,
    range: RangeInclusive<f32>,
    mistakes: &mut Mistakes,
) -> Option<Decibels> {
    let (level, span) = field.spanned()?;
    if range.contains(&level.0.0) {
        return Some(level.0);
    }
    let (least, most) = range.into_inner();
    let wrong = format!("the level can be from {least:+} dB to {most:+} dB here");
    mistakes.error(span, Wrong::new(wrong));
    None
}

/// A text of at most so many characters.
fn text(field: &Field<Text>, most: usize, mistakes: &mut Mistakes) -> Option<String> {
    let (text, span) = field.spanned()?;
    let count = text.0.chars().count();
    if count > most {
        let wrong = format!("this text has {count} characters, and {most} are the most here");
        mistakes.error(span, Wrong::new(wrong));
        return None;
    }
    Some(text.0.clone())
}

/// An audio file that is there.
fn sound(field: &Field<FileName>, folder: &Path, mistakes: &mut Mistakes) -> Option<Sound> {
    let (name, span) = field.spanned()?;
    match named_file::find(folder, &name.0, mistakes.may_suggest()) {
        Ok(path) => Some(Sound {
            path,
            place: mistakes.place(span),
        }),
        Err(wrong) => {
            mistakes.error(span, wrong);
            None
        }
    }
}

/// A length as people write it: `90s`, `12m`, `1h30m`, `250ms`.
fn say(length: Duration) -> String {
    let (seconds, millis) = (length.as_secs(), length.subsec_millis());
    if millis > 0 {
        return format!("{}ms", length.as_millis());
    }
    let parts = [
        (seconds / 3600, 'h'),
        (seconds / 60 % 60, 'm'),
        (seconds % 60, 's'),
    ];
    let mut text = String::new();
    for (count, unit) in parts.into_iter().filter(|(count, _)| *count > 0) {
        text.push_str(&count.to_string());
        text.push(unit);
    }
    if text.is_empty() { "0s".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_said_as_they_are_written() {
        for text in ["0s", "250ms", "90m", "1m30s", "1h", "1h2m3s"] {
            let length = crate::time::parse_length(text).unwrap();
            assert_eq!(crate::time::parse_length(&say(length)), Ok(length));
        }
        assert_eq!(say(Duration::from_secs(5400)), "1h30m");
    }
}
