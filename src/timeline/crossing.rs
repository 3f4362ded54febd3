//! What crosses on a timeline, and the laws by which it does: the more alike two pieces are, the lower they meet.

use std::collections::HashSet;

use crate::fade::Fade;
use crate::library::{Library, Overlap};
use crate::mistake::Mistake;
use crate::script::Session;
use crate::time::{Frames, Rate, clock};
use crate::timeline::joins;
use crate::timeline::model::{Clip, Timeline};

impl Timeline {
    /// Gives all that crosses the law for how alike it is, as far as the library knows that.
    pub fn cross(&mut self, library: &Library) {
        cross(&mut self.clips, library, self.rate);
    }
}

/// Pieces that take so much from each other are 1 dB softer where they cross than on either side, over the whole crossfade.
const AGAINST: f32 = -0.33;

/// So many are told.
const MOST: usize = 8;

/// The crossfades in which two pieces take from each other what both have, each pair once. Pure.
#[must_use]
pub fn against(session: &Session, library: &Library, timeline: &Timeline) -> Vec<Mistake> {
    let (clips, rate) = (&timeline.clips, timeline.rate);
    let mut seen = HashSet::new();
    let pairs = (1..clips.len()).filter_map(|at| pair(clips, at));
    let told = pairs.filter_map(|[before, after]| {
        let (before, after) = (&clips[before], &clips[after]);
        let alike = library.alike(&overlap(before, after, rate));
        let place = joins::scripted(session, &timeline.phases, after)?.1;
        if f32::from(alike) > AGAINST || !seen.insert((&before.track, &after.track)) {
            return None;
        }
        let left = 10.0 * (1.0 + f32::from(alike)).log10();
        let how_much = if left < -12.0 {
            "they all but cancel each other".to_owned()
        } else {
            format!("in the middle it is {:.0} dB softer", -left)
        };
        let at = clock(rate.duration(after.from));
        let (one, other) = (&before.title, &after.title);
        let what = format!(
            "at {at}, where `{one}` and `{other}` cross, each takes from the other what both have: {how_much}"
        );
        let mistake = Mistake::warning(place.clone(), what);
        Some(mistake.help("put another track between them, or make one of them anew with its polarity turned"))
    });
    told.take(MOST).collect()
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
fn pair(clips: &[Clip], at: usize) -> Option<[usize; 2]> {
    let after = clips.get(at).filter(|clip| !clip.leaves())?;
    let before = clips[..at].iter().rposition(|clip| !clip.leaves())?;
    let leaves = &clips[before];
    let crosses = after.fade_in.length > Frames::ZERO && leaves.going() == after.coming();
    crosses.then_some([before, at])
}

fn overlap(before: &Clip, after: &Clip, rate: Rate) -> Overlap {
    let since = after.from - before.from;
    Overlap {
        files: [before.track.clone(), after.track.clone()],
        offsets: [before.offset + since, after.offset],
        length: after.fade_in.length,
        rate,
    }
}
