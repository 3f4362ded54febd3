//! Apple Lossless. No sum covers its packets; but its numbers are of no fixed length, so where a bit is wrong nearly all that
//! follow are read from the wrong place, and what should stand behind them is not there. Symphonia's decoder does not look, and
//! makes noise at full scale of what is spoilt; this one refuses a packet that does not end as it should, or of which a sample
//! is larger than the file has them.

use symphonia::core::audio::layouts::{CHANNEL_LAYOUT_MONO, CHANNEL_LAYOUT_STEREO};
use symphonia::core::audio::{
    AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, GenericAudioBufferRef,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::well_known::CODEC_ID_ALAC;
use symphonia::core::codecs::audio::{
    AudioCodecParameters, AudioDecoder, AudioDecoderOptions, FinalizeResult,
};
use symphonia::core::codecs::registry::{RegisterableAudioDecoder, SupportedAudioCodec};
use symphonia::core::errors::{Result, decode_error, unsupported_error};
use symphonia::core::packet::PacketRef;

use super::bits::Bits;
use super::prediction::Prediction;

/// What stands behind the last number.
const END: u32 = 7;

/// The largest value of which the mean takes account as it is.
const WIDE: u32 = 0xFFFF;

/// The most frames of a packet; what is usual: 4096.
const LONGEST: u32 = 65_536;

/// Decodes mono or stereo packets.
pub(super) struct Alac {
    params: AudioCodecParameters,
    head: Head,
    planes: [Vec<i32>; 2],
    /// The low bits of samples that are written as they are.
    low: Vec<i32>,
    sound: AudioBuffer<i32>,
}

/// What the file says of all packets.
struct Head {
    /// The frames of a packet that does not say how many it has.
    frames: u32,
    bits: u32,
    channels: usize,
    rate: u32,
    /// How numbers are written: how fast their mean follows, where it begins, and the most bits that it gives.
    follows: u32,
    begins: u32,
    most: u32,
}

impl Head {
    /// `None` where it is not of the only version that there is, or has more than two channels.
    fn read(mut head: &[u8]) -> Option<Self> {
        // Others may stand before it.
        for name in [b"frma", b"alac"] {
            if head.get(4..8)? == name {
                head = head.get(12..)?;
            }
        }
        let head: &[u8; 24] = head.first_chunk()?;
        let word =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let version = head[4];
        let head = Self {
            frames: word(0),
            bits: u32::from(head[5]),
            channels: usize::from(head[9]),
            rate: word(20),
            follows: u32::from(head[6]),
            begins: u32::from(head[7]),
            most: u32::from(head[8]),
        };
        let known = version == 0
            && (1..=LONGEST).contains(&head.frames)
            && (1..=32).contains(&head.bits)
            && (1..=2).contains(&head.channels);
        known.then_some(head)
    }
}

impl Alac {
    fn new(params: &AudioCodecParameters) -> Result<Self> {
        let Some(head) = params.extra_data.as_deref().and_then(Head::read) else {
            return unsupported_error("alac: another version, or more than two channels");
        };
        let layout = match head.channels {
            1 => CHANNEL_LAYOUT_MONO,
            _ => CHANNEL_LAYOUT_STEREO,
        };
        let frames = head.frames as usize;
        Ok(Self {
            params: params.clone(),
            sound: AudioBuffer::new(AudioSpec::new(head.rate, layout), frames),
            planes: [vec![0; frames], vec![0; frames]],
            low: vec![0; 2 * frames],
            head,
        })
    }

    /// Goes through the packet's parts up to the word that ends it, and says how many frames there are.
    fn parts(&mut self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut frames, mut channel) = (0, 0);
        loop {
            match bits.take(3)? {
                kind @ (0 | 1 | 3) => {
                    let channels = if kind == 1 { 2 } else { 1 };
                    if channel + channels > self.head.channels {
                        return None;
                    }
                    let count = self.part(bits, channel, channels)?;
                    if channel > 0 && count != frames {
                        return None;
                    }
                    frames = count;
                    channel += channels;
                }
                4 => {
                    bits.take(4)?;
                    let aligned = bits.take(1)? == 1;
                    let count = match bits.take(8)? {
                        255 => 255 + bits.take(8)?,
                        count => count,
                    };
                    if aligned {
                        bits.align();
                    }
                    bits.pass(8 * count)?;
                }
                6 => {
                    let count = match bits.take(4)? {
                        15 => 14 + bits.take(8)?,
                        count => count,
                    };
                    bits.pass(8 * count)?;
                }
                END => return (channel == self.head.channels).then_some(frames),
                _ => return None,
            }
        }
    }

    /// One channel, or two that belong together.
    fn part(&mut self, bits: &mut Bits<'_>, channel: usize, channels: usize) -> Option<usize> {
        let Self {
            head, planes, low, ..
        } = self;
        bits.take(4)?;
        if bits.take(12)? != 0 {
            return None;
        }
        let says_how_many = bits.take(1)? == 1;
        let low_bits = 8 * bits.take(2)?;
        let plain = bits.take(1)? == 1;
        let frames = if says_how_many {
            bits.take(32)?
        } else {
            head.frames
        };
        if frames > head.frames || low_bits >= head.bits.min(24) {
            return None;
        }
        let frames = frames as usize;
        let planes = &mut planes[channel..channel + channels];
        if plain {
            for at in 0..frames {
                for plane in &mut *planes {
                    plane[at] = bits.signed(head.bits)?;
                }
            }
            return Some(frames);
        }
        let width = head.bits - low_bits + channels as u32 - 1;
        if width > 32 {
            return None;
        }
        let (mix_shift, mix) = (bits.take(8)?, bits.signed(8)?);
        let mut predictions = [Prediction::NONE, Prediction::NONE];
        for prediction in &mut predictions[..channels] {
            *prediction = Prediction::read(bits, head.follows)?;
        }
        if low_bits > 0 {
            for low in &mut low[..channels * frames] {
                *low = bits.take(low_bits)?.cast_signed();
            }
        }
        for (plane, mut prediction) in planes.iter_mut().zip(predictions) {
            let samples = &mut plane[..frames];
            head.numbers(bits, samples, prediction.follows, width)?;
            prediction.apply(samples, width);
        }
        if let ([left, right], true) = (&mut *planes, mix != 0) {
            if mix_shift > 31 {
                return None;
            }
            for (left, right) in left[..frames].iter_mut().zip(&mut right[..frames]) {
                let side = *right;
                *left = left
                    .wrapping_add(side)
                    .wrapping_sub(side.wrapping_mul(mix) >> mix_shift);
                *right = left.wrapping_sub(side);
            }
        }
        // What is whole has no sample that is larger than all bits give.
        let over = 32 - (head.bits - low_bits);
        let mut wrong = 0;
        for plane in &*planes {
            wrong |= plane[..frames].iter().fold(0, |wrong, sample| {
                wrong | (sample.wrapping_shl(over) >> over ^ sample)
            });
        }
        if wrong != 0 {
            return None;
        }
        if low_bits > 0 {
            for (at, plane) in planes.iter_mut().enumerate() {
                let low = low[at..].iter().step_by(channels);
                for (sample, low) in plane[..frames].iter_mut().zip(low) {
                    *sample = *sample << low_bits | low;
                }
            }
        }
        Some(frames)
    }

    fn decode(&mut self, packet: &PacketRef<'_>) -> Option<()> {
        let mut bits = Bits::new(packet.data);
        let frames = self.parts(&mut bits)?;
        if !bits.is_at_the_end() {
            return None;
        }
        self.sound.render_uninit(Some(frames));
        let up = 32 - self.head.bits;
        for (plane, samples) in self.sound.iter_planes_mut().zip(&self.planes) {
            for (to, sample) in plane.iter_mut().zip(samples) {
                *to = sample << up;
            }
        }
        Some(())
    }
}

