//! How the music goes on where the script lets a phase hold: what nobody sees who looks at its length alone.

use crate::library::Library;
use crate::script::{Content, Session};
use crate::time::{Frames, LONGEST, Rate};
use crate::timeline::model::{Clip, PhaseSpan};
use crate::timeline::score::Score;

/// A phase that is held until each of its pieces has come once more.
#[derive(Debug)]
pub struct Held {
    /// Its clips, behind the one that leaves as it begins.
    pub clips: Vec<Clip>,
    /// The phases up to it.
    pub phases: Vec<PhaseSpan>,
    /// Up to here it is as it is written.
    pub beyond: Frames,
}

impl Held {
    /// Each phase that the script lets hold, after what is written before it.
    #[must_use]
    pub fn of(
        session: &Session,
        library: &Library,
        rate: Rate,
        clips: &[Clip],
        phases: &[PhaseSpan],
    ) -> Vec<Self> {
        let holds = phases.iter().enumerate().filter(|(_, span)| span.hold);
        let held = holds.filter_map(|(at, span)| {
            let phase = session.phases.get(span.number)?;
            let Content::Playlist(playlist) = &phase.content else {
                return None;
            };
            let begun = |from| clips.partition_point(|clip| clip.from < from);
            let (first, next) = (begun(span.from), begun(span.end()));
            let before = clips[first.saturating_sub(1)..first].to_vec();
            let written = before.len() + (next - first);
            let tracks = playlist.tracks.iter();
            let facts = tracks.filter_map(|track| library.facts(&track.path).ok());
            let round = facts.map(|facts| rate.convert(facts.frames, facts.rate).0);
            // And the first of the next round, whichever it is.
            let longest = round.clone().max().unwrap_or_default();
            let length = span.length + Frames(round.sum::<u64>() + longest);
            let score = Score::after(session, library, rate, before, phases[..at].to_vec());
            let mut score = score.holding(length.min(rate.frames(LONGEST)));
            score.add_phase(span.number, None, &mut Vec::new());
            score.clips.truncate(written + playlist.tracks.len() + 1);
            Some(Self {
                clips: score.clips,
                phases: score.phases,
                beyond: span.end(),
            })
        });
        held.collect()
    }

    /// The phase's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.phases.last().map_or("", |span| &span.name)
    }
}

/// What a sentence says of its place where a phase has to be held for it, behind `at 12:34`.
#[must_use]
pub fn where_held(phase: Option<&str>) -> String {
    phase.map_or_else(String::new, |phase| format!(", where `{phase}` is held,"))
}
