//! What an AAC stream says of itself. Only its plain kind is played; the decoder also takes some of the others for that, and
//! leaves out their upper octave.

use super::bits::Bits;

/// The kinds: plain, and with the upper half of the sound told apart (HE-AAC, HE-AAC v2), and what came after.
const PLAIN: u32 = 2;
const HIGH_EFFICIENCY: [u32; 2] = [5, 29];
const EXTENDED: u32 = 42;

/// What stands before an extension that old decoders pass over.
const EXTENSION: u32 = 0x2B7;

/// What people call a stream that is not plain AAC; `None` where it is, or says nothing of itself.
pub(super) fn other_than_plain(config: &[u8]) -> Option<&'static str> {
    let mut bits = Bits::new(config);
    match kind(&mut bits)? {
        PLAIN => {}
        kind if HIGH_EFFICIENCY.contains(&kind) => return Some("HE-AAC"),
        EXTENDED => return Some("xHE-AAC"),
        _ => return Some("a rare kind of AAC"),
    }
    // The rate may be written out.
    if bits.take(4)? == 15 {
        bits.take(24)?;
    }
    let _channels = bits.take(4)?;
    let _length = bits.take(1)?;
    if bits.take(1)? == 1 {
        let _delay = bits.take(14)?;
    }
    let _more = bits.take(1)?;
    let extended = bits.take(11)? == EXTENSION;
    let high = extended && HIGH_EFFICIENCY.contains(&kind(&mut bits)?) && bits.take(1)? == 1;
    high.then_some("HE-AAC")
}

/// What kind of AAC it is.
fn kind(bits: &mut Bits<'_>) -> Option<u32> {
    Some(match bits.take(5)? {
        31 => 32 + bits.take(6)?,
        kind => kind,
    })
}