impl Head {
    /// So many numbers: how long one is depends on those before it.
    fn numbers(
        &self,
        bits: &mut Bits<'_>,
        into: &mut [i32],
        follows: u32,
        width: u32,
    ) -> Option<()> {
        let (mut mean, mut odd, mut at) = (self.begins, 0, 0);
        while at < into.len() {
            let parameter = ((mean >> 9) + 3).ilog2();
            let value = bits.number(parameter.min(self.most), width)?;
            let value = value.wrapping_add(odd);
            into[at] = (value >> 1).cast_signed() ^ -(value & 1).cast_signed();
            at += 1;
            odd = 0;
            mean = if value > WIDE {
                WIDE
            } else {
                mean.wrapping_add(follows * value)
                    .wrapping_sub(follows.wrapping_mul(mean) >> 9)
            };
            if mean >= 128 || at >= into.len() {
                continue;
            }
            let parameter = mean.leading_zeros() - 24 + ((mean + 16) >> 6);
            let zeros = bits.number(parameter.min(self.most), 16)?;
            odd = u32::from(zeros < WIDE);
            mean = 0;
            // No run of zeros goes further than the packet.
            into.get_mut(at..at + zeros as usize)?.fill(0);
            at += zeros as usize;
        }
        Some(())
    }
}

impl AudioDecoder for Alac {
    fn reset(&mut self) {}

    fn codec_info(&self) -> &CodecInfo {
        &SUPPORTED[0].info
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.params
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.sound.clear();
        if self.decode(packet).is_none() {
            return decode_error("alac: a damaged packet");
        }
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
    id: CODEC_ID_ALAC,
    info: CodecInfo {
        short_name: "alac",
        long_name: "Apple Lossless",
        profiles: &[],
    },
}];

impl RegisterableAudioDecoder for Alac {
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
