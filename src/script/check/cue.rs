//! Cues.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use super::phase::Lengths;
use super::{Names, Taken, length, level, say, sound, text, unique};
use crate::level::Decibels;
use crate::mistake::Wrong;
use crate::reading::mistakes::Mistakes;
use crate::reading::suggest::listed;
use crate::reading::yaml::{Field, Span, Spanned};
use crate::script::language;
use crate::script::session::{At, Cue, CueKind, Phase, Seek};

const LONGEST_TEXT: usize = 2_000;
const ATTACK: Duration = Duration::from_millis(250);
const ATTACKS: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(50)..=Duration::from_secs(10);
const WITHIN: std::ops::RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(600);

/// How far a cue may look for a quiet place where the script is silent.
const WITHIN_QUIET: Duration = Duration::from_secs(30);

/// Oftener than this nothing is meant to be said.
const SHORTEST_EVERY: Duration = Duration::from_secs(10);

/// A cue, its name left empty where the script gives none. `bounds` are the phase's lengths, where
/// they could be read.
pub(super) fn cue(
    written: &Spanned<language::Cue>,
    phase: &Phase,
    bounds: Option<&Lengths>,
    folder: &Path,
    taken: &mut Names,
    mistakes: &mut Mistakes,
) -> Option<Cue> {
    let Spanned { span, value: cue } = written;
    let word = the_one_kind(cue, span, mistakes);
    if let Some(word) = word {
        only_what_fits(cue, word, mistakes);
    }
    let name = text(&cue.name, 80, mistakes).unwrap_or_default();
    if let Some((_, span)) = cue.name.spanned().filter(|_| !name.is_empty()) {
        unique(&mut taken.cues, &name, span, "cue", mistakes);
    }
    let (at, place) = time(cue, phase, bounds, mistakes);
    let seek = cue.place.get().copied().unwrap_or_default();
    let default = match seek {
        Seek::Quiet => WITHIN_QUIET,
        Seek::Nearest => Duration::ZERO,
    };
    let within = length(&cue.within, &WITHIN, mistakes).unwrap_or(default);
    if let (Seek::Quiet, Duration::ZERO, Some(key)) = (seek, within, cue.within.key()) {
        let wrong = Wrong::new("the cue cannot look for a quiet place within 0s");
        mistakes.warning(
            key,
            wrong.help("write how far it may move, for example `30s`"),
        );
    }
    let level = level(&cue.level, -24.0..=6.0, mistakes).unwrap_or(Decibels::ZERO);
    let kind = kind(cue, folder, mistakes);
    let to = cue.to.get().into_iter().flat_map(|to| &to.0);
    let mut listeners: Vec<_> = to.map(|listener| listener.value).collect();
    listeners.sort_unstable();
    listeners.dedup();
    if let (Some(to), true) = (cue.to.spanned(), listeners.is_empty()) {
        let wrong = Wrong::new("nobody hears this cue");
        mistakes.error(to.1, wrong.help("leave `to` out for everybody"));
    }
    Some(Cue {
        name,
        at,
        kind: kind?,
        to: listeners,
        seek,
        within,
        level,
        place: mistakes.place(place.unwrap_or(span)),
    })
}

/// Gives each cue without a name one of ours: `onset 2`, or a later number where that is taken.
pub(super) fn name_the_nameless(phases: &mut [Phase], written: &Taken) {
    let mut taken: HashSet<String> = written.keys().cloned().collect();
    for phase in phases {
        for (at, cue) in phase.cues.iter_mut().enumerate() {
            let mut number = at + 1;
            while cue.name.is_empty() {
                let name = format!("{} {number}", phase.name);
                if taken.insert(name.to_ascii_lowercase()) {
                    cue.name = name;
                }
                number += 1;
            }
        }
    }
}

/// The word that says what the cue is; exactly one.
fn the_one_kind(cue: &language::Cue, span: &Span, mistakes: &mut Mistakes) -> Option<&'static str> {
    let kinds = [
        ("chime", cue.chime.key()),
        ("voice", cue.voice.key()),
        ("say", cue.say.key()),
        ("remind", cue.remind.key()),
    ];
    let mut written = kinds
        .into_iter()
        .filter_map(|(word, key)| Some((word, key?)));
    let Some((word, _)) = written.next() else {
        let wrong = Wrong::new("this cue does not say what sounds");
        let help = "add one of `chime: file`, `voice: file`, `say: text` and `remind: text`";
        mistakes.error(span, wrong.help(help));
        return None;
    };
    let mut only = true;
    for (other, key) in written {
        let wrong = Wrong::new(format!("a cue cannot be `{word}` and `{other}` at once"));
        mistakes.error(key, wrong.help("write two cues"));
        only = false;
    }
    only.then_some(word)
}

