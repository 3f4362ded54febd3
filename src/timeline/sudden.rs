//! What is told of a file in which music bursts in, or falls off, all at once.
//!
//! The engine holds back what bursts in while it plays, to what people bear, so the piece is not heard as it was made; and
//! nothing can be done about what falls off. Its listeners should know before the session, not in it.

use crate::level::Decibels;
use crate::library::{Facts, Sudden};
use crate::mistake::{Mistake, Place};
use crate::time::{Rate, nearest_clock};

/// So many places of a file are named, and how many more there are.
const NAMED: usize = 3;

/// What a file's writer should know of it: where it bursts in, and where it falls off, if it does.
pub fn sudden(name: &str, place: &Place, facts: &Facts) -> impl Iterator<Item = Mistake> {
    let bursts = told(&facts.bursts, facts.rate).map(|(at, by)| {
        let what = format!("`{name}` bursts in at {at}, and is held back by {by} at first");
        let help = "so that nobody starts; it comes up within seconds. Listen to it, and take another piece where that is \
                    not meant";
        Mistake::warning(place.clone(), what).help(help)
    });
    let falls = told(&facts.falls, facts.rate).map(|(at, by)| {
        let what = format!("`{name}` falls off at {at}, softer by {by}");
        let help =
            "nothing fills that while it plays; listen to it, and take another piece where that is not meant";
        Mistake::warning(place.clone(), what).help(help)
    });
    bursts.into_iter().chain(falls)
}

/// The first places and how many more, and by how much at most; `None` where there are none.
fn told(places: &[Sudden], rate: Rate) -> Option<(String, String)> {
    let clock = |it: &Sudden| nearest_clock(rate.duration(it.at));
    let named: Vec<String> = places.iter().take(NAMED).map(clock).collect();
    let at = match (named.split_last()?, places.len() - named.len()) {
        ((only, []), _) => only.clone(),
        ((last, others), 0) => format!("{} and {last}", others.join(", ")),
        (_, more) => format!("{} and {more} more", named.join(", ")),
    };
    let most = places.iter().map(|it| it.by);
    let most = most.fold(Decibels::ZERO, Decibels::max);
    let up_to = if places.len() > 1 { "up to " } else { "" };
    Some((at, format!("{up_to}{:.0} dB", most.0)))
}
