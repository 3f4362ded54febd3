//! Where music bursts in within a file: what was soft, or silent, is loud a moment later.
//!
//! The engine holds that back while it plays, to what people bear; so the piece is not heard as it was made, and its listeners
//! should know before the session, not in it. Found by the short-term loudness of each second, so within a second or so.

use crate::level::{Decibels, Loudness};
use crate::library::Facts;
use crate::mistake::{Mistake, Place};
use crate::time::clock;

/// What rises by more than this from one window to the next but one is no swell.
const RISE: Decibels = Decibels(10.0);

/// The seconds of a short-term window. How a piece begins is its own affair for as long.
const WINDOW: usize = 3;

/// What a file's writer should know of the largest burst in it, if there is one.
pub fn burst(name: &str, place: &Place, facts: &Facts) -> Option<Mistake> {
    let whole = facts.loudness?;
    let floor = whole.calm();
    let begins = facts.rate.seconds(facts.head) as usize + WINDOW;
    let windows = facts.short_term.iter().enumerate().skip(begins);
    let rises = windows.filter_map(|(second, before)| {
        let after = facts.short_term.get(second + 1..=second + WINDOW)?;
        let rise = |after: &Loudness| *after - louder(*before, floor);
        // A window that only begins to be loud holds the burst already; one that is full of it tells how loud that is.
        (rise(&after[1]) > RISE).then(|| (second + 1, rise(&after[WINDOW - 1])))
    });
    let (second, by) = rises.max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    let at = clock(std::time::Duration::from_secs(second as u64));
    let what = format!("`{name}` bursts in at about {at}, louder by {:.0} dB", by.0);
    let help = "it is held back there, so that nobody starts, and comes up within seconds; listen to it, and take another \
                piece where that is not meant";
    Some(Mistake::warning(place.clone(), what).help(help))
}

fn louder(one: Loudness, other: Loudness) -> Loudness {
    if one > other { one } else { other }
}
