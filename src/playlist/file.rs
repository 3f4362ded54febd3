//! Playlist files and folders, told apart by the ending of their name.

use std::path::Path;
use std::sync::Arc;

use super::track::{Order, Playlist, Track};
use super::{MOST_TRACKS, address, entry, folder, m3u, pls, xspf, yaml};
use crate::mistake::{Mistake, Place, Source, Wrong};
use crate::reading::mistakes::Mistakes;
use crate::reading::named_file;
use crate::reading::text::{self, Encoding};
use crate::reading::yaml::Span;
use crate::writing::named;

/// A playlist file is at most this large, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The kinds of playlist files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    M3u,
    Pls,
    Xspf,
    Yaml,
}

impl Kind {
    /// The kind that a name's ending tells.
    pub(super) fn of(path: &Path) -> Option<Self> {
        match ending(path)?.as_str() {
            "m3u" | "m3u8" => Some(Self::M3u),
            "pls" => Some(Self::Pls),
            "xspf" => Some(Self::Xspf),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }
}

/// What follows the last dot of a name, in small letters.
pub(super) fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// What a player's playlist file says.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The playlist's own title.
    pub title: Option<String>,
    /// The tracks, in their order.
    pub lines: Vec<Line>,
}

/// What names one track.
#[derive(Debug)]
pub(super) struct Line {
    /// Where it stands.
    pub span: Span,
    /// What it is called, where the file says so.
    pub title: Option<String>,
    /// A path, or an address.
    pub location: String,
    /// Whether it is an address (`a%20b.flac`) even where it does not look like one.
    pub address: bool,
}

/// Reads a playlist file or a folder.
pub(super) fn read(path: &Path) -> Result<Playlist, Vec<Mistake>> {
    if path.is_dir() {
        return folder::read(path).map_err(|wrong| vec![wrong.at(Place::unread(path))]);
    }
    let Some(kind) = Kind::of(path) else {
        let wrong = if folder::is_audio(path) {
            Wrong::new("this is an audio file, not a playlist")
                .help("put it in brackets for a playlist of one track: `[file]`")
        } else {
            Wrong::new("this is no kind of playlist that is known here")
                .help("it has to be a folder, or end in .m3u8, .m3u, .pls, .xspf or .yaml")
        };
        return Err(vec![wrong.at(Place::unread(path))]);
    };
    let encoding = match ending(path).as_deref() {
        Some("m3u" | "pls") => Encoding::Utf8OrLatin1,
        _ => Encoding::Utf8,
    };
    let (source, _) = text::read(path, LARGEST, encoding).map_err(|mistake| vec![mistake])?;
    let mut mistakes = Mistakes::new(&source);
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = named_file::folder_of(path);
    let playlist = match kind {
        Kind::M3u => listed(
            m3u::read(&source.text),
            &name,
            folder,
            &source,
            &mut mistakes,
        ),
        Kind::Pls => listed(
            pls::read(&source.text),
            &name,
            folder,
            &source,
            &mut mistakes,
        ),
        Kind::Xspf => xspf::read(&source.text, &mut mistakes)
            .and_then(|lines| listed(lines, &name, folder, &source, &mut mistakes)),
        Kind::Yaml => yaml::read(&name, folder, &mut mistakes),
    };
    match playlist {
        Some(playlist) if !mistakes.any_error() => Ok(playlist),
        _ => Err(mistakes.in_order()),
    }
}

/// The playlist that a player's file lists.
fn listed(
    lines: Lines,
    name: &str,
    folder: &Path,
    source: &Arc<Source>,
    mistakes: &mut Mistakes,
) -> Option<Playlist> {
    if lines.lines.is_empty() {
        mistakes.push(Wrong::new("this playlist has no tracks").at(Place::whole(source)));
        return None;
    }
    if let Some(line) = lines.lines.get(MOST_TRACKS) {
        let wrong = format!("a playlist can have at most {MOST_TRACKS} tracks");
        mistakes.error(&line.span, Wrong::new(wrong));
        return None;
    }
    let mut tracks = Vec::with_capacity(lines.lines.len());
    for line in &lines.lines {
        match address::path(&line.location, line.address) {
            Ok(path) => {
                let track = entry::track(&path, &line.span, folder, mistakes);
                tracks.extend(track.map(|track| Track {
                    title: line.title.as_deref().map(|title| named(title).into_owned()),
                    ..track
                }));
            }
            Err(wrong) => mistakes.error(&line.span, wrong),
        }
    }
    let title = lines.title.filter(|title| !title.is_empty());
    Some(Playlist {
        name: named(title.as_deref().unwrap_or(name)).into_owned(),
        tracks,
        order: Order::Listed,
        left_out: Vec::new(),
        place: Place::whole(source),
    })
}
