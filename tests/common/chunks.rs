//! The chunks that WAV and AIFF files are made of, byte by byte.

/// A chunk, to an even length.
pub fn chunk(name: [u8; 4], inside: &[u8]) -> Vec<u8> {
    even([&name[..], &(inside.len() as u32).to_le_bytes(), inside].concat())
}

/// A chunk of an AIFF file, whose numbers have their highest byte first.
pub fn high_first(name: [u8; 4], inside: &[u8]) -> Vec<u8> {
    even([&name[..], &(inside.len() as u32).to_be_bytes(), inside].concat())
}

fn even(mut chunk: Vec<u8>) -> Vec<u8> {
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// The chunk that says what the samples are: two channels at 48 kHz; `kind` is 1 for whole numbers and 3 for floats.
pub fn format(kind: u16, bits: u16) -> Vec<u8> {
    let frame = 2 * bits / 8;
    let mut format = kind.to_le_bytes().to_vec();
    format.extend(2_u16.to_le_bytes());
    format.extend(48_000_u32.to_le_bytes());
    format.extend((48_000 * u32::from(frame)).to_le_bytes());
    format.extend(frame.to_le_bytes());
    format.extend(bits.to_le_bytes());
    format
}

/// Where a file has these bytes first.
pub fn place(bytes: &[u8], what: &[u8]) -> usize {
    let mut windows = bytes.windows(what.len());
    windows.position(|window| window == what).unwrap()
}
