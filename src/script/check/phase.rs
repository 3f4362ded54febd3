//! Phases.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{CROSSFADES, Names, cue, length, level, text, unique};
use crate::level::Decibels;
use crate::mistake::Wrong;
use crate::playlist;
use crate::reading::mistakes::Mistakes;
use crate::reading::yaml::Spanned;
use crate::script::language;
use crate::script::session::{Content, Music, Phase};
use crate::time::LONGEST;

/// Shorter phases have no room for a fade in and out.
const SHORTEST: Duration = Duration::from_secs(10);

pub(super) fn phase(
    written: Spanned<language::Phase>,
    music: &Music,
    folder: &Path,
    taken: &mut Names,
    mistakes: &mut Mistakes,
) -> Phase {
    let Spanned {
        span,
        value: written,
    } = written;
    let name = text(&written.name, 80, mistakes).unwrap_or_default();
    if let Some((_, span)) = written.name.spanned().filter(|_| !name.is_empty()) {
        unique(&mut taken.phases, &name, span, "phase", mistakes);
    }
    let lengths = lengths(&written, mistakes);
    let place = written.name.spanned().map_or(&span, |(_, span)| span);
    let mut phase = Phase {
        content: content(&written, &span, &name, folder, mistakes),
        level: level(&written.level, -9.0..=3.0, mistakes).unwrap_or(Decibels::ZERO),
        crossfade: length(&written.crossfade, &CROSSFADES, mistakes).unwrap_or(music.crossfade),
        hold: written.end.get().is_some(),
        length: lengths.length,
        min: written.min.get().map(|_| lengths.min),
        max: written.max.get().map(|_| lengths.max),
        cues: Vec::new(),
        place: mistakes.place(place),
        name,
    };
    let bounds = written.length.get().map(|_| &lengths);
    for item in written
        .cues
        .into_value()
        .into_iter()
        .flat_map(|list| list.items)
    {
        let cue = cue::cue(&item, &phase, bounds, folder, taken, mistakes);
        phase.cues.extend(cue);
    }
    phase
}

/// How long a phase is meant to be, and may become.
pub(super) struct Lengths {
    pub length: Duration,
    pub min: Duration,
    pub max: Duration,
}

fn lengths(written: &language::Phase, mistakes: &mut Mistakes) -> Lengths {
    let range = SHORTEST..=LONGEST;
    let meant = length(&written.length, &range, mistakes);
    let min = length(&written.min, &range, mistakes);
    let max = length(&written.max, &range, mistakes);
    let length = meant.or(max).or(min).unwrap_or(SHORTEST);
    let lengths = Lengths {
        length,
        min: min.unwrap_or(length),
        max: max.unwrap_or(length),
    };
    if meant.is_some()
        && lengths.min > length
        && let Some((_, span)) = written.min.spanned()
    {
        let wrong = Wrong::new("`min` is longer than the phase's `length`");
        mistakes.error(
            span,
            wrong.help("`min` is the shortest that the phase may become"),
        );
    }
    if meant.is_some()
        && lengths.max < length
        && let Some((_, span)) = written.max.spanned()
    {
        let wrong = Wrong::new("`max` is shorter than the phase's `length`");
        mistakes.error(
            span,
            wrong.help("`max` is the longest that the phase may become"),
        );
    }
    lengths
}

/// A playlist or silence: exactly one.
fn content(
    written: &language::Phase,
    span: &crate::reading::yaml::Span,
    name: &str,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Content {
    match (written.playlist.key(), written.music.key()) {
        (None, None) => {
            let wrong = Wrong::new(format!("nothing is said about the music of phase `{name}`"));
            let help = "add `playlist: ...`, or `music: silence` if no music is meant to sound";
            mistakes.error(span, wrong.help(help));
        }
        (Some(_), Some(silence)) => {
            let wrong = Wrong::new("a phase has either a playlist or `music: silence`, not both");
            mistakes.error(silence, wrong.help("take one of the two out"));
        }
        (None, Some(_)) => {
            for key in [written.level.key(), written.crossfade.key()]
                .into_iter()
                .flatten()
            {
                let wrong = Wrong::new("this changes nothing, as the phase has no music");
                mistakes.warning(key, wrong);
            }
        }
        (Some(_), None) => {}
    }
    let Some((reference, span)) = written.playlist.spanned() else {
        return Content::Silence;
    };
    match playlist::refer(reference, folder, span, name, mistakes) {
        Some(playlist) => Content::Playlist(Arc::new(playlist)),
        None => Content::Silence,
    }
}
