//! A decoded packet, of whatever sample type, as stereo frames.

use symphonia::core::audio::{Audio, AudioBuffer, GenericAudioBufferRef as Packet, sample::Sample};

use crate::frame::{Frame, LOUDEST, tame};

/// Appends the packet's frames from `skip` on to `out`, and counts the samples that had to be
/// tamed. A mono packet goes to both channels. Integers become exactly `value / 2^(bits - 1)`.
pub(super) fn append(packet: &Packet<'_>, skip: usize, out: &mut Vec<Frame>) -> u64 {
    match packet {
        Packet::U8(buffer) => whole(buffer, skip, out, |s| (f32::from(s) - 128.0) / 128.0),
        Packet::S8(buffer) => whole(buffer, skip, out, |s| f32::from(s) / 128.0),
        Packet::U16(buffer) => whole(buffer, skip, out, |s| (f32::from(s) - 32_768.0) / 32_768.0),
        Packet::S16(buffer) => whole(buffer, skip, out, |s| f32::from(s) / 32_768.0),
        Packet::U24(buffer) => whole(buffer, skip, out, |s| {
            (s.inner() as f32 - 8_388_608.0) / 8_388_608.0
        }),
        Packet::S24(buffer) => whole(buffer, skip, out, |s| s.inner() as f32 / 8_388_608.0),
        Packet::U32(buffer) => whole(buffer, skip, out, |s| {
            ((f64::from(s) - 2_147_483_648.0) / 2_147_483_648.0) as f32
        }),
        Packet::S32(buffer) => whole(buffer, skip, out, |s| s as f32 / 2_147_483_648.0),
        Packet::F32(buffer) => floating(buffer, skip, out, |s| s),
        Packet::F64(buffer) => floating(buffer, skip, out, |s| s as f32),
    }
}

/// Whole numbers: always within full scale.
fn whole<S: Sample>(
    buffer: &AudioBuffer<S>,
    skip: usize,
    out: &mut Vec<Frame>,
    value: impl Fn(S) -> f32,
) -> u64 {
    if let Some((left, right)) = buffer.plane_pair(0, 1) {
        let frames = left[skip..].iter().zip(&right[skip..]);
        out.extend(frames.map(|(&left, &right)| [value(left), value(right)]));
    } else if let Some(only) = buffer.plane(0) {
        out.extend(only[skip..].iter().map(|&s| [value(s); 2]));
    }
    0
}

/// Floating point: may be anything. The usual packet is copied after one look.
fn floating<S: Sample>(
    buffer: &AudioBuffer<S>,
    skip: usize,
    out: &mut Vec<Frame>,
    value: impl Fn(S) -> f32 + Copy,
) -> u64 {
    let wild = |sample: f32| sample.is_nan() || sample.abs() > LOUDEST;
    let usual = |sample: f32| tame(sample) == sample;
    let unusual: u32 = buffer
        .iter_planes()
        .map(|plane| {
            let samples = plane[skip..].iter();
            samples.map(|&s| u32::from(!usual(value(s)))).sum::<u32>()
        })
        .sum();
    if unusual == 0 {
        return whole(buffer, skip, out, value);
    }
    whole(buffer, skip, out, |s| tame(value(s)));
    let samples = buffer.iter_planes().flat_map(|plane| &plane[skip..]);
    samples.filter(|&&sample| wild(value(sample))).count() as u64
}
