//! The one sound in a file: its codec, and how its packets become frames.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_FLAC, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::formats::well_known::{FORMAT_ID_ISOMP4, FORMAT_ID_OGG};
use symphonia::core::formats::{FormatReader, TrackType};

use super::clock::Clock;
use super::edit_list::EditList;
use super::opus::CODECS;
use super::{DecodeError, aac};
use crate::time::Rate;

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
    /// The last time on the container's clock, where padding is cut away; elsewhere a page's end is only rounded (Ogg).
    pub last: Option<i64>,
    /// Whether the times of packets are written down, and may have been rounded (Ogg, MP4).
    pub dated: bool,
    /// Whether it is an Ogg file.
    pub ogg: bool,
    /// Whether the file records its exact first and last frame, so that packets are trimmed.
    pub exact_ends: bool,
    /// What is known of the file's end.
    pub ending: Ending,
    /// Frames to decode before those wanted after a seek, until the codec's memory is right.
    pub preroll: i64,
}

/// What is known of a file's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Nothing more than the length that is claimed.
    Plain,
    /// The file has lost it where reading fails before the last page (Ogg).
    LastPage,
    /// The file ends before a part of it does (MP4, FLAC).
    Lost,
    /// It is not said how long the sound is, and all to the file's end is taken for it (WAV, AIFF).
    Open,
}

/// The streams that lie one behind the other in a chained Ogg file, as far as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chain {
    /// Only one.
    None,
    /// Several.
    Several,
    /// Several, of which two have the same number: a jump may lead into either.
    Twins,
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
        let opus = params.codec == CODEC_ID_OPUS;
        let ogg = format.format_info().format == FORMAT_ID_OGG;
        let mp4 = format.format_info().format == FORMAT_ID_ISOMP4;
        // Nobody looked at what is cut out of it.
        if mp4 && !edits.found() {
            return Err(DecodeError::Unsupported("an M4A behind something else"));
        }
        let config = params.extra_data.as_deref().filter(|_| aac);
        if let Some(other) = config.and_then(aac::other_than_plain) {
            return Err(DecodeError::Unsupported(other));
        }
        let sounds = format.tracks().iter().filter(|track| {
            let params = track.codec_params.as_ref();
            params.is_some_and(|params| params.audio().is_some())
        });
        // Symphonia seeks for ever in such a file.
        if ogg && sounds.count() > 1 {
            return Err(DecodeError::SideBySide);
        }
        // Without an encoder's tag Symphonia trims an MP3 to an estimated length and loses seconds.
        let trusted = !mp3 || (track.delay.is_some() && track.num_frames != Some(0));
        let options = AudioDecoderOptions::default()
            .gapless(trusted)
            .verify(verify);
        let decoder = CODECS
            .make_audio_decoder(params, &options)
            .map_err(|_| refusal(format, params))?;
        let clock = Clock(track.time_base);
        let start = track.start_ts.get();
        let rate = params.sample_rate.and_then(Rate::new);
        let part = edits.part(track)?.zip(rate);
        let exact_ends = match &part {
            Some((part, _)) => part.exact,
            // Encoders other than LAME write how many frames there are, and leave out where the sound begins.
            None if mp3 => trusted && track.delay != Some(0),
            // An Opus stream in MP4 says where it begins only there.
            None => !(aac || opus && mp4),
        };
        // An Ogg stream may begin anywhere on its clock, and first of all with what belongs to the encoder.
        let before = if ogg { track.delay.unwrap_or(0) } else { 0 };
        let begin = start.saturating_add(i64::from(before));
        // FLAC has nothing before its sound, wherever on the clock that begins.
        let first = match params.codec {
            CODEC_ID_FLAC => begin,
            _ if exact_ends => begin.max(0),
            _ => start,
        };
        // A bare stream of AAC says nothing; its length is a guess.
        let bare = aac && !mp4;
        let guessed = bare || edits.told_apart();
        let frames = track.num_frames;
        let last = frames.filter(|_| ogg).map(u64::cast_signed);
        let frames = frames.filter(|&frames| trusted && !guessed && frames > 0);
        let claimed = frames.and_then(|frames| i64::try_from(frames).ok());
        // An Ogg stream says where it ends, not how long it is; but FLAC does.
        let claimed = match claimed {
            claimed if ogg && params.codec == CODEC_ID_FLAC => flac_frames(params).or(claimed),
            Some(end) if ogg => Some(end.saturating_sub(first)).filter(|&length| length > 0),
            claimed => claimed,
        };
        let heard = part.map(|(part, rate)| {
            let [first, end] = [part.ticks.start, part.ticks.end].map(|at| clock.frames(at, rate));
            (part.ticks.start, end.saturating_sub(first))
        });
        Ok(Self {
            codec: match people_name(decoder.codec_info().short_name) {
                "AAC" if edits.fragmented() => "AAC in fragments",
                "AAC" if bare => "AAC stream",
                name => name,
            },
            decoder,
            track: track.id,
            clock,
            start,
            first: heard.map_or(first, |(first, _)| first),
            length: heard.map_or(claimed, |(_, length)| Some(length)),
            end: heard.map(|(_, length)| length),
            last,
            dated: ogg || format.format_info().format == FORMAT_ID_ISOMP4,
            ogg,
            exact_ends,
            ending: match edits.lost() {
                true => Ending::Lost,
                false if ogg => Ending::LastPage,
                false => Ending::Plain,
            },
            preroll: match params.codec {
                CODEC_ID_MP3 | CODEC_ID_AAC => LOSSY_PREROLL,
                CODEC_ID_VORBIS => vorbis_preroll(params),
                CODEC_ID_OPUS => OPUS_PREROLL,
                _ => 0,
            },
        })
    }

    /// Nobody says how long the sound is.
    pub fn runs_to_the_end(&mut self) {
        self.length = None;
        self.ending = Ending::Open;
    }

    /// The sound has so many frames, and what comes is no part of it.
    pub fn ends_at(&mut self, frames: u64) {
        self.length = i64::try_from(frames).ok();
        self.end = self.length;
    }
}

