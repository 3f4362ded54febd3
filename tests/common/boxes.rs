//! The boxes that MP4 and `QuickTime` files are made of, byte by byte.

/// A box.
pub fn part(kind: [u8; 4], inside: &[u8]) -> Vec<u8> {
    let size = (inside.len() + 8) as u32;
    [&size.to_be_bytes()[..], &kind, inside].concat()
}

/// The boxes that lie one behind the other: their kinds and all of their bytes.
pub fn parts(mut bytes: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let size = u32::from_be_bytes(*bytes.first_chunk().unwrap());
        let (part, behind) = bytes.split_at(size as usize);
        parts.push((*part[4..].first_chunk().unwrap(), part));
        bytes = behind;
    }
    parts
}

/// A `QuickTime` file of two channels at 44.1 kHz whose samples are of a kind, and so many bits wide.
pub fn quicktime(kind: [u8; 4], bits: u16, sound: &[u8]) -> Vec<u8> {
    let frame = u32::from(bits) / 4;
    let frames = sound.len() / frame as usize;
    let entry = part(kind, &entry(bits, 44_100));
    movie(&entry, 44_100, sound, &vec![frame; frames], 1)
}

/// An MP4 file of Opus packets in two channels, each 20 ms long; nothing says what of it is heard.
pub fn opus(packets: &[Vec<u8>]) -> Vec<u8> {
    let about = part(*b"dOps", b"\0\x02\x01\x38\0\0\xBB\x80\0\0\0");
    let entry = part(*b"Opus", &[entry(16, 48_000), about].concat());
    let sizes: Vec<u32> = packets.iter().map(|packet| packet.len() as u32).collect();
    movie(&entry, 48_000, &packets.concat(), &sizes, 960)
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    let bytes = numbers.iter().flat_map(|number| number.to_be_bytes());
    bytes.collect()
}

/// What is said of the samples of two channels, whatever they are.
fn entry(bits: u16, rate: u32) -> Vec<u8> {
    [
        &[0, 0, 0, 0, 0, 0, 0, 1][..],
        &[0; 8],
        &[0, 2],
        &bits.to_be_bytes(),
        &[0; 4],
        &(rate << 16).to_be_bytes(),
    ]
    .concat()
}

/// A file of one track, of packets that last for so many frames.
fn movie(entry: &[u8], rate: u32, sound: &[u8], sizes: &[u32], each: u32) -> Vec<u8> {
    let count = sizes.len() as u32;
    let frames = count * each;
    let begin = part(*b"ftyp", b"qt  \0\0\x02\0qt  ");
    let table = [
        part(*b"stsd", &[&numbers(&[0, 1]), entry].concat()),
        part(*b"stts", &numbers(&[0, 1, count, each])),
        part(*b"stsc", &numbers(&[0, 1, 1, count, 1])),
        part(*b"stsz", &numbers(&[&[0, 0, count], sizes].concat())),
        part(*b"stco", &numbers(&[0, 1, begin.len() as u32 + 8])),
    ];
    let handler = [&[0; 8][..], b"soun", &[0; 13]].concat();
    let inside = [part(*b"smhd", &[0; 8]), part(*b"stbl", &table.concat())];
    let media = [
        part(*b"mdhd", &numbers(&[0, 0, 0, rate, frames, 0])),
        part(*b"hdlr", &handler),
        part(*b"minf", &inside.concat()),
    ];
    let mut track = numbers(&[0, 0, 0, 1, 0, frames]);
    track.extend([0; 60]);
    let mut about = numbers(&[0, 0, 0, rate, frames]);
    about.extend([0; 80]);
    let track = [part(*b"tkhd", &track), part(*b"mdia", &media.concat())];
    let index = [part(*b"mvhd", &about), part(*b"trak", &track.concat())];
    [
        begin,
        part(*b"mdat", sound),
        part(*b"moov", &index.concat()),
    ]
    .concat()
}
