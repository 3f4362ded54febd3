//! Bytes bit by bit, and the numbers that Apple Lossless writes in them.

/// Bits, the highest of each byte first.
pub(super) struct Bits<'a> {
    /// What lies behind `held`.
    bytes: &'a [u8],
    /// The next bits, from the highest on.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            held: 0,
            count: 0,
        }
    }

    fn fill(&mut self) {
        if let Some((word, rest)) = self.bytes.split_first_chunk().filter(|_| self.count <= 32) {
            self.held |= u64::from(u32::from_be_bytes(*word)) << (32 - self.count);
            self.count += 32;
            self.bytes = rest;
            return;
        }
        while let Some((byte, rest)) = self.bytes.split_first().filter(|_| self.count <= 56) {
            self.held |= u64::from(*byte) << (56 - self.count);
            self.count += 8;
            self.bytes = rest;
        }
    }

    /// The next bits, 32 at most.
    pub fn take(&mut self, count: u32) -> Option<u32> {
        if self.count < count {
            self.fill();
        }
        let taken = (self.held >> 1 >> (63 - count)) as u32;
        self.drop(count)?;
        Some(taken)
    }

    /// The next bits as a number that may be below zero.
    pub fn signed(&mut self, count: u32) -> Option<i32> {
        let over = 32 - count;
        Some(self.take(count)?.cast_signed() << over >> over)
    }

    fn drop(&mut self, count: u32) -> Option<()> {
        self.count = self.count.checked_sub(count)?;
        self.held <<= count;
        Some(())
    }

    pub fn pass(&mut self, mut count: u32) -> Option<()> {
        while count > 32 {
            self.take(32)?;
            count -= 32;
        }
        self.take(count).map(|_| ())
    }

    pub fn align(&mut self) {
        let over = self.count % 8;
        self.held <<= over;
        self.count -= over;
    }

    /// A number: ones, a zero, and so many bits as its `parameter` says; or all its bits where it is large.
    pub fn number(&mut self, parameter: u32, width: u32) -> Option<u32> {
        if self.count < 42 {
            self.fill();
        }
        let ones = self.held.leading_ones();
        if ones > 8 {
            self.drop(9)?;
            return self.take(width);
        }
        self.drop(ones + 1)?;
        match parameter {
            0 => Some(0),
            1 => Some(ones),
            _ => {
                let value = (ones << parameter) - ones;
                let high = self.take(parameter - 1)?;
                if high == 0 {
                    return Some(value);
                }
                Some(value + (high << 1) + self.take(1)? - 1)
            }
        }
    }

    /// Whether nothing is left but what fills the last byte, or bytes that are nothing.
    pub fn is_at_the_end(&self) -> bool {
        self.held == 0 && self.bytes.iter().all(|byte| *byte == 0)
    }
}
