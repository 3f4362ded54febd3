//! The pages of Ogg files, taken apart and put together again with their sums.

/// The bytes of a page's head, without the table of its segments.
const HEAD: usize = 27;

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    /// 2 at a stream's first page, 4 at its last.
    pub flags: u8,
    /// Where the sound in it ends, on the stream's clock.
    pub ends_at: u64,
    /// The stream's name.
    pub stream: u32,
    /// Counts from 0 in each stream.
    pub number: u32,
    /// The lengths of its segments.
    pub segments: Vec<u8>,
    /// What is in it.
    pub body: Vec<u8>,
}

/// Takes a file apart.
pub fn pages(mut bytes: &[u8]) -> Vec<Page> {
    let mut pages = Vec::new();
    while !bytes.is_empty() {
        assert!(bytes.starts_with(b"OggS"));
        let number = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap());
        let segments = bytes[HEAD..HEAD + usize::from(bytes[26])].to_vec();
        let body = HEAD + segments.len();
        let length: usize = segments.iter().map(|length| usize::from(*length)).sum();
        pages.push(Page {
            flags: bytes[5],
            ends_at: u64::from_le_bytes(*bytes[6..].first_chunk().unwrap()),
            stream: number(14),
            number: number(18),
            body: bytes[body..body + length].to_vec(),
            segments,
        });
        bytes = &bytes[body + length..];
    }
    pages
}

/// Puts a file together.
pub fn file(pages: &[Page]) -> Vec<u8> {
    pages.iter().flat_map(Page::bytes).collect()
}

impl Page {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"OggS\0".to_vec();
        bytes.push(self.flags);
        bytes.extend(self.ends_at.to_le_bytes());
        for number in [self.stream, self.number, 0] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.push(self.segments.len() as u8);
        bytes.extend(&self.segments);
        bytes.extend(&self.body);
        let sum = bytes.iter().fold(0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
                (sum << 1) ^ if sum >> 31 == 1 { 0x04C1_1DB7 } else { 0 }
            })
        });
        bytes[22..26].copy_from_slice(&sum.to_le_bytes());
        bytes
    }
}
