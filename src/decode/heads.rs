//! What stands at the head of a packet of MP3, or of a bare stream of AAC, and what may lie between two of them that is no sound.

/// So many bytes tell whether a packet or a tag begins.
pub(super) const LOOK: usize = 48;

/// The two kinds of files that are nothing but packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare {
    Mp3,
    Aac,
}

/// What a packet says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// All its bytes, and those of its head that its decoder is not given.
    pub size: usize,
    pub apart: usize,
    /// The frames in it.
    pub frames: u64,
    /// In hertz.
    pub rate: u32,
    /// 0 where the sound itself says it.
    pub channels: u8,
    /// Whether it holds no sound, but what an encoder says of the file.
    pub is_note: bool,
}

/// The bit rates of MP3 in kbit/s, by version.
const RATES: [[u32; 15]; 2] = [
    [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/// The rates of AAC in hertz, by number.
const HERTZ: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

impl Bare {
    /// The packet that may begin here.
    pub fn head(self, here: &[u8]) -> Option<Head> {
        match self {
            Self::Mp3 => mp3(here),
            Self::Aac => aac(here),
        }
    }
}

impl Head {
    /// Whether both may be of one sound.
    pub fn is_like(self, other: Self) -> bool {
        let of = |head: Self| (head.frames, head.rate, head.channels);
        of(self) == of(other)
    }
}

fn mp3(here: &[u8]) -> Option<Head> {
    let [0xFF, second, third, fourth] = *here.first_chunk()? else {
        return None;
    };
    let half = match second >> 3 & 3 {
        _ if second < 0xE0 => return None,
        1 => return None,
        3 => 1,
        // Of two versions the rate is half, of one a quarter.
        2 => 2,
        _ => 4,
    };
    let kilobits = RATES[usize::from(half > 1)].get(usize::from(third >> 4))?;
    let rate = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))? / half;
    // The third layer, and a length that is said.
    if second >> 1 & 3 != 1 || *kilobits == 0 {
        return None;
    }
    let frames: u64 = if half == 1 { 1152 } else { 576 };
    let padding = usize::from(third >> 1 & 1);
    let size = frames as usize / 8 * *kilobits as usize * 1_000 / rate as usize + padding;
    let channels = if fourth >> 6 == 3 { 1 } else { 2 };
    let side = match (half, channels) {
        (1, 2) => 32,
        (1, _) | (_, 2) => 17,
        _ => 9,
    };
    let name = |at: usize| here.get(at..at + 4).unwrap_or_default();
    let begins = if second & 1 == 0 { 6 } else { 4 };
    let nothing = |end: usize| {
        let before = here.get(begins..end).unwrap_or(&[1]);
        before.iter().all(|byte| *byte == 0)
    };
    let is_note = (matches!(name(4 + side), b"Xing" | b"Info") && nothing(4 + side))
        || (name(36) == b"VBRI" && nothing(36));
    Some(Head {
        size,
        apart: 0,
        frames,
        rate,
        channels,
        is_note,
    })
}

fn aac(here: &[u8]) -> Option<Head> {
    let [first, second, third, fourth, fifth, sixth, seventh] = *here.first_chunk()?;
    let sync = u16::from_be_bytes([first, second]);
    let apart = if second & 1 == 0 { 9 } else { 7 };
    let size = usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
    // One block of sound is all that is decoded.
    if sync & 0xFFF6 != 0xFFF0 || size < apart || seventh & 3 != 0 {
        return None;
    }
    Some(Head {
        size,
        apart,
        frames: 1024,
        rate: *HERTZ.get(usize::from(third >> 2 & 15))?,
        channels: (third & 1) << 2 | fourth >> 6,
        is_note: false,
    })
}

/// A tag that lies between packets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag {
    pub length: u64,
    /// So many bytes before it belong to it.
    pub before: u64,
}

/// The tag that begins here.
pub(super) fn tag(here: &[u8]) -> Option<Tag> {
    let whole = |length| Some(Tag { length, before: 0 });
    if here.starts_with(b"ID3") {
        let [major, minor, flags, size @ ..] = *here[3..].first_chunk::<7>()?;
        if major == 0xFF || minor == 0xFF || size.iter().any(|byte| *byte > 0x7F) {
            return None;
        }
        let inside = size.iter().fold(0, |sum, byte| sum << 7 | u64::from(*byte));
        let again = if flags & 0x10 == 0 { 0 } else { 10 };
        return whole(10 + inside + again);
    }
    if here.starts_with(b"TAG+") {
        return whole(227);
    }
    if here.starts_with(b"TAG") {
        return whole(128);
    }
    if here.starts_with(b"APETAGEX") {
        let word = |at: usize| Some(u32::from_le_bytes(*here.get(at..)?.first_chunk()?));
        let (size, flags) = (u64::from(word(12)?), word(20)?);
        // It may have its heading before what is in it, or behind, or both.
        return if flags >> 29 & 1 == 1 {
            whole(32 + size)
        } else {
            Some(Tag {
                length: 32,
                before: size.saturating_sub(32),
            })
        };
    }
    None
}
