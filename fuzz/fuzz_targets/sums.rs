//! The sums that guard the pages of Ogg and the frames of FLAC: a mutation breaks them, and a decoder then looks no further.

/// Puts the sums of a file right, where it has any.
pub fn put_right(bytes: &mut [u8]) {
    if bytes.starts_with(b"OggS") {
        pages(bytes);
    } else if bytes.starts_with(b"fLaC") {
        frames(bytes);
    }
}

/// Ogg: the sum of 32 bits over each page, header and all, with its own place empty.
fn pages(bytes: &mut [u8]) {
    let begins = places(bytes, |at| bytes[at..].starts_with(b"OggS"));
    for begin in begins {
        let page = &mut bytes[begin..];
        let Some(segments) = page.get(26).map(|count| usize::from(*count)) else {
            return;
        };
        let Some(table) = page.get(27..27 + segments) else {
            return;
        };
        let body: usize = table.iter().map(|length| usize::from(*length)).sum();
        let end = (27 + segments + body).min(page.len());
        page[22..26].fill(0);
        let sum = sum(&page[..end], 32, 0x04C1_1DB7);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
    }
}

/// FLAC: one byte over each frame's header, two over the frame.
fn frames(bytes: &mut [u8]) {
    let mut begins = places(bytes, |at| {
        bytes[at] == 0xFF && bytes.get(at + 1).is_some_and(|byte| byte & 0xFE == 0xF8)
    });
    begins.push(bytes.len());
    for pair in begins.windows(2) {
        let frame = &mut bytes[pair[0]..pair[1]];
        let Some(header) = header(frame) else {
            continue;
        };
        if frame.len() < header + 3 {
            continue;
        }
        frame[header] = sum(&frame[..header], 8, 0x07) as u8;
        let end = frame.len() - 2;
        let whole = sum(&frame[..end], 16, 0x8005) as u16;
        frame[end..].copy_from_slice(&whole.to_be_bytes());
    }
}

/// How long a FLAC frame's header is, without its sum.
fn header(frame: &[u8]) -> Option<usize> {
    let (size, first) = (*frame.get(2)?, *frame.get(4)?);
    let number = match first {
        0..0x80 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..0xF8 => 4,
        0xF8..0xFC => 5,
        0xFC..0xFE => 6,
        0xFE => 7,
        _ => return None,
    };
    let block = match size >> 4 {
        6 => 1,
        7 => 2,
        _ => 0,
    };
    let rate = match size & 15 {
        12 => 1,
        13 | 14 => 2,
        _ => 0,
    };
    Some(4 + number + block + rate)
}

fn places(bytes: &[u8], is: impl Fn(usize) -> bool) -> Vec<usize> {
    (0..bytes.len()).filter(|at| is(*at)).collect()
}

/// A cyclic sum, the highest bit first, from zero.
fn sum(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    let top = 1_u32 << (bits - 1);
    let all = u32::MAX >> (32 - bits);
    bytes.iter().fold(0, |mut sum, byte| {
        sum ^= u32::from(*byte) << (bits - 8);
        for _ in 0..8 {
            let carries = sum & top != 0;
            sum = (sum << 1) & all;
            if carries {
                sum ^= polynomial;
            }
        }
        sum
    })
}