/// How many frames the first block of a FLAC stream claims, where it claims any: the last 36 bits before its checksum.
fn flac_frames(params: &AudioCodecParameters) -> Option<i64> {
    let bytes = params.extra_data.as_deref()?.get(10..18)?.first_chunk()?;
    let frames = u64::from_be_bytes(*bytes) & 0xF_FFFF_FFFF;
    (frames > 0).then_some(frames.cast_signed())
}

/// Why nothing decodes a sound.
fn refusal(format: &dyn FormatReader, params: &AudioCodecParameters) -> DecodeError {
    match params.channels.as_ref().map_or(0, Channels::count) {
        channels @ 3.. => DecodeError::Channels(channels),
        _ if params.codec == CODEC_ID_AAC => DecodeError::Unsupported("a rare kind of AAC"),
        _ => DecodeError::Unsupported(format.format_info().long_name),
    }
}

/// Longer than the memory of MP3 (two packets of 1152) and AAC (1024).
const LOSSY_PREROLL: i64 = 8192;

/// RFC 7845 asks for 80 ms. After a second music is the same to the bit; speech remembers for longer, ever less. And a last
/// page is told its place only by the one before it, and may hold 5 s.
const OPUS_PREROLL: i64 = 6 * 48_000;

/// A page of Ogg holds so many packets at most.
const MOST_PACKETS: i64 = 255;

/// Vorbis remembers a packet, but its last page, too, is told its place only by the one before it: as much as a page may hold.
/// A packet gives half of its window, and the longest window is in the stream's first header.
fn vorbis_preroll(params: &AudioCodecParameters) -> i64 {
    let header = params.extra_data.as_deref();
    let windows = header.and_then(|bytes| bytes.get(28)).copied();
    // What is usual: 2048; the longest that there is: 8192.
    let longest = windows.map_or(11, |windows| windows >> 4).min(13);
    (MOST_PACKETS + 1) << longest.saturating_sub(1)
}

fn people_name(short: &str) -> &'static str {
    match short {
        "flac" => "FLAC",
        "vorbis" => "Ogg Vorbis",
        "opus" => "Opus",
        "mp1" | "mp2" => "MPEG audio",
        "mp3" => "MP3",
        "aac" => "AAC",
        "alac" => "Apple Lossless",
        _ => "WAV",
    }
}