/// Keys that mean nothing for this kind of cue.
fn only_what_fits(cue: &language::Cue, word: &str, mistakes: &mut Mistakes) {
    const HEARD: &[&str] = &["chime", "voice", "say"];
    let fits: [(&str, Option<&Span>, &[&str]); 7] = [
        ("attack", cue.attack.key(), &["chime"]),
        ("duck", cue.duck.key(), &["chime"]),
        ("sound", cue.sound.key(), &["say"]),
        ("to", cue.to.key(), HEARD),
        ("place", cue.place.key(), HEARD),
        ("within", cue.within.key(), HEARD),
        ("level", cue.level.key(), HEARD),
    ];
    for (name, key, kinds) in fits {
        if let Some(key) = key.filter(|_| !kinds.contains(&word)) {
            let wrong = Wrong::new(format!("`{name}` has no meaning for a `{word}` cue"));
            mistakes.error(key, wrong.help(format!("it belongs to {}", listed(kinds))));
        }
    }
}

fn kind(cue: &language::Cue, folder: &Path, mistakes: &mut Mistakes) -> Option<CueKind> {
    // all are looked at, so that all their mistakes are told
    let chime = sound(&cue.chime, folder, mistakes);
    let voice = sound(&cue.voice, folder, mistakes);
    let recording = sound(&cue.sound, folder, mistakes);
    let attack = length(&cue.attack, &ATTACKS, mistakes).unwrap_or(ATTACK);
    let say = text(&cue.say, LONGEST_TEXT, mistakes);
    let remind = text(&cue.remind, LONGEST_TEXT, mistakes);
    if let (Some(key), Field::Absent) = (cue.say.key(), &cue.sound) {
        let wrong = Wrong::new("this version of Undersong has no speech engine to say this");
        mistakes.error(
            key,
            wrong.help("record the sentence and name the recording beside it: `sound: file`"),
        );
    }
    if let Some(sound) = chime {
        let duck = cue.duck.get().is_some_and(|duck| duck.0);
        return Some(CueKind::Chime {
            sound,
            attack,
            duck,
        });
    }
    if let Some(sound) = voice {
        return Some(CueKind::Voice { sound });
    }
    if let Some(text) = say {
        let sound = recording;
        return Some(CueKind::Say { text, sound });
    }
    remind.map(|text| CueKind::Remind { text })
}

/// When a cue is due, and where the script says so.
fn time<'c>(
    cue: &'c language::Cue,
    phase: &Phase,
    bounds: Option<&Lengths>,
    mistakes: &mut Mistakes,
) -> (At, Option<&'c Span>) {
    if let (Some(_), Some(every)) = (cue.at.key(), cue.every.key()) {
        let wrong = Wrong::new("a cue comes either `at` a time or `every` so often, not both");
        mistakes.error(every, wrong.help("write two cues"));
    }
    let every = length(
        &cue.every,
        &(SHORTEST_EVERY..=crate::time::LONGEST),
        mistakes,
    );
    let (at, span) = if let Some((at, span)) = cue.at.spanned() {
        (*at, span)
    } else if let (Some(every), Some((_, span))) = (every, cue.every.spanned()) {
        (At::Every(every), span)
    } else {
        return (At::Start(Duration::ZERO), cue.at.key().or(cue.every.key()));
    };
    if let Some(bounds) = bounds {
        within_the_phase(at, span, phase, bounds, mistakes);
    }
    (at, Some(span))
}

fn within_the_phase(at: At, span: &Span, phase: &Phase, bounds: &Lengths, mistakes: &mut Mistakes) {
    let Lengths { length, max, .. } = *bounds;
    let name = &phase.name;
    match at {
        At::End(before) if before > length => {
            let wrong = Wrong::new(format!("this is before the start of phase `{name}`"));
            mistakes.error(
                span,
                wrong.help(format!("the phase is {} long", say(length))),
            );
        }
        At::Start(after) | At::Every(after) if after > max => {
            let wrong = Wrong::new(format!("this is after the end of phase `{name}`"));
            mistakes.error(
                span,
                wrong.help(format!("the phase is at most {} long", say(max))),
            );
        }
        At::Start(after) | At::Every(after) if after > length && !phase.hold => {
            let wrong = Wrong::new("this cue comes only if the phase is lengthened");
            mistakes.warning(
                span,
                wrong.help(format!("the phase is {} long", say(length))),
            );
        }
        _ => {}
    }
}
