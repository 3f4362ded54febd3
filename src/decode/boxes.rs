//! The boxes that an MP4 or `QuickTime` file is made of.

/// So many boxes of one folder are looked at, and no more: real files have some dozens.
pub(super) const MOST_BOXES: usize = 4096;

/// The boxes that lie one behind the other, each with what is in it; ends where they make no sense any more.
pub(super) struct Boxes<'a>(pub &'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, header, size) = heading(self.0)?;
        // The last one may reach to the end, or have lost its own.
        let size = usize::try_from(size)
            .unwrap_or(usize::MAX)
            .min(self.0.len());
        let inside = self.0.get(header as usize..size)?;
        self.0 = &self.0[size..];
        Some((kind, inside))
    }
}

/// A box's kind, the bytes of its heading, and of all of it, which are no fewer.
pub(super) fn heading(bytes: &[u8]) -> Option<([u8; 4], u64, u64)> {
    let kind: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    let (header, size) = match number(bytes, 0)? {
        0 => (8, u64::MAX),
        1 => (16, wide(bytes, 8)?),
        size => (8, u64::from(size)),
    };
    (size >= header).then_some((kind, header, size))
}

/// What is in the first box of a kind.
pub(super) fn first(bytes: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    let mut boxes = Boxes(bytes).take(MOST_BOXES);
    boxes.find(|(is, _)| *is == kind).map(|(_, inside)| inside)
}

/// The ticks in a second, of `mvhd` and `mdhd`.
pub(super) fn ticks(head: &[u8]) -> Option<u32> {
    number(head, if *head.first()? == 1 { 20 } else { 12 })
}

pub(super) fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes))
}

pub(super) fn wide(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_be_bytes(*bytes))
}
