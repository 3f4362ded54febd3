//! A folder as a playlist: its audio files, as a person would order them.

use std::fs;
use std::io;
use std::path::Path;

use super::MOST_TRACKS;
use super::file::ending;
use super::natural;
use super::track::{LeftOut, Order, Playlist, Track};
use crate::level::Decibels;
use crate::mistake::{Place, Wrong};
use crate::reading::text::unreadable;

/// The endings of audio files.
const AUDIO: [&str; 11] = [
    "wav", "flac", "ogg", "oga", "mp3", "m4a", "mp4", "aac", "aif", "aiff", "opus",
];

/// The endings of music that cannot be played here: what is protected, and kinds that no decoder of ours knows.
const FOREIGN: [&str; 23] = [
    "3gp", "aa", "aax", "ac3", "amr", "ape", "caf", "dff", "dsf", "dts", "m4b", "m4p", "mka",
    "mp2", "mpc", "ra", "spx", "tak", "tta", "w64", "webm", "wma", "wv",
];

/// Whether a name ends like that of music that cannot be played here.
fn is_foreign(path: &Path) -> bool {
    ending(path).is_some_and(|ending| FOREIGN.contains(&ending.as_str()))
}

/// Whether a name ends like an audio file's.
pub(super) fn is_audio(path: &Path) -> bool {
    ending(path).is_some_and(|ending| AUDIO.contains(&ending.as_str()))
}

/// What people call a folder, wherever it is named from.
fn name_of(path: &Path) -> String {
    let whole = match path.file_name() {
        Some(_) => path.to_owned(),
        None => fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()),
    };
    let name = whole.file_name().unwrap_or(whole.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The audio files of a folder, `2` before `10`; hidden ones and folders within are left aside.
pub(super) fn read(path: &Path) -> Result<Playlist, Wrong> {
    let (mut names, mut foreign) = (Vec::new(), Vec::new());
    let (mut misnamed, mut lost) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(path).map_err(|error| unreadable(&error))? {
        let entry = entry.map_err(|error| unreadable(&error))?;
        let name = entry.file_name();
        let shown = name.to_string_lossy().into_owned();
        if shown.starts_with('.') {
            continue;
        }
        let named = Path::new(&name);
        // metadata, not the entry's type: a link to a file is one
        let about = is_audio(named).then(|| fs::metadata(entry.path()));
        let gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        let list = match (about, named.to_str()) {
            (None, _) if is_foreign(named) => &mut foreign,
            (None, _) => continue,
            (Some(Err(error)), _) if gone(&error) => &mut lost,
            (Some(Ok(about)), _) if !about.is_file() => continue,
            // Why one cannot be opened is told at the check.
            (Some(_), Some(_)) => &mut names,
            (Some(_), None) => &mut misnamed,
        };
        if list.len() <= MOST_TRACKS {
            list.push(shown);
        }
        if names.len() > MOST_TRACKS {
            let wrong = format!("a playlist can have at most {MOST_TRACKS} tracks");
            return Err(Wrong::new(wrong));
        }
    }
    for left_out in [&mut foreign, &mut misnamed, &mut lost] {
        left_out.sort_by(|a, b| natural::order(a, b));
    }
    let foreign = foreign.into_iter().map(LeftOut::Foreign);
    let left_out: Vec<_> = foreign
        .chain(misnamed.into_iter().map(LeftOut::Misnamed))
        .chain(lost.into_iter().map(LeftOut::Lost))
        .collect();
    if names.is_empty() {
        let help = match left_out.first() {
            Some(LeftOut::Foreign(name)) => {
                format!("`{name}` is of a kind that cannot be played here; convert it to FLAC")
            }
            Some(LeftOut::Misnamed(name)) => {
                format!("the name of `{name}` is not UTF-8; rename it")
            }
            Some(LeftOut::Lost(name)) => format!(
                "`{name}` is a link to something that is not there; is the disk plugged in that holds it?"
            ),
            None => "folders within it are not looked into".to_owned(),
        };
        return Err(Wrong::new("there are no audio files in this folder").help(help));
    }
    names.sort_by(|a, b| natural::order(a, b));
    let place = Place::unread(path);
    let track = |name: String| Track {
        path: path.join(name),
        title: None,
        intensity: None,
        gain: Decibels::ZERO,
        place: place.clone(),
    };
    Ok(Playlist {
        name: name_of(path),
        tracks: names.into_iter().map(track).collect(),
        order: Order::Listed,
        left_out,
        place: place.clone(),
    })
}
