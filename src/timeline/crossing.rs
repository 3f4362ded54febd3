//! What crosses on a timeline, and the laws by which it does: the more alike two pieces are, the lower they meet.

use std::collections::HashSet;

use crate::fade::Fade;
use crate::library::{Library, Overlap};
use crate::time::{Frames, Rate};
use crate::timeline::model::{Clip, Timeline};

impl Timeline {
    /// Gives all that crosses the law for how alike it is, as far as the library knows that.
    pub fn cross(&mut self, library: &Library) {
        cross(&mut self.clips, library, self.rate);
    }
}

/// All overlaps at which a session's pieces cross, each once, in the order of time. Pure.
#[must_use]
pub fn overlaps(timeline: &Timeline) -> Vec<Overlap> {
    let clips = &timeline.clips;
    let pairs = (1..clips.len()).filter_map(|at| pair(clips, at));
    let all = pairs.map(|[before, after]| overlap(&clips[before], &clips[after], timeline.rate));
    let mut seen = HashSet::new();
    all.filter(|overlap| seen.insert(overlap.clone())).collect()
}

/// Gives all clips that cross the law for how alike they are. What has begun to cross keeps its law, since the library
/// knows no other of the same overlap.
pub fn cross(clips: &mut [Clip], library: &Library, rate: Rate) {
    for at in 1..clips.len() {
        let Some([before, after]) = pair(clips, at) else {
            continue;
        };
        let overlap = overlap(&clips[before], &clips[after], rate);
        let fade = Fade::crossing(overlap.length, library.alike(&overlap));
        clips[before].fade_out = fade;
        clips[after].fade_in = fade;
    }
}

/// The clip that leaves as the one at this place comes, both within the same frames, and that one; nothing where one of
/// them was told to go.
pub(super) fn pair(clips: &[Clip], at: usize) -> Option<[usize; 2]> {
    let comes = |clip: &&Clip| !clip.leaves() && clip.fade_in.length > Frames::ZERO;
    let after = clips.get(at).filter(comes)?;
    let crosses = |before: &Clip| !before.leaves() && before.going() == after.coming();
    let before = clips[..at].iter().rposition(crosses)?;
    Some([before, at])
}

/// What is heard of both clips at once.
pub(super) fn overlap(before: &Clip, after: &Clip, rate: Rate) -> Overlap {
    let since = after.from - before.from;
    Overlap {
        files: [before.track.clone(), after.track.clone()],
        offsets: [before.offset + since, after.offset],
        length: after.fade_in.length,
        rate,
    }
}
