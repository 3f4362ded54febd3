//! Rendering to a file: WAV, FLAC, or raw float samples to the standard output.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use crate::output::flac::FlacWriter;
use crate::output::partial::Partial;
use crate::output::pcm::{Bits, Quantiser, append, append_floats};
use crate::output::wav;
use crate::time::{Frames, Rate};

/// How much is gathered before it is written, in bytes.
const GATHER: usize = 1 << 18;

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A WAV file.
    Wav(PathBuf, Bits),
    /// A FLAC file; 16 or 24 bit.
    Flac(PathBuf, Bits),
    /// Raw 32-bit float samples, little-endian, to the standard output.
    Raw,
}

/// Why nothing could be written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The name's ending is not one of ours.
    #[error("`{}` ends neither in .wav nor in .flac; name the kind of file by its ending, or `-` for raw samples", .0.display())]
    Ending(PathBuf),
    /// Raw samples are floats.
    #[error("raw samples are always 32-bit floats; name a file for others")]
    RawInteger,
    /// A pipe or a device.
    #[error("`{}` is a pipe or a device; name a file, or `-` for raw samples to a pipe", .0.display())]
    NoFile(PathBuf),
    /// FLAC holds integers.
    #[error("FLAC holds no float samples; use `--bits 24`, or a name that ends in .wav")]
    FlacFloat,
    /// The disk has no room.
    #[error("the disk is full; nothing was kept of `{}`. Make room, or write to another disk", .0.display())]
    Full(PathBuf),
    /// The disk, or a limit of the system, takes no file this large.
    #[error("`{}` grew larger than a file can be there; nothing was kept of it. Write a FLAC file, or to another disk", .0.display())]
    TooLarge(PathBuf),
    /// Nothing can be written there.
    #[error("`{path}` cannot be written: {reason}", path = .0.display(), reason = reason(.1))]
    Write(PathBuf, io::Error),
    /// A folder has the name.
    #[error("`{}` is a folder; name a file in it", .0.display())]
    Folder(PathBuf),
    /// Its folder does not exist.
    #[error("there is no folder `{}`; make it first, or name another", .0.display())]
    NoFolder(PathBuf),
    /// Who read the standard output is gone.
    #[error("nobody reads the samples any more")]
    Pipe,
    /// The disk behind the standard output has no room, or takes no file this large; nobody can take back what stands there.
    #[error(
        "the disk has no more room for the samples; what was written of them is not all. Make room, or write elsewhere"
    )]
    FullOfSamples,
    /// The standard output takes nothing.
    #[error("the samples cannot be written to the standard output: {}", reason(.0))]
    Samples(io::Error),
}

impl FileError {
    /// What an error of the system means for a file.
    #[must_use]
    pub fn from_io(path: &Path, error: io::Error) -> Self {
        use io::ErrorKind::{BrokenPipe, FileTooLarge, QuotaExceeded, StorageFull};
        let raw = path == Path::new("-");
        match error.kind() {
            BrokenPipe if raw => Self::Pipe,
            StorageFull | QuotaExceeded | FileTooLarge if raw => Self::FullOfSamples,
            _ if raw => Self::Samples(error),
            StorageFull | QuotaExceeded => Self::Full(path.to_owned()),
            FileTooLarge => Self::TooLarge(path.to_owned()),
            _ => Self::Write(path.to_owned(), error),
        }
    }
}

impl Target {
    /// What a name and a number of bits ask for.
    ///
    /// # Errors
    /// Where they do not go together.
    pub fn named(name: &Path, bits: Option<Bits>) -> Result<Self, FileError> {
        if name == Path::new("-") {
            return match bits {
                None | Some(Bits::Float) => Ok(Self::Raw),
                Some(_) => Err(FileError::RawInteger),
            };
        }
        let bits = bits.unwrap_or(Bits::TwentyFour);
        let ending = name.extension().unwrap_or_default().to_ascii_lowercase();
        match ending.to_str() {
            Some("wav" | "wave") => Ok(Self::Wav(name.to_owned(), bits)),
            Some("flac") if bits == Bits::Float => Err(FileError::FlacFloat),
            Some("flac") => Ok(Self::Flac(name.to_owned(), bits)),
            _ => Err(FileError::Ending(name.to_owned())),
        }
    }
}

