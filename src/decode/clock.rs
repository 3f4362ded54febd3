//! The clock of a container, in frames.

use symphonia::core::units::TimeBase;

use crate::time::Rate;

/// The clock of a container: most count in frames, MP4 may not.
#[derive(Clone, Copy)]
pub(super) struct Clock(pub Option<TimeBase>);

impl Clock {
    /// A time of the clock in frames.
    pub fn frames(self, time: i64, rate: Rate) -> i64 {
        let (above, below) = self.ratio(rate);
        scale(time, above, below)
    }

    /// The time of the clock at or before a frame.
    pub fn time(self, frames: i64, rate: Rate) -> i64 {
        let (above, below) = self.ratio(rate);
        scale(frames, below, above)
    }

    /// How many frames a time may be off only because the clock is coarser than the rate.
    pub fn rounding(self, rate: Rate) -> u64 {
        let (above, below) = self.ratio(rate);
        if above == below {
            0
        } else {
            (above / below).unsigned_abs() + 1
        }
    }

    /// Frames for each tick of the clock, as a fraction.
    fn ratio(self, rate: Rate) -> (i64, i64) {
        self.0.map_or((1, 1), |base| {
            let rate = i64::from(rate.hertz());
            (
                i64::from(base.numer.get()) * rate,
                i64::from(base.denom.get()),
            )
        })
    }
}

fn scale(value: i64, above: i64, below: i64) -> i64 {
    let scaled = (i128::from(value) * i128::from(above)).div_euclid(i128::from(below));
    i64::try_from(scaled).unwrap_or(i64::MAX)
}
