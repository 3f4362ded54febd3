//! Why a file cannot be played.

use std::io;
use std::path::Path;

use symphonia::core::errors::Error as Symphonia;

/// Why a file cannot be played, as a part of a sentence that begins with the file's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Nothing is there.
    #[error("is not there; is its name spelled right, and is the disk plugged in?")]
    Missing,
    /// It is there, but may not be read.
    #[error("may not be read by this user; change its permissions")]
    Forbidden,
    /// A folder.
    #[error("is a folder, not an audio file")]
    Folder,
    /// A pipe, a socket or a device.
    #[error("is a pipe or a device, not an audio file")]
    NotAFile,
    /// No byte in it.
    #[error("is empty; copy it again from where it came")]
    Empty,
    /// An MP4 file that ends early, of which nothing can then be played.
    #[error(
        "is cut off: its end is missing, and an M4A is of no use without; copy it again from where it came"
    )]
    CutOff,
    /// What is in it is no sound that we know.
    #[error(
        "is no audio file that can be played; use FLAC, WAV, Ogg Vorbis, Opus, MP3, AIFF or M4A"
    )]
    NotAudio,
    /// A known kind of file with a sound format that we do not have.
    #[error("holds a kind of sound that cannot be played ({0}); convert it to FLAC")]
    Unsupported(&'static str),
    /// An Ogg file with several sounds that begin together.
    #[error(
        "holds several pieces of sound side by side; save the one that is meant as a file of its own"
    )]
    SideBySide,
    /// An MP4 file of which more was cut than its ends, or that is played at another speed.
    #[error(
        "was cut in a way that is not played here, and what was cut out would be heard; open it where it was cut, and save it as FLAC"
    )]
    Cut,
    /// A fragment of an MP4 file begins elsewhere than the one before it ends.
    #[error(
        "is in fragments that do not follow each other: one is missing, or is there twice, and it would be heard as a jump; copy it again from where it came"
    )]
    Disjoint,
    /// A WAV or FLAC file with another sound behind its first one.
    #[error(
        "holds several pieces of sound one behind the other, of which only the first would be played; save it anew in an audio editor, best as FLAC"
    )]
    OneBehindOther,
    /// A chained Ogg file of which two streams have the same number.
    #[error(
        "holds several pieces of sound one behind the other that cannot be told apart (their streams have the same number); save it anew in an audio editor, best as FLAC"
    )]
    Twins,
    /// A WAV file that does not say how long its sound is, with something else behind it.
    #[error(
        "does not say where its sound ends, and what lies behind it would be heard as noise; save it anew in an audio editor, best as FLAC"
    )]
    Endless,
    /// A Wave64 file.
    #[error("is a Wave64 file (W64), which is not played here; convert it to FLAC, WAV or RF64")]
    Wave64,
    /// Samples of a width that nothing plays.
    #[error("has samples of {0} bits, which cannot be played; convert it to FLAC of 24 bits")]
    Bits(u16),
    /// A WAV file whose samples cannot take up the room that they are said to.
    #[error(
        "says two different things of the size of its samples, and might be heard as noise; convert it to FLAC, and listen to that"
    )]
    SampleSize,
    /// An Ogg file with a very large picture.
    #[error("has tags or a picture of more than 16 MB, which is too much; take the picture out")]
    HugeTags,
    /// The decoder failed in a way that was not foreseen.
    #[error("breaks the decoder; convert it to FLAC, or copy it again from where it came")]
    Broken,
    /// It looks like audio, but nothing can be decoded.
    #[error(
        "is damaged, or of a kind that is not known here: no sound in it can be decoded; copy it again from where it came, or convert it to FLAC"
    )]
    Silent,
    /// More than two channels.
    #[error("has {0} channels; mix it down to two (stereo) or one (mono)")]
    Channels(usize),
    /// A rate that no music has.
    #[error("has a rate of {0} Hz, which cannot be played; convert it to 48000 Hz")]
    Rate(u32),
    /// Whoever wanted to know went away meanwhile.
    #[error("was not looked at to its end: it was called off")]
    CalledOff,
    /// The disk or the network failed.
    #[error("could not be read: {0}")]
    Io(String),
}

impl DecodeError {
    /// With the file that is meant, as one sentence.
    #[must_use]
    pub fn at(&self, path: &Path) -> String {
        format!("{} {self}", path.display())
    }
}

impl From<io::Error> for DecodeError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::IsADirectory => Self::Folder,
            _ => Self::Io(error.to_string()),
        }
    }
}

/// What the probe or the demuxer said before any sound was decoded.
impl From<Symphonia> for DecodeError {
    fn from(error: Symphonia) -> Self {
        match error {
            Symphonia::IoError(error) if !ends_early(&error) => error.into(),
            Symphonia::Unsupported(_) | Symphonia::LimitError(_) => Self::NotAudio,
            Symphonia::DecodeError(TOO_LARGE) => Self::HugeTags,
            _ => Self::Silent,
        }
    }
}

/// What the demuxer of Ogg says of a packet of more than 16 MB, which is none of sound.
const TOO_LARGE: &str = "ogg: packet buffer would exceed max size";

/// Whether a read failed because the file stops before what it announced.
///
/// Symphonia makes its own errors of other kinds where it read past a block of known size; a disk
/// that fails comes with the system's number.
pub(super) fn ends_early(error: &io::Error) -> bool {
    error.raw_os_error().is_none()
}
