//! Bends that stand alone within a millisecond, and what they are.

use std::collections::VecDeque;

use super::step::{Peak, TIMES};

/// A bend that is sharper than all within a millisecond of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharp {
    /// A sample is out of place, and what follows goes on as before.
    Spike,
    /// The sound steps up, and stays.
    Up,
    /// It steps down.
    Down,
}

impl Sharp {
    /// What stands at a place of these bends; `None` where it bends nearly as much within a millisecond, which has `length`
    /// samples, or where that is not known.
    pub fn of(bends: &[f32], place: usize, length: usize) -> Option<Self> {
        // A step that went through a resampler takes a few samples.
        let own = (length / 12).max(3);
        let before = bends.get(place.checked_sub(length)?..place - own)?;
        let after = bends.get(place + own + 1..=place + length)?;
        let beside = before.iter().chain(after);
        let beside = beside.fold(0.0_f32, |most, bend| most.max(bend.abs()));
        let bend = bends[place];
        if bend.abs() <= TIMES * beside {
            return None;
        }
        // It turns back on both sides of a spike, on one of a step.
        let turns_back = |other: f32| other * bend < 0.0 && other.abs() >= 0.4 * bend.abs();
        if turns_back(bends[place - 1]) && turns_back(bends[place + 1]) {
            return Some(Self::Spike);
        }
        let (mut slope, mut rise) = (0.0, 0.0);
        for bend in &bends[place - own..place + own] {
            slope += bend;
            rise += slope;
        }
        Some(if rise > 0.0 { Self::Up } else { Self::Down })
    }
}

/// Whether a step is an edge of a tone, as those of a synthesizer: such edges go all the same way, or up and down in turn. Three
/// of them tell, and a few that go another way are those of another tone.
pub(super) fn is_tone(sharp: Sharp, peak: Peak, around: &VecDeque<Peak>) -> bool {
    if sharp == Sharp::Spike {
        return false;
    }
    let edges = around.iter().filter(|it| TIMES * it.bend >= peak.bend);
    let mut edges = edges.filter_map(|it| it.sharp.filter(|it| *it != Sharp::Spike));
    let Some(mut last) = edges.next() else {
        return false;
    };
    let (mut pairs, mut same) = (0, 0);
    for edge in edges {
        pairs += 1;
        same += i32::from(edge == last);
        last = edge;
    }
    pairs >= 2 && (10 * same >= 9 * pairs || 10 * same <= pairs)
}
