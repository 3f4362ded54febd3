//! Going to a frame, so that what is read there is the same as if all before it had been read.

use symphonia::core::errors::{Error as Symphonia, SeekErrorKind};
use symphonia::core::formats::{SeekMode, SeekTo};
use symphonia::core::units::Timestamp;

use super::DecodeError;
use super::decoder::Decoder;
use super::sound::{Chain, Sound};
use super::tape::LEAD;
use crate::time::Frames;

/// So many seconds of packets, and so many packets, show whether their times follow from one another.
const LOOKED_AT: i64 = 5;
const MOST_LOOKED_AT: usize = 4096;

impl Decoder {
    /// Goes to a frame: the next one read is exactly `to`, the same as if all before it had been
    /// read. Beyond the end nothing more is read. Blocking.
    ///
    /// # Errors
    /// Where the file cannot be read any more.
    pub fn seek(&mut self, to: Frames) -> Result<(), DecodeError> {
        let to = i64::try_from(to.0).unwrap_or(i64::MAX);
        self.look_ahead();
        if self.ended || self.chain != Chain::None {
            // Some containers do not come back from their end.
            let dates = self.dates;
            *self = Self::open_at(self.origin.clone(), 0, &|| false)?;
            self.dates = dates;
        }
        let lead = to.min(LEAD);
        if !self.dates.uneven && self.jump(to - lead).is_ok() {
            self.pass(lead as usize)?;
            if !self.tape.uneven {
                return Ok(());
            }
            self.dates.uneven = true;
        }
        // Read on from the start: it lies in a later stream of a chain, or behind the end, or only counting tells where.
        let dates = self.dates;
        *self = Self::open_at(self.origin.clone(), to - lead, &|| false)?;
        self.dates = dates;
        self.dates.begin();
        self.pass(lead as usize)
    }

    /// Looks at the packets of the first seconds, so that a jump is only made where it is known where it leads.
    fn look_ahead(&mut self) {
        if !self.sound.ogg || self.dates.looked {
            return;
        }
        self.dates.looked = true;
        for _ in 0..MOST_LOOKED_AT {
            let Ok(Some(packet)) = self.format.next_packet() else {
                self.ended = true;
                return;
            };
            self.dates.add(&packet, self.sound.last);
            let time = self.sound.clock.frames(packet.pts.get(), self.rate);
            if self.dates.uneven || time > LOOKED_AT * i64::from(self.rate.hertz()) {
                return;
            }
        }
    }

    /// Decodes so many frames and leaves them out.
    fn pass(&mut self, count: usize) -> Result<(), DecodeError> {
        let mut frames = Vec::new();
        while frames.len() < count && self.read(&mut frames)? > 0 {}
        frames.drain(..count.min(frames.len()));
        self.tape.pass(frames);
        Ok(())
    }

    fn jump(&mut self, to: i64) -> Result<(), Symphonia> {
        let Sound {
            clock,
            start,
            preroll,
            track,
            ..
        } = self.sound;
        let from = to
            .saturating_sub(preroll)
            .saturating_add(self.tape.origin());
        let ts = Timestamp::new(clock.time(from, self.rate).max(start));
        let sought = self.format.seek(
            SeekMode::Accurate,
            SeekTo::Timestamp {
                ts,
                track_id: track,
            },
        )?;
        if sought.actual_ts > ts {
            // What was asked for lies before that, in what is damaged or where an index does not lead.
            return Err(Symphonia::SeekError(SeekErrorKind::OutOfRange));
        }
        self.sound.decoder.reset();
        self.muted = false;
        self.dates.begin();
        self.skipped = true;
        self.tape
            .wind(to, clock.frames(sought.actual_ts.get(), self.rate));
        self.ended = false;
        Ok(())
    }
}
