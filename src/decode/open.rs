//! Finding out what a file is: its container, its codec, its clock and its tags.

use std::fs::{self, File, Metadata};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_MP3, CODEC_ID_VORBIS};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::FORMAT_ID_ISOMP4;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, MetadataRevision, StandardTag};
use symphonia::core::units::TimeBase;

use super::DecodeError;
use super::disk::Disk;
use super::edit_list::EditList;
use super::window::{Gauge, Span, Window};
use crate::time::{Frames, Rate};

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tags {
    /// The piece.
    pub title: Option<String>,
    /// Who plays it.
    pub artist: Option<String>,
}

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
    /// Where it is read ahead, how far.
    pub gauge: Option<Gauge>,
}

impl Origin {
    /// Finds out what container it is. Blocking.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn open(&self) -> Result<Opened, DecodeError> {
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
        let mut bytes = MediaSourceStream::new(bytes, MediaSourceStreamOptions::default());
        let edits = EditList::read(&mut bytes)?;
        // No hint by the name's ending: renamed files are common, and the content says it all.
        let (format, metadata) = (FormatOptions::default(), MetadataOptions::default());
        let probe = symphonia::default::get_probe();
        let format = probe.probe(&Hint::new(), bytes, format, metadata);
        if format.is_err() && edits.lost() {
            return Err(DecodeError::CutOff);
        }
        Ok(Opened {
            format: format?,
            edits,
            gauge,
        })
    }
}

/// The one sound in a container that is played, and how its packets become frames.
pub(super) struct Sound {
    pub decoder: Box<dyn AudioDecoder>,
    pub track: u32,
    pub codec: &'static str,
    pub clock: Clock,
    /// Where the container's packets begin, on its clock.
    pub start: i64,
    /// Where frame 0 lies on it: what is before belongs to the encoder.
    pub first: i64,
    /// How many frames the header claims, where it can be believed at all.
    pub length: Option<i64>,
    /// The frame where the sound ends, and what comes is an encoder's padding.
    pub end: Option<i64>,
    /// Whether the file records its exact first and last frame, so that packets are trimmed.
    pub exact_ends: bool,
    /// Whether the file has lost its end where reading fails before the last page (Ogg).
    pub needs_last_page: bool,
    /// Whether the file ends before a part of it does (MP4).
    pub lost: bool,
    /// Frames to decode before those wanted after a seek, until the codec's memory is right.
    pub preroll: i64,
}

impl Sound {
    /// `verify` costs time.
    pub fn find(
        format: &dyn FormatReader,
        edits: &EditList,
        verify: bool,
    ) -> Result<Self, DecodeError> {
        let track = format
            .default_track(TrackType::Audio)
            .ok_or(DecodeError::NotAudio)?;
        let params = track
            .codec_params
            .as_ref()
            .and_then(|params| params.audio());
        let params = params.ok_or(DecodeError::NotAudio)?;
        let mp3 = params.codec == CODEC_ID_MP3;
        let aac = params.codec == CODEC_ID_AAC;
        let vorbis = params.codec == CODEC_ID_VORBIS;
        // Without an encoder's tag Symphonia trims an MP3 to an estimated length and loses seconds.
        let trusted = !mp3 || (track.delay.is_some() && track.num_frames != Some(0));
        let options = AudioDecoderOptions::default()
            .gapless(trusted)
            .verify(verify);
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(params, &options)
            .map_err(|_| DecodeError::Unsupported(format.format_info().long_name))?;
        let clock = Clock(track.time_base);
        let start = track.start_ts.get();
        let rate = params.sample_rate.and_then(Rate::new);
        let part = edits.part(track).zip(rate);
        let exact_ends = match &part {
            Some((part, _)) => part.exact,
            None => trusted && !aac,
        };
        let frames = track.num_frames.filter(|&frames| trusted && frames > 0);
        let claimed = frames.and_then(|frames| i64::try_from(frames).ok());
        let heard = part.map(|(part, rate)| {
            let [first, end] = [part.ticks.start, part.ticks.end].map(|at| clock.frames(at, rate));
            (part.ticks.start, end.saturating_sub(first))
        });
        let first = if exact_ends { start.max(0) } else { start };
        Ok(Self {
            codec: match people_name(decoder.codec_info().short_name) {
                "AAC" if edits.fragmented() => "AAC in fragments",
                "AAC" if format.format_info().format != FORMAT_ID_ISOMP4 => "AAC stream",
                name => name,
            },
            decoder,
            track: track.id,
            clock,
            start,
            first: heard.map_or(first, |(first, _)| first),
            length: heard.map_or(claimed, |(_, length)| Some(length)),
            end: heard.map(|(_, length)| length),
            exact_ends,
            needs_last_page: vorbis,
            lost: edits.lost(),
            preroll: if mp3 || aac || vorbis {
                LOSSY_PREROLL
            } else {
                0
            },
        })
    }
}

/// The clock of a container: most count in frames, MP4 may not.
#[derive(Clone, Copy)]
pub(super) struct Clock(Option<TimeBase>);

impl Clock {
    /// A time of the clock in frames.
    pub fn frames(self, time: i64, rate: Rate) -> i64 {
        let (above, below) = self.ratio(rate);
        scale(time, above, below)
    }

    /// The time of the clock at or before a frame.
    pub fn time(self, frames: i64, rate: Rate) -> i64 {
        let (above, below) = self.ratio(rate);
        scale(frames, below, above)
    }

    /// How many frames a time may be off only because the clock is coarser than the rate.
    pub fn rounding(self, rate: Rate) -> u64 {
        let (above, below) = self.ratio(rate);
        if above == below {
            0
        } else {
            (above / below).unsigned_abs() + 1
        }
    }

    /// Frames for each tick of the clock, as a fraction.
    fn ratio(self, rate: Rate) -> (i64, i64) {
        self.0.map_or((1, 1), |base| {
            let rate = i64::from(rate.hertz());
            (
                i64::from(base.numer.get()) * rate,
                i64::from(base.denom.get()),
            )
        })
    }
}

fn scale(value: i64, above: i64, below: i64) -> i64 {
    let scaled = (i128::from(value) * i128::from(above)).div_euclid(i128::from(below));
    i64::try_from(scaled).unwrap_or(i64::MAX)
}

/// Longer than the memory of MP3 (two packets of 1152), AAC (1024) and Vorbis (8192).
const LOSSY_PREROLL: i64 = 8192;

fn people_name(short: &str) -> &'static str {
    match short {
        "flac" => "FLAC",
        "vorbis" => "Ogg Vorbis",
        "mp1" | "mp2" => "MPEG audio",
        "mp3" => "MP3",
        "aac" => "AAC",
        "alac" => "Apple Lossless",
        _ => "WAV",
    }
}

/// Title and artist, from whichever kind of tag the file has.
pub(super) fn tags(format: &mut dyn FormatReader) -> Tags {
    let mut tags = Tags::default();
    if let Some(revision) = format.metadata().skip_to_latest() {
        collect(revision, &mut tags);
    }
    tags
}

fn collect(revision: &MetadataRevision, tags: &mut Tags) {
    let of_tracks = revision
        .per_track
        .iter()
        .flat_map(|track| &track.metadata.tags);
    for tag in revision.media.tags.iter().chain(of_tracks) {
        match &tag.std {
            Some(StandardTag::TrackTitle(text)) => {
                tags.title.get_or_insert_with(|| text.to_string())
            }
            Some(StandardTag::Artist(text)) => tags.artist.get_or_insert_with(|| text.to_string()),
            _ => continue,
        };
    }
}
