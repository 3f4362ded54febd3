//! What rings in a check of the ears: a soft chime on one side of one listener at a time.

use std::sync::Arc;
use std::time::Duration;

use crate::daemon::desk::Told;
use crate::engine::{Envelope, Id, Voice};
use crate::fade::Fade;
use crate::frame::Frame;
use crate::level::{Decibels, Gain};
use crate::time::{Frames, Rate};
use crate::zone::{Layout, Listener, Zones};

/// Silence before the first one.
const LEAD: Duration = Duration::from_millis(400);
/// A chime sounds so long, and the next one begins after the step.
pub const LENGTH: Duration = Duration::from_millis(1_900);
const STEP: Duration = Duration::from_millis(2_400);
/// Nobody is frightened.
const ATTACK: Duration = Duration::from_millis(250);
const RELEASE: Duration = Duration::from_millis(600);
/// The chime's loudest sample.
const PEAK: Decibels = Decibels(-28.0);

/// One chime: whom it is for, on which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chime {
    listener: Listener,
    right: bool,
    /// Its first frame.
    pub at: Frames,
}

/// Which ear it is about, for whoever follows.
pub fn told(chime: &Chime, rate: Rate) -> Told {
    let side = if chime.right { "right" } else { "left" };
    Told {
        number: 0,
        at: rate.seconds(chime.at),
        what: "ear".to_owned(),
        text: format!("{} {side}", chime.listener),
    }
}

/// The left and the right one of a listener, one after the other.
pub fn chimes(listener: Listener, now: Frames, rate: Rate) -> Vec<Chime> {
    let chime = |number: u32| Chime {
        listener,
        right: number == 1,
        at: now + rate.frames(LEAD + STEP * number),
    };
    vec![chime(0), chime(1)]
}

/// Where those are over, and the next listener's turn is.
pub fn over(now: Frames, rate: Rate) -> Frames {
    now + rate.frames(LEAD + STEP * 2)
}

/// What rings: on one channel of one zone at a time.
#[derive(Debug)]
pub struct Bell {
    /// On the left and on the right; what is not multiplied with anything but zero elsewhere is exactly zero there.
    sides: [Arc<[Frame]>; 2],
    layout: Layout,
    gain: Gain,
    rise: Fade,
    fall: Fade,
    /// How often it rang.
    rung: u64,
}

impl Bell {
    /// One that sounds so, at its own softness. Allocates.
    pub fn new(sound: &[Frame], layout: Layout, rate: Rate) -> Self {
        let middle = sound.iter().map(|[left, right]| (left + right) / 2.0);
        let middle: Vec<f32> = middle.collect();
        let peak = middle
            .iter()
            .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let left = middle.iter().map(|sample| [*sample, 0.0]);
        let right = middle.iter().map(|sample| [0.0, *sample]);
        Self {
            sides: [left.collect(), right.collect()],
            layout,
            gain: Gain(PEAK.gain().0 / peak.max(f32::MIN_POSITIVE)),
            rise: Fade::equal_gain(rate.frames(ATTACK)),
            fall: Fade::equal_gain(rate.frames(RELEASE)),
            rung: 0,
        }
    }

    /// The voices of these chimes, each of its own number. Allocates.
    pub fn voices(&mut self, chimes: &[Chime]) -> Vec<Voice> {
        let mut voices = Vec::new();
        for chime in chimes {
            let Some(zone) = self.layout.zone(chime.listener) else {
                continue;
            };
            let [left, right] = &self.sides;
            let sound = if chime.right { right } else { left };
            let envelope = Envelope {
                from: chime.at,
                length: Frames(sound.len() as u64),
                gain: self.gain,
                rise: self.rise,
                fall: self.fall,
                turn: None,
            };
            let zones = Zones::NONE.with(zone);
            voices.push(Voice::new(
                Id(self.rung),
                envelope,
                zones,
                Arc::clone(sound),
            ));
            self.rung += 1;
        }
        voices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    pub fn chimes_are_quiet_and_come_one_after_the_other() {
        let begun = Frames(1_000);
        let of = |listener| chimes(listener, begun, Rate::DEFAULT);
        let chimes = of(Listener::B);
        assert!(chimes[0].at > begun);
        let length = Rate::DEFAULT.frames(LENGTH);
        assert!(chimes.windows(2).all(|two| two[0].at + length < two[1].at));
        let told: Vec<String> = chimes
            .iter()
            .map(|chime| told(chime, Rate::DEFAULT).text)
            .collect();
        assert_eq!(told, ["b left", "b right"]);
    }
}
