//! How a script names a playlist, and how one is written in YAML.

use std::path::Path;

use schemars::JsonSchema;

use super::entry;
use super::track::{Order, Playlist, Track};
use super::{MOST_TRACKS, file};
use crate::level::Decibels;
use crate::mistake::Wrong;
use crate::reading::mistakes::Mistakes;
use crate::reading::named_file;
use crate::reading::yaml::{
    Field, FileName, Level, List, Node, Rating, Span, Spanned, Switch, Text, Value, Written,
    record, words,
};
use crate::writing;

words!(Order { "listed" => Self::Listed, "shuffle" => Self::Shuffle, });

record! {
    /// A playlist: its tracks, or the file that lists them.
    Listing = "a playlist" {
        may {
            /// What you call this playlist.
            title: Text,
            /// `shuffle` to mix the tracks, decided by the session's seed; `listed` to keep their order.
            order: Order,
            /// The audio files, in their order.
            tracks: List<Entry>,
            /// A playlist file (M3U, PLS, XSPF or YAML) or a folder, in place of `tracks`.
            file: FileName,
        }
    }
}

record! {
    /// A track with what is known about it.
    Described = "a track" {
        must {
            /// The audio file.
            file: FileName,
        }
        may {
            /// How intense you find it, from 1 (calm) to 5.
            #[schemars(extend("minimum" = 1, "maximum" = 5))]
            intensity: Rating,
            /// Makes this track softer or louder than the others: from -12 dB to +6 dB.
            gain: Level,
            /// `true` to leave this track out without losing its line.
            exclude: Switch,
        }
    }
}

/// The playlist of a phase: a file or a folder, a list of tracks, or both with an order.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Reference {
    /// A playlist file (M3U, PLS, XSPF or YAML) or a folder of audio files.
    File(FileName),
    /// A list of audio files.
    List(List<Entry>),
    /// A playlist with its order.
    Listing(Box<Listing>),
}

/// One track: an audio file, alone or with what is known about it.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Entry {
    /// The audio file.
    File(FileName),
    /// The audio file with what is known about it.
    Described(Box<Described>),
}

impl Written for Reference {
    fn read(node: &Node, mistakes: &mut Mistakes) -> Option<Self> {
        Some(match node.value {
            Value::List(_) => Self::List(List::read(node, mistakes)?),
            Value::Map(_) => Self::Listing(Box::new(Listing::read(node, mistakes)?)),
            _ => Self::File(FileName::read(node, mistakes)?),
        })
    }
}

impl Written for Entry {
    fn read(node: &Node, mistakes: &mut Mistakes) -> Option<Self> {
        Some(match node.value {
            Value::Map(_) => Self::Described(Box::new(Described::read(node, mistakes)?)),
            _ => Self::File(FileName::read(node, mistakes)?),
        })
    }
}

/// Reads the playlist that a script names in `folder` at `span`. A list in the script is called
/// `name` unless it has a title. `None` where something is wrong, which is then among the mistakes.
pub fn refer(
    reference: &Reference,
    folder: &Path,
    span: &Span,
    name: &str,
    mistakes: &mut Mistakes,
) -> Option<Playlist> {
    let mut playlist = match reference {
        Reference::File(file) => named(file, folder, span, mistakes)?,
        Reference::List(list) => {
            let tracks = tracks(list, folder, span, mistakes)?;
            unnamed(name, tracks, span, mistakes)
        }
        Reference::Listing(listing) => {
            let mut playlist = match (listing.file.spanned(), listing.tracks.key()) {
                (Some((file, span)), None) => named(file, folder, span, mistakes)?,
                (None, None) if listing.file.key().is_some() => return None,
                (None, _) => inline(listing, folder, span, name, mistakes)?,
                (Some(_), Some(tracks)) => {
                    let wrong = Wrong::new("a playlist has either a `file` or `tracks`, not both");
                    mistakes.error(tracks, wrong.help("take one of the two out"));
                    return None;
                }
            };
            if let Some(order) = listing.order.get() {
                playlist.order = *order;
            }
            if let Some(title) = listing.title.get() {
                playlist.name = writing::named(&title.0).into_owned();
            }
            playlist
        }
    };
    playlist.place = mistakes.place(span);
    Some(playlist)
}

