//! Opus, whose packets Symphonia finds in Ogg files but does not decode.

use std::io::{self, Read};
use std::sync::LazyLock;

use ropus::{DecodeMode, Decoder};
use symphonia::core::audio::layouts::{CHANNEL_LAYOUT_MONO, CHANNEL_LAYOUT_STEREO};
use symphonia::core::audio::{
    AsGenericAudioBufferRef, Audio, AudioBuffer, AudioMut, AudioSpec, GenericAudioBufferRef,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{
    AudioCodecParameters, AudioDecoder, AudioDecoderOptions, FinalizeResult,
};
use symphonia::core::codecs::registry::{
    CodecRegistry, RegisterableAudioDecoder, SupportedAudioCodec,
};
use symphonia::core::errors::{Result, decode_error, unsupported_error};
use symphonia::core::io::{MediaSourceStream, ReadBytes};
use symphonia::core::packet::PacketRef;

use super::DecodeError;
use super::alac::Alac;
use super::glance::glance;
use crate::level::{Decibels, Gain};

/// The only rate that Opus is decoded at, in hertz.
const RATE: u32 = 48_000;

/// The most frames of one packet: 120 ms.
const LONGEST: usize = 5_760;

/// The codecs that sound is decoded with: those of Symphonia, Opus, and an Apple Lossless that looks.
pub(super) static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    codecs.register_audio_decoder::<Opus>();
    codecs.register_audio_decoder::<Alac>();
    codecs
});

/// Decodes one stream of mono or stereo packets. What comes before the sound is left to the tape.
struct Opus {
    params: AudioCodecParameters,
    decoder: Decoder,
    /// What the header asks for.
    gain: Gain,
    /// One packet, its channels side by side.
    packet: Vec<f32>,
    sound: AudioBuffer<f32>,
}

impl Opus {
    fn new(params: &AudioCodecParameters) -> Result<Self> {
        let Some(head) = params.extra_data.as_deref().and_then(Head::read) else {
            return unsupported_error("opus: more than one stream");
        };
        let (channels, layout) = match head.channels {
            1 => (ropus::Channels::Mono, CHANNEL_LAYOUT_MONO),
            _ => (ropus::Channels::Stereo, CHANNEL_LAYOUT_STEREO),
        };
        let Ok(decoder) = Decoder::new(RATE, channels) else {
            return unsupported_error("opus: no decoder");
        };
        Ok(Self {
            params: params.clone(),
            decoder,
            gain: head.gain,
            packet: vec![0.0; LONGEST * usize::from(head.channels)],
            sound: AudioBuffer::new(AudioSpec::new(RATE, layout), LONGEST),
        })
    }
}

impl AudioDecoder for Opus {
    fn reset(&mut self) {
        // It cannot be made to forget otherwise.
        let channels = self.decoder.channels();
        if let Ok(decoder) = Decoder::new(RATE, channels) {
            self.decoder = decoder;
        }
    }

    fn codec_info(&self) -> &CodecInfo {
        &SUPPORTED[0].info
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.params
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.sound.clear();
        // Of an empty packet the decoder would make something up.
        if packet.data.is_empty() {
            return decode_error("opus: an empty packet");
        }
        let decoded = self
            .decoder
            .decode_float(packet.data, &mut self.packet, DecodeMode::Normal);
        let Ok(frames) = decoded else {
            return decode_error("opus: a damaged packet");
        };
        let frames = frames.min(LONGEST);
        self.sound.render_uninit(Some(frames));
        let channels = self.sound.num_planes();
        for (channel, plane) in self.sound.iter_planes_mut().enumerate() {
            let samples = self.packet.iter().skip(channel).step_by(channels);
            for (to, from) in plane.iter_mut().zip(samples) {
                *to = from * self.gain.0;
            }
        }
        let [start, end] = [packet.trim_start, packet.trim_end].map(|trim| trim.get() as usize);
        self.sound.trim(start.min(frames), end.min(frames));
        Ok(self.sound.as_generic_audio_buffer_ref())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        self.sound.as_generic_audio_buffer_ref()
    }
}

const SUPPORTED: &[SupportedAudioCodec] = &[SupportedAudioCodec {
    id: CODEC_ID_OPUS,
    info: CodecInfo {
        short_name: "opus",
        long_name: "Opus",
        profiles: &[],
    },
}];

impl RegisterableAudioDecoder for Opus {
    fn try_registry_new(
        params: &AudioCodecParameters,
        _: &AudioDecoderOptions,
    ) -> Result<Box<dyn AudioDecoder>> {
        Ok(Box::new(Self::new(params)?))
    }

    fn supported_codecs() -> &'static [SupportedAudioCodec] {
        SUPPORTED
    }
}

/// Why an Ogg file that begins with Opus cannot be played: it takes more than one decoder. The demuxer knows not all of these.
/// Goes back to the start. Blocking.
///
/// # Errors
/// Only where the disk fails.
pub(super) fn refusal(bytes: &mut MediaSourceStream<'_>) -> io::Result<Option<DecodeError>> {
    glance(bytes, |bytes| {
        let mut page = [0; 27];
        bytes.read_exact(&mut page)?;
        if !page.starts_with(b"OggS") {
            return Ok(None);
        }
        bytes.ignore_bytes(u64::from(page[26]))?;
        let mut head = [0; 23];
        // The shortest have 19.
        bytes.read_exact(&mut head[..19])?;
        if head[18] != 0 {
            bytes.read_exact(&mut head[19..])?;
        }
        if !head.starts_with(b"OpusHead") || Head::read(&head).is_some() {
            return Ok(None);
        }
        Ok(Some(match head[9] {
            channels @ 3.. => DecodeError::Channels(usize::from(channels)),
            _ => DecodeError::Unsupported("Opus of several streams"),
        }))
    })
}

/// What the stream's header says (RFC 7845, section 5.1).
struct Head {
    /// 1 or 2.
    channels: u8,
    gain: Gain,
}

impl Head {
    /// `None` where it takes more than one decoder: more than two channels, or two that are not coupled.
    fn read(bytes: &[u8]) -> Option<Self> {
        let head: &[u8; 19] = bytes.first_chunk()?;
        let channels = head[9];
        let gain = i16::from_le_bytes([head[16], head[17]]);
        let plain = match (head[18], channels) {
            (0, 1 | 2) => true,
            (1, 1) => bytes.get(19..22) == Some(&[1, 0, 0]),
            (1, 2) => bytes.get(19..23) == Some(&[1, 1, 0, 1]),
            _ => false,
        };
        plain.then(|| Self {
            channels,
            // In steps of 1/256 dB.
            gain: Decibels(f32::from(gain) / 256.0).gain(),
        })
    }
}
