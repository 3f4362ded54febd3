//! Opening a file, wherever its bytes come from, and finding out what container it is.

use std::fs::{self, File, Metadata};
use std::io::Cursor;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::bare::BareReader;
use super::behind::behind;
use super::chunks::Chunks;
use super::disk::Disk;
use super::edit_list::EditList;
use super::last::{Last, last};
use super::mended::Mended;
use super::window::{Gauge, Span, Window};
use super::{CalledOff, DecodeError, foreign, fragments, opus};
use crate::time::Frames;

/// What the disk says of a file that may hold sound: a regular file that is not empty. Blocking,
/// but never for long: a pipe is not opened.
///
/// # Errors
/// Whatever else is at that path, or nothing.
pub fn audio_file(path: &Path) -> Result<Metadata, DecodeError> {
    let about = fs::metadata(path)?;
    if about.is_dir() {
        return Err(DecodeError::Folder);
    }
    if !about.is_file() {
        return Err(DecodeError::NotAFile);
    }
    if about.len() == 0 {
        return Err(DecodeError::Empty);
    }
    Ok(about)
}

/// Where a decoder's bytes come from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// A file on disk.
    File(PathBuf),
    /// The same, of which the checksum is verified.
    Checked(PathBuf),
    /// A file that is read ahead.
    Ahead(Ahead),
    /// A file that is part of the program.
    Bundled(&'static [u8]),
}

/// A file that is read ahead, and how far.
#[derive(Debug, Clone)]
pub struct Ahead {
    /// What it is on.
    pub disk: Arc<dyn Disk>,
    /// Its name there.
    pub path: PathBuf,
    /// So many of its frames are read ahead.
    pub frames: Frames,
    /// So many it has.
    pub whole: Frames,
}

/// A container, opened at its start.
pub(super) struct Opened {
    pub format: Box<dyn FormatReader>,
    /// What an MP4 file says of its ends.
    pub edits: EditList,
    /// What a WAV file says of its sound, or an AIFF file that is not whole.
    pub chunks: Chunks,
    /// So many frames lie behind a WAV file's sound, and are none of its other parts; known of a file that is checked.
    pub behind: Frames,
    /// Whether a FLAC file ends within a frame.
    pub torn: bool,
    /// Where it is read ahead, how far.
    pub gauge: Option<Gauge>,
}

impl Origin {
    /// Finds out what container it is. Blocking.
    ///
    /// # Errors
    /// What is wrong with the file; and where it is called off, which only a file that is checked asks for.
    pub fn open(&self, called_off: CalledOff<'_>) -> Result<Opened, DecodeError> {
        let mut gauge = None;
        let bytes: Box<dyn MediaSource> = match self {
            Self::File(path) | Self::Checked(path) => {
                audio_file(path)?;
                Box::new(File::open(path)?)
            }
            Self::Ahead(ahead) => {
                let medium = ahead.disk.open(&ahead.path)?;
                let span = Span::of(medium.length(), ahead.frames.0, ahead.whole.0);
                let (window, shows) = Window::open(medium, span)?;
                gauge = Some(shows);
                Box::new(window)
            }
            Self::Bundled(bytes) => Box::new(Cursor::new(*bytes)),
        };
        let (bytes, mending) = Mended::new(bytes);
        let mut bytes =
            MediaSourceStream::new(Box::new(bytes), MediaSourceStreamOptions::default());
        let edits = EditList::read(&mut bytes)?;
        let mut chunks = Chunks::read(&mut bytes)?;
        let refusal = edits.refusal().or(chunks.refusal());
        let refusal = refusal.or(foreign::refusal(&mut bytes)?);
        if let Some(refusal) = refusal.or(opus::refusal(&mut bytes)?) {
            return Err(refusal);
        }
        let behind = match self {
            Self::Checked(path) => {
                fragments::follow(path, &edits, called_off)?;
                behind(path, &chunks, called_off)?
            }
            _ => 0,
        };
        let Last {
            end,
            torn,
            another,
            mends: tables,
        } = last(&mut bytes)?;
        if another {
            return Err(DecodeError::OneBehindOther);
        }
        let mut mends = mem::take(&mut chunks.mends);
        mends.add(tables);
        if let Some(end) = end {
            mends.end(end);
        }
        mending.mend(mends, &mut bytes)?;
        // No hint by the name's ending: renamed files are common, and the content says it all.
        let (format, metadata) = (FormatOptions::default(), MetadataOptions::default());
        let probe = symphonia::default::get_probe();
        let format = probe.probe(&Hint::new(), bytes, format, metadata);
        if format.is_err() && edits.lost() {
            return Err(DecodeError::CutOff);
        }
        Ok(Opened {
            format: BareReader::of(format?),
            edits,
            behind: Frames(chunks.frames(behind)),
            chunks,
            torn,
            gauge,
        })
    }
}