/// The usual reasons in plain words, the others as the system gives them.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "you may not write in its folder".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        io::ErrorKind::NotFound => "nothing can be made in its folder".to_owned(),
        _ => error.to_string(),
    }
}

/// Whether a file can have this name: its folder exists, and it is no folder itself. Blocking.
///
/// # Errors
/// A sentence that says what to name instead.
pub fn check_place(file: &Path) -> Result<(), FileError> {
    if file.is_dir() || file.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(FileError::Folder(file.to_owned()));
    }
    if file.exists() && !file.is_file() {
        return Err(FileError::NoFile(file.to_owned()));
    }
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => Err(FileError::NoFolder(folder.to_owned())),
        _ => Ok(()),
    }
}

enum Sink {
    Wav(BufWriter<Partial>, Bits, Quantiser, bool),
    Flac(Box<FlacWriter<Partial>>),
    /// Not through the library's own, which takes one that cannot be written for one that wants nothing.
    Raw(BufWriter<File>),
}

/// Takes rendered blocks. Nothing is in its place before [`Writer::complete`]; dropped before, nothing is left behind.
pub struct Writer {
    sink: Sink,
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Writer {
    /// Begins a rendering of a known length. Blocking.
    ///
    /// # Errors
    /// Where nothing can be written there.
    pub fn create(
        target: &Target,
        rate: Rate,
        channels: usize,
        frames: Frames,
    ) -> Result<Self, FileError> {
        let path = match target {
            Target::Wav(path, _) | Target::Flac(path, _) => path.clone(),
            Target::Raw => PathBuf::from("-"),
        };
        let begin = || -> io::Result<Sink> {
            Ok(match target {
                Target::Wav(path, bits) => {
                    let mut out = BufWriter::with_capacity(GATHER, Partial::create(path)?);
                    wav::header(&mut out, rate, channels, *bits, frames)?;
                    let odd = frames.0 as usize * channels * bits.bytes() % 2 == 1;
                    Sink::Wav(out, *bits, Quantiser::new(*bits), odd)
                }
                Target::Flac(path, bits) => {
                    let out = Partial::create(path)?;
                    Sink::Flac(Box::new(FlacWriter::new(out, rate, channels, *bits)?))
                }
                Target::Raw => {
                    let out = io::stdout().as_fd().try_clone_to_owned()?;
                    Sink::Raw(BufWriter::with_capacity(GATHER, File::from(out)))
                }
            })
        };
        match begin() {
            Ok(sink) => Ok(Self {
                sink,
                path,
                bytes: Vec::new(),
            }),
            Err(error) => Err(FileError::from_io(&path, error)),
        }
    }

    /// Writes interleaved samples. Blocking.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn write(&mut self, samples: &[f32]) -> Result<(), FileError> {
        self.bytes.clear();
        let written = match &mut self.sink {
            Sink::Wav(out, bits, quantiser, _) => {
                append(&mut self.bytes, samples, *bits, quantiser);
                out.write_all(&self.bytes)
            }
            Sink::Flac(flac) => flac.write(samples),
            Sink::Raw(out) => {
                append_floats(&mut self.bytes, samples);
                out.write_all(&self.bytes)
            }
        };
        written.map_err(|error| FileError::from_io(&self.path, error))
    }

    /// Puts the whole file in its place. Blocking.
    ///
    /// # Errors
    /// Where the disk is full or fails; then nothing is left behind.
    pub fn complete(self) -> Result<(), FileError> {
        let complete = || -> io::Result<()> {
            match self.sink {
                Sink::Wav(mut out, _, _, odd) => {
                    if odd {
                        out.write_all(&[0])?;
                    }
                    out.into_inner()?.complete()
                }
                Sink::Flac(flac) => flac.finish()?.complete(),
                Sink::Raw(mut out) => out.flush(),
            }
        };
        complete().map_err(|error| FileError::from_io(&self.path, error))
    }
}
