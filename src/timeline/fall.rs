//! Where music falls off within a file: what was loud is soft a moment later, and stays so.
//!
//! Nothing can be done about that while it plays, so its listeners should know before the session. Found by the short-term
//! loudness of each second, so within a second or so; a rendering's report finds it by the momentary one.

use crate::level::{Decibels, Loudness};
use crate::library::Facts;
use crate::mistake::{Mistake, Place};
use crate::time::clock;

/// What falls by less is music.
const FALL: Decibels = Decibels(10.0);

/// Of what falls within a second, one window is softer than the one before it by this at least; of what takes some seconds none is.
const STEEP: Decibels = Decibels(4.0);

/// So many windows from the last that is loud to the first that is soft, wherever in a second it falls.
const WAY: usize = 4;

/// It is as soft for so many more.
const STAYS: usize = 2;

/// How a piece begins is its own affair for a window's three seconds, and how it ends for so many.
const BEGINS: usize = 3;
const ENDS: usize = 10;

/// What a file's writer should know of the largest fall in it, if there is one.
pub fn fall(name: &str, place: &Place, facts: &Facts) -> Option<Mistake> {
    let floor = facts.loudness?.calm();
    let begins = facts.rate.seconds(facts.head) as usize + BEGINS;
    let ends = facts.rate.seconds(facts.frames - facts.tail) as usize;
    let windows = facts.short_term.get(begins..ends.saturating_sub(ENDS))?;
    let falls = windows.windows(WAY + STAYS + 1).enumerate();
    let falls = falls.filter_map(|(at, windows)| {
        let (way, stays) = (windows.get(..=WAY)?, windows.get(WAY..)?);
        let after = stays.iter().copied().reduce(louder)?;
        let by = *way.first()? - after;
        let steep = way.windows(2).any(|pair| pair[0] - pair[1] >= STEEP);
        (by >= FALL && steep && way[0] > floor).then_some((at, by))
    });
    let (at, by) = falls.max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    // A window's value stands at its end, and the next one holds the fall.
    let second = (begins + at + 2) as u64;
    let at = clock(std::time::Duration::from_secs(second));
    let what = format!("`{name}` falls off at about {at}, softer by {:.0} dB", by.0);
    let help = "nothing fills that while it plays; listen to it, and take another piece where that is not meant";
    Some(Mistake::warning(place.clone(), what).help(help))
}

fn louder(one: Loudness, other: Loudness) -> Loudness {
    if one > other { one } else { other }
}
