//! When a session was heard last, and whether anything failed since: what is told of a session that was cut off.

use super::record::{Entry, Record};

/// What the records say of it, taken in their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LastHeard {
    wall: u64,
    was_left: bool,
    taken_up: bool,
}

impl LastHeard {
    /// One record more.
    pub fn take(&mut self, record: &Record) {
        match &record.entry {
            Entry::Left => self.was_left = true,
            Entry::Resumed { .. } => self.taken_up = true,
            // The output took frames.
            Entry::Position { .. }
            | Entry::Phase { .. }
            | Entry::Clip { .. }
            | Entry::Paused
            | Entry::WentOn { .. } => (self.was_left, self.taken_up) = (false, false),
            _ => {}
        }
        // Who takes it up in vain changes nothing of when it was cut off.
        if !self.taken_up {
            self.wall = record.wall;
        }
    }

    /// When it was cut off, in milliseconds since 1970.
    #[must_use]
    pub const fn wall(&self) -> u64 {
        self.wall
    }

    /// Whether the program was asked to end since, so that nothing failed.
    #[must_use]
    pub const fn was_left(&self) -> bool {
        self.was_left
    }

    /// Whether it was taken up, and nothing has been heard since.
    #[must_use]
    pub const fn was_taken_up(&self) -> bool {
        self.taken_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Frames;
    use crate::zone::Caps;

    #[test]
    fn restarts_one_after_the_other_are_one_until_something_is_heard() {
        let position = || Entry::Position { loudness: vec![] };
        let resumed = || Entry::Resumed {
            from: Frames(9),
            boot: String::new(),
            caps: Caps::default(),
        };
        let after = |entries: Vec<Entry>| {
            let mut last = LastHeard::default();
            for (number, entry) in (1..).zip(entries) {
                last.take(&Record {
                    number,
                    wall: number * 10,
                    at: None,
                    entry,
                });
            }
            (last.wall(), last.was_left())
        };
        let left = || Entry::Left;
        let twice = vec![position(), left(), resumed(), left(), resumed()];
        assert_eq!(after(twice), (20, true));
        // Ended while it was prepared: nobody was there to record that.
        let in_vain = vec![position(), left(), resumed(), resumed()];
        assert_eq!(after(in_vain), (20, true));
        let heard = vec![position(), left(), resumed(), position(), resumed()];
        assert_eq!(after(heard), (40, false));
        assert_eq!(after(vec![position(), resumed(), resumed()]), (10, false));
    }
}
