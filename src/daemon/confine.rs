//! Nothing is played, nor shown, that lies outside the room's media folders.

use std::path::{Path, PathBuf};

use crate::mistake::Mistake;
use crate::room::Room;
use crate::script::Reading;
use crate::timeline::files;

/// A script's own path, without links, where it lies beneath the room's media folders. Blocking.
///
/// # Errors
/// A sentence that tells nothing of what lies elsewhere.
pub fn script(room: &Room, path: &Path) -> Result<PathBuf, String> {
    let folders = || {
        let folders: Vec<String> = room.media.iter().map(|f| f.display().to_string()).collect();
        folders.join(", ")
    };
    // A relative name is looked for in each folder.
    let mut found = there(room, room.media.iter().map(|folder| folder.join(path)));
    if found.is_empty() {
        found = one_deeper(room, path);
    }
    let (name, more) = (path.display(), found.len() > 1);
    match found.pop() {
        Some(one) if more => Err(format!(
            "several scripts in the room's media folders are named `{name}`; say which, as in `{}`",
            beneath(room, &one).display()
        )),
        Some(found) => Ok(found),
        None if is_name(path) => Err(format!(
            "there is no script `{name}` in the room's media folders ({}), nor in a folder within them; \
             `./{name}` means the file in the folder you are in, which must lie beneath a media folder, too",
            folders()
        )),
        None => Err(format!(
            "there is no script `{name}` beneath the room's media folders ({})",
            folders()
        )),
    }
}

/// Whether no folder is named.
fn is_name(path: &Path) -> bool {
    path.components().count() == 1
}

/// A path as it is said in the room: from its media folder on.
fn beneath<'a>(room: &Room, path: &'a Path) -> &'a Path {
    let mut folders = room.media.iter();
    let beneath = folders.find_map(|folder| path.strip_prefix(folder).ok());
    beneath.unwrap_or(path)
}

/// The scripts that are named without their folder, and lie in those within the media folders.
fn one_deeper(room: &Room, name: &Path) -> Vec<PathBuf> {
    if !is_name(name) {
        return Vec::new();
    }
    let inside = room
        .media
        .iter()
        .filter_map(|folder| folder.read_dir().ok());
    let entries = inside.flatten().flatten();
    there(room, entries.map(|entry| entry.path().join(name)))
}

/// The files that are there, beneath the media folders, each once: one may be there by several names.
fn there(room: &Room, paths: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = paths.filter_map(|path| path.canonicalize().ok()).collect();
    found.retain(|found| is_beneath(room, found));
    found.sort();
    found.dedup();
    found
}

/// Whether everything that a script names, and every file that its mistakes would show, lies beneath the media folders.
/// Blocking.
///
/// # Errors
/// What lies elsewhere, by the names that were written.
pub fn all(room: &Room, reading: &Reading) -> Result<(), Vec<String>> {
    let shown = reading.mistakes.iter().map(file);
    let session = reading.session.iter();
    let named = session.flat_map(|session| {
        files(session).flat_map(|(file, place)| [file, place.source.path.as_path()])
    });
    let mut outside: Vec<&Path> = shown
        .chain(named)
        .filter(|path| {
            !path
                .canonicalize()
                .is_ok_and(|path| is_beneath(room, &path))
        })
        .filter(|path| path.exists())
        .collect();
    outside.sort();
    outside.dedup();
    if outside.is_empty() {
        return Ok(());
    }
    let sentence = |path: &Path| {
        let path = path.display();
        format!("`{path}` lies outside the room's media folders; put it beneath one of them")
    };
    Err(outside.into_iter().map(sentence).collect())
}

fn file(mistake: &Mistake) -> &Path {
    &mistake.place.source.path
}

fn is_beneath(room: &Room, path: &Path) -> bool {
    room.media.iter().any(|folder| path.starts_with(folder))
}
