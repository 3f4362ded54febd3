//! Reading the text files that people write: scripts and playlists. Blocking.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::mistake::{Mistake, Place, Source, Wrong};

/// What a file's bytes may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-8, and where it is not, Latin-1: what players wrote into `.m3u` before UTF-8.
    Utf8OrLatin1,
}

/// Reads a text file of at most `limit` bytes. Its size and kind are looked at before it is opened, so
/// that neither a huge file nor a pipe is ever waited for. A byte order mark is taken off.
///
/// # Errors
/// A mistake with the file's place: it is missing, may not be read, is no file, is too large, or
/// is not text.
pub fn read(
    path: &Path,
    limit: u64,
    encoding: Encoding,
) -> Result<(Arc<Source>, Vec<u8>), Mistake> {
    let unread = |wrong: Wrong| wrong.at(Place::unread(path));
    let meta = fs::metadata(path).map_err(|error| unread(unreadable(&error)))?;
    if meta.is_dir() {
        return Err(unread(Wrong::new("this is a folder, not a file")));
    }
    if !meta.is_file() {
        return Err(unread(
            Wrong::new("this is not a regular file but a pipe or a device")
                .help("name a text file on disk"),
        ));
    }
    if meta.len() > limit {
        return Err(unread(too_large(limit)));
    }
    let mut bytes = Vec::with_capacity(meta.len() as usize);
    File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|error| unread(unreadable(&error)))?;
    if bytes.len() as u64 > limit {
        return Err(unread(too_large(limit)));
    }
    let text = decode(path, &bytes, encoding)?;
    let source = Arc::new(Source {
        path: path.to_owned(),
        text,
    });
    Ok((source, bytes))
}

/// Why a file cannot be read, in plain words.
#[must_use]
pub fn unreadable(error: &io::Error) -> Wrong {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            Wrong::new("there is no such file")
        }
        io::ErrorKind::PermissionDenied => {
            Wrong::new("this file may not be read").help("whoever owns it has to allow reading it")
        }
        _ => Wrong::new(format!("this file cannot be read: {error}")),
    }
}

fn too_large(limit: u64) -> Wrong {
    Wrong::new(format!(
        "this file is larger than {} KiB, the most that is read",
        limit / 1024
    ))
}

fn decode(path: &Path, bytes: &[u8], encoding: Encoding) -> Result<String, Mistake> {
    const SAVE: &str = "save the file as UTF-8 in your editor";
    let utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    if utf16 || bytes.iter().take(4).filter(|byte| **byte == 0).count() > 0 {
        let kind = if utf16 { "UTF-16 text" } else { "no text" };
        let wrong = Wrong::new(format!("this file is {kind}, and has to be UTF-8 text"));
        return Err(wrong.help(SAVE).at(Place::unread(path)));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(_) if encoding == Encoding::Utf8OrLatin1 => {
            return Ok(bytes.iter().map(|byte| char::from(*byte)).collect());
        }
        Err(error) => error,
    };
    let at = error.valid_up_to();
    let line = bytes[..at].split(|byte| *byte == b'\n').count();
    // what stands before the bad byte keeps its place in the lossy text
    let source = Arc::new(Source {
        path: path.to_owned(),
        text: String::from_utf8_lossy(bytes).into_owned(),
    });
    let place = Place::new(&source, at..at + char::REPLACEMENT_CHARACTER.len_utf8());
    Err(Wrong::new(format!("line {line} is not UTF-8 text"))
        .help(SAVE)
        .at(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], encoding: Encoding) -> Result<String, Mistake> {
        decode(Path::new("x"), bytes, encoding)
    }

    #[test]
    fn a_byte_order_mark_is_taken_off() {
        assert_eq!(text(b"\xEF\xBB\xBFa: 1", Encoding::Utf8).unwrap(), "a: 1");
    }

    #[test]
    fn other_encodings_are_named_with_their_line() {
        let mistake = text(b"a: 1\nb: gr\xFCn\n", Encoding::Utf8).unwrap_err();
        assert_eq!(mistake.what, "line 2 is not UTF-8 text");
        assert_eq!(mistake.place.line_column(), Some((2, 6)));
        let mistake = text(b"\xFF\xFEa\0", Encoding::Utf8).unwrap_err();
        assert!(mistake.what.contains("UTF-16"), "{mistake}");
        assert!(text(b"a\0b\0", Encoding::Utf8).is_err());
    }

    #[test]
    fn old_playlists_are_latin_1() {
        assert_eq!(text(b"gr\xFCn", Encoding::Utf8OrLatin1).unwrap(), "grün");
        assert_eq!(
            text("grün".as_bytes(), Encoding::Utf8OrLatin1).unwrap(),
            "grün"
        );
    }
}
