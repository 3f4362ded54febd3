//! What is told of a file in which music bursts in, falls off, or is not there at all.
//!
//! The engine holds back what bursts in while it plays, to what people bear, so the piece is not heard as it was made; and
//! nothing fills what falls off or is silent. Its listeners should know before the session, not in it.

use std::time::Duration;

use crate::level::Decibels;
use crate::library::{Facts, Sudden};
use crate::mistake::{Mistake, Place};
use crate::time::{Frames, Rate, nearest_clock};
use crate::when::brief;

/// So many places of a file are named, and how many more there are.
const NAMED: usize = 3;

/// A silence of this length is none of the music's: people would lie in it, and not know whether something broke.
pub(super) const LONG: Duration = Duration::from_secs(5);

/// What a file's writer should know of it: where it is silent, bursts in, and falls off, if it does.
pub fn sudden(name: &str, place: &Place, facts: &Facts) -> Vec<Mistake> {
    let silences = facts.silences.iter();
    let lengths = silences.map(|it| facts.rate.duration(it.end - it.start));
    let longest = lengths.max().unwrap_or_default();
    let silences = facts.silences.iter().map(|it| it.start);
    let silences = places(silences, facts.rate).map(|at| {
        let at_most = at_most(facts.silences.len(), brief(longest));
        format!("`{name}` is silent at {at}, for {at_most}")
    });
    if longest >= LONG {
        let help = "nothing fills that while it plays, and nobody knows whether something broke; cut the silence out in an \
                    audio editor, or save what is before and behind it as two files";
        let mistake = silences.map(|what| Mistake::error(place.clone(), what).help(help));
        return mistake.into_iter().collect();
    }
    let silences = silences.map(|what| {
        let help = "nothing fills that while it plays; listen to it, and take another piece where that is not meant";
        Mistake::warning(place.clone(), what).help(help)
    });
    let bursts = told(&facts.bursts, facts.rate).map(|(at, by)| {
        let what = format!("`{name}` bursts in at {at}, and is held back by {by} at first");
        let help = "so that nobody is startled; it comes up within seconds. Listen to it, and take another piece where that is \
                    not meant";
        Mistake::warning(place.clone(), what).help(help)
    });
    let falls = told(&facts.falls, facts.rate).map(|(at, by)| {
        let what = format!("`{name}` falls off at {at}, softer by {by}");
        let help =
            "nothing fills that while it plays; listen to it, and take another piece where that is not meant";
        Mistake::warning(place.clone(), what).help(help)
    });
    silences.into_iter().chain(bursts).chain(falls).collect()
}

/// Where, and by how much at most; `None` where there are none.
fn told(places: &[Sudden], rate: Rate) -> Option<(String, String)> {
    let at = self::places(places.iter().map(|it| it.at), rate)?;
    let most = places.iter().map(|it| it.by);
    let most = most.fold(Decibels::ZERO, Decibels::max);
    Some((at, at_most(places.len(), format!("{:.0} dB", most.0))))
}

/// The most of so many, or the only one.
fn at_most(count: usize, most: String) -> String {
    if count > 1 {
        format!("up to {most}")
    } else {
        most
    }
}

/// The first places and how many more; `None` where there are none.
fn places(places: impl ExactSizeIterator<Item = Frames>, rate: Rate) -> Option<String> {
    let count = places.len();
    let named = places
        .take(NAMED)
        .map(|at| nearest_clock(rate.duration(at)));
    let named: Vec<String> = named.collect();
    Some(match (named.split_last()?, count - named.len()) {
        ((only, []), _) => only.clone(),
        ((last, others), 0) => format!("{} and {last}", others.join(", ")),
        (_, more) => format!("{} and {more} more", named.join(", ")),
    })
}
