//! Files that a script or a playlist names: finding them from where they are named. Blocking.

use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

use crate::mistake::Wrong;
use crate::reading::suggest;
use crate::reading::text::unreadable;

/// A path longer than this is none.
const LONGEST: usize = 4096;

/// A folder with more entries is not searched through for what was meant.
const MOST_NEIGHBOURS: usize = 2_000;

/// The folder that relative paths in `file` start at.
#[must_use]
pub fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// Where `written` points to, from `folder`; nothing is looked at on disk.
///
/// # Errors
/// It is no path: empty, an address on the network, or a shell's shorthand.
pub fn resolve(folder: &Path, written: &str) -> Result<PathBuf, Wrong> {
    if written.is_empty() {
        return Err(Wrong::new("a file's name is missing here"));
    }
    if written.len() > LONGEST || written.chars().any(char::is_control) {
        return Err(Wrong::new("this cannot be the name of a file"));
    }
    if written.starts_with('~') {
        return Err(Wrong::new("`~` is not understood here")
            .help("write the whole path, or one that starts at this file's folder"));
    }
    if let Some((scheme, _)) = written.split_once("://") {
        return Err(if scheme.eq_ignore_ascii_case("file") {
            Wrong::new("a path is needed here, not an address").help("leave `file://` out")
        } else {
            Wrong::new("Undersong works without network and plays no addresses")
                .help("download the file and name it by its path")
        });
    }
    Ok(folder.join(written))
}

/// The audio file that `written` names, from `folder`: it is there, regular, and may be read.
///
/// # Errors
/// What is wrong with it; where it is missing and `suggest`, with a file that may have been meant.
pub fn find(folder: &Path, written: &str, suggest: bool) -> Result<PathBuf, Wrong> {
    let path = resolve(folder, written)?;
    let meta = fs::metadata(&path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::PermissionDenied {
            return unreadable(&error);
        }
        let wrong = Wrong::new(format!("there is no file `{written}`"));
        if suggest {
            wrong.maybe_help(meant(&path, written))
        } else {
            wrong
        }
    })?;
    if meta.is_dir() {
        return Err(Wrong::new(format!("`{written}` is a folder, not a file")));
    }
    if !meta.is_file() {
        return Err(Wrong::new(format!("`{written}` is not a regular file")));
    }
    File::open(&path).map_err(|error| unreadable(&error))?;
    Ok(tidy(path))
}

/// The same file by a shorter name: without a `..` that leads out of the folder named before it. Where a link makes that
/// another file, or the file is not there, the name stays.
#[must_use]
pub fn tidy(path: PathBuf) -> PathBuf {
    let mut short = PathBuf::new();
    for part in path.components() {
        let before = short.components().next_back();
        if part == Component::ParentDir && matches!(before, Some(Component::Normal(_))) {
            short.pop();
        } else {
            short.push(part);
        }
    }
    if short == path {
        return path;
    }
    match (path.canonicalize(), short.canonicalize()) {
        (Ok(one), Ok(other)) if one == other => short,
        _ => path,
    }
}

/// What a missing file may have been meant to be.
#[must_use]
pub fn meant(path: &Path, written: &str) -> Option<String> {
    if written.contains('\\') {
        return Some("write `/` between folders, not `\\`".into());
    }
    if path.is_symlink() {
        return Some("it is a link that leads nowhere; put the file itself in its place".into());
    }
    let folder = folder_of(path);
    let listed = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let Ok(entries) = fs::read_dir(listed) else {
        return Some(format!("there is no folder `{}`", folder.display()));
    };
    let names: Vec<String> = entries
        .take(MOST_NEIGHBOURS)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let name = path.file_name()?.to_str()?;
    let near = suggest::nearest(name, names.iter().map(String::as_str))?;
    let before = written.strip_suffix(name).unwrap_or("");
    Some(format!("did you mean `{before}{near}`?"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_relative_path_starts_at_its_folder() {
        let folder = folder_of(Path::new("sessions/evening.yaml"));
        assert_eq!(
            resolve(folder, "../cues/bowl.flac").unwrap(),
            Path::new("sessions/../cues/bowl.flac")
        );
        assert_eq!(
            resolve(folder_of(Path::new("evening.yaml")), "bowl.flac").unwrap(),
            Path::new("bowl.flac")
        );
        assert_eq!(resolve(folder, "/a.wav").unwrap(), Path::new("/a.wav"));
    }

    #[test]
    fn a_way_back_is_left_out_where_it_leads_to_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("far/sessions")).unwrap();
        fs::create_dir(at("cues")).unwrap();
        fs::create_dir(at("far/cues")).unwrap();
        fs::write(at("cues/bowl.flac"), "x").unwrap();
        fs::write(at("far/cues/bowl.flac"), "y").unwrap();
        fs::create_dir(at("sessions")).unwrap();
        let found = find(&at("sessions"), "../cues/bowl.flac", true).unwrap();
        assert_eq!(found, at("cues/bowl.flac"));
        // Behind a link, `..` leads elsewhere.
        std::os::unix::fs::symlink(at("far/sessions"), at("link")).unwrap();
        let found = find(&at("link"), "../cues/bowl.flac", true).unwrap();
        assert_eq!(fs::read(found).unwrap(), b"y");
        assert_eq!(tidy("../../a.flac".into()), Path::new("../../a.flac"));
    }

    #[test]
    fn what_is_no_path_is_said_so() {
        for (written, part) in [
            ("~/bowl.flac", "~"),
            ("http://a.example/b.mp3", "without network"),
            ("file:///b.mp3", "path"),
            ("", "missing"),
            ("a\0b", "cannot"),
        ] {
            let wrong = resolve(Path::new(""), written).unwrap_err();
            assert!(wrong.what.contains(part), "{wrong:?}");
        }
    }

    #[test]
    fn a_slip_in_a_name_is_answered_with_the_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("cues")).unwrap();
        fs::write(folder.path().join("cues/bowl.flac"), "x").unwrap();
        let help = |written| find(folder.path(), written, true).unwrap_err().help;
        assert_eq!(
            help("cues/bwol.flac").as_deref(),
            Some("did you mean `cues/bowl.flac`?")
        );
        assert!(help("cue/bowl.flac").unwrap().contains("no folder"));
        assert!(help(r"cues\bowl.flac").unwrap().contains("`/`"));
        symlink("loop.flac", folder.path().join("loop.flac")).unwrap();
        assert!(help("loop.flac").unwrap().contains("leads nowhere"));
        assert!(
            find(folder.path(), "cues", true)
                .unwrap_err()
                .what
                .contains("folder")
        );
        assert!(find(folder.path(), "cues/bowl.flac", true).is_ok());
    }
}