/// The playlist whose tracks stand in a [`Listing`].
pub(super) fn inline(
    listing: &Listing,
    folder: &Path,
    span: &Span,
    name: &str,
    mistakes: &mut Mistakes,
) -> Option<Playlist> {
    let tracks = match &listing.tracks {
        Field::Read { key, value, .. } => tracks(value, folder, key, mistakes)?,
        Field::Broken { .. } => return None,
        Field::Absent => {
            let wrong = Wrong::new("this playlist names no tracks");
            mistakes.error(span, wrong.help("add `tracks: [...]`"));
            return None;
        }
    };
    let mut playlist = unnamed(name, tracks, span, mistakes);
    playlist.order = listing.order.get().copied().unwrap_or_default();
    if let Some(title) = listing.title.get() {
        playlist.name = writing::named(&title.0).into_owned();
    }
    Some(playlist)
}

fn unnamed(name: &str, tracks: Vec<Track>, span: &Span, mistakes: &Mistakes) -> Playlist {
    Playlist {
        name: name.to_owned(),
        tracks,
        order: Order::Listed,
        left_out: Vec::new(),
        place: mistakes.place(span),
    }
}

/// A playlist file or folder; where it is missing, with one that may have been meant.
fn named(file: &FileName, folder: &Path, span: &Span, mistakes: &mut Mistakes) -> Option<Playlist> {
    let path = match named_file::resolve(folder, &file.0) {
        Ok(path) => path,
        Err(wrong) => {
            mistakes.error(span, wrong);
            return None;
        }
    };
    if !path.exists() {
        let wrong = Wrong::new(format!("there is no playlist `{}`", file.0));
        let help = mistakes
            .may_suggest()
            .then(|| named_file::meant(&path, &file.0));
        mistakes.error(span, wrong.maybe_help(help.flatten()));
        return None;
    }
    match file::read(&named_file::tidy(path)) {
        Ok(playlist) => Some(playlist),
        Err(found) => {
            // a file that is no playlist at all has no line to point at: the script has
            for mut mistake in found {
                if mistake.place.span.is_none() {
                    mistake.what = format!("`{}`: {}", file.0, mistake.what);
                    mistake.place = mistakes.place(span);
                }
                mistakes.push(mistake);
            }
            None
        }
    }
}

/// The tracks of a list that are not excluded. `key` is where the list is named.
fn tracks(
    list: &List<Entry>,
    folder: &Path,
    key: &Span,
    mistakes: &mut Mistakes,
) -> Option<Vec<Track>> {
    if list.is_empty() {
        mistakes.error(key, Wrong::new("this playlist has no tracks"));
        return None;
    }
    if list.items.len() > MOST_TRACKS {
        let wrong = format!("a playlist can have at most {MOST_TRACKS} tracks");
        mistakes.error(key, Wrong::new(wrong));
        return None;
    }
    let items = list.items.iter();
    let tracks: Vec<_> = items
        .filter_map(|item| track(item, folder, mistakes))
        .collect();
    let excluded = |item: &Spanned<Entry>| match &item.value {
        Entry::File(_) => false,
        Entry::Described(track) => track.exclude.get().is_some_and(|exclude| exclude.0),
    };
    if list.items.iter().all(excluded) {
        mistakes.error(key, Wrong::new("every track of this playlist is excluded"));
    }
    (!tracks.is_empty()).then_some(tracks)
}

fn track(item: &Spanned<Entry>, folder: &Path, mistakes: &mut Mistakes) -> Option<Track> {
    let described = match &item.value {
        Entry::File(file) => return entry::track(&file.0, &item.span, folder, mistakes),
        Entry::Described(described) => described,
    };
    if let Some((gain, span)) = described.gain.spanned()
        && !(-12.0..=6.0).contains(&gain.0.0)
    {
        let wrong = Wrong::new("the gain can be from -12 dB to +6 dB");
        mistakes.error(span, wrong);
    }
    // an excluded track may be gone from the disk
    if described.exclude.get().is_some_and(|exclude| exclude.0) {
        return None;
    }
    let (file, span) = described.file.spanned()?;
    let track = entry::track(&file.0, span, folder, mistakes)?;
    Some(Track {
        intensity: described.intensity.get().map(|rating| rating.0),
        gain: described.gain.get().map_or(Decibels::ZERO, |gain| gain.0),
        ..track
    })
}
