//! The one sound in a file: its codec, and how its packets become frames.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::formats::well_known::{FORMAT_ID_ISOMP4, FORMAT_ID_OGG};
use symphonia::core::formats::{FormatReader, TrackType};

use super::DecodeError;
use super::clock::Clock;
use super::edit_list::EditList;
use super::opus::CODECS;
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
        let ogg = format.format_info().format == FORMAT_ID_OGG;
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
        let part = edits.part(track).zip(rate);
        let exact_ends = match &part {
            Some((part, _)) => part.exact,
            // Encoders other than LAME write how many frames there are, and leave out where the sound begins.
            None if mp3 => trusted && track.delay != Some(0),
            None => !aac,
        };
        // An Ogg stream may begin anywhere on its clock, and first of all with what belongs to the encoder.
        let before = if ogg { track.delay.unwrap_or(0) } else { 0 };
        let begin = start.saturating_add(i64::from(before));
        let first = if exact_ends { begin.max(0) } else { start };
        let frames = track.num_frames.filter(|&frames| trusted && frames > 0);
        let claimed = frames.and_then(|frames| i64::try_from(frames).ok());
        // An Ogg stream says where it ends, not how long it is.
        let claimed = match claimed {
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
            needs_last_page: ogg,
            lost: edits.lost(),
            preroll: match params.codec {
                CODEC_ID_MP3 | CODEC_ID_AAC | CODEC_ID_VORBIS => LOSSY_PREROLL,
                CODEC_ID_OPUS => OPUS_PREROLL,
                _ => 0,
            },
        })
    }

    /// The sound has so many frames, and what comes is no part of it.
    pub fn ends_at(&mut self, frames: u64) {
        self.length = i64::try_from(frames).ok();
        self.end = self.length;
    }
}

/// Why nothing decodes a sound.
fn refusal(format: &dyn FormatReader, params: &AudioCodecParameters) -> DecodeError {
    match params.channels.as_ref().map_or(0, Channels::count) {
        channels @ 3.. => DecodeError::Channels(channels),
        _ => DecodeError::Unsupported(format.format_info().long_name),
    }
}

/// Longer than the memory of MP3 (two packets of 1152), AAC (1024) and Vorbis (8192).
const LOSSY_PREROLL: i64 = 8192;

/// RFC 7845 asks for 80 ms. After a second music is the same to the bit; speech remembers for longer, ever less. And a last
/// page is told its place only by the one before it, and may hold 5 s.
const OPUS_PREROLL: i64 = 6 * 48_000;

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
