//! The ramps that the engine was sent, fader by fader: it is given the next ones while it has room.

use std::collections::VecDeque;

use crate::engine::{Fader, LANE};
use crate::fade::Ramp;
use crate::player::part::{Part, What, ramps};
use crate::time::Frames;
use crate::timeline::Timeline;
use crate::zone::MAX_ZONES;

/// So many ramps of a fader lie with the engine before no other is sent, and half as many come with a change at most: that
/// is less than its lane holds, since it forgets what is over sooner than we do.
const RAMPS: usize = LANE / 2;

/// One for each zone, and the master.
const FADERS: usize = MAX_ZONES + 1;

/// What the engine was sent of each fader.
#[derive(Debug, Clone, Default)]
pub struct Faders {
    /// Where the ramps begin: the one in force, and those that come.
    begins: [VecDeque<Frames>; FADERS],
}

/// A fader's place among all.
fn place(fader: Fader) -> usize {
    match fader {
        Fader::Music(zone) => zone.index(),
        Fader::Master => MAX_ZONES,
    }
}

impl Faders {
    /// Which of these parts are the ramps that the faders stand at, or are on, at `start`.
    #[must_use]
    pub fn standing(parts: &[Part], start: Frames) -> [Option<usize>; FADERS] {
        let mut standing = [None; FADERS];
        for (at, part) in parts.iter().enumerate() {
            if let What::Ramp(fader, _) = part.what
                && part.from <= start
                && let Some(last) = standing.get_mut(place(fader))
            {
                *last = Some(at);
            }
        }
        standing
    }

    /// Forgets what is over by `now`: all before the last that began earlier, as the engine does.
    pub fn pass(&mut self, now: Frames) {
        for begins in &mut self.begins {
            while begins.get(1).is_some_and(|next| *next < now) {
                begins.pop_front();
            }
        }
    }

    /// Whether another ramp of a fader may be sent.
    #[must_use]
    pub fn has_room(&self, fader: Fader) -> bool {
        let sent = self.begins.get(place(fader));
        sent.is_some_and(|sent| sent.len() < RAMPS)
    }

    /// A ramp is sent.
    pub fn send(&mut self, fader: Fader, ramp: &Ramp) {
        if let Some(begins) = self.begins.get_mut(place(fader)) {
            begins.push_back(ramp.from);
        }
    }

    /// The faders' ways from `at` on, in another timeline: the ramps that go with the change, and those that are sent later.
    #[must_use]
    pub fn steer(
        &mut self,
        timeline: &Timeline,
        at: Frames,
    ) -> (Vec<(Fader, Vec<Ramp>)>, Vec<Part>) {
        let faders = timeline.layout.zones().map(Fader::Music);
        let (mut at_once, mut later) = (Vec::new(), Vec::new());
        for fader in faders.chain([Fader::Master]) {
            let own = ramps(timeline).filter(|(of, _)| *of == fader);
            let (begun, coming): (Vec<_>, Vec<_>) =
                own.map(|(_, ramp)| ramp).partition(|ramp| ramp.from < at);
            let sent = coming.len().min(RAMPS / 2);
            let (now, rest) = coming.split_at(sent);
            if let Some(begins) = self.begins.get_mut(place(fader)) {
                *begins = begun.iter().chain(now).map(|ramp| ramp.from).collect();
            }
            later.extend(rest.iter().map(|ramp| Part {
                from: ramp.from,
                end: ramp.end(),
                what: What::Ramp(fader, *ramp),
            }));
            at_once.push((fader, now.to_vec()));
        }
        (at_once, later)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fade::Shape;
    use crate::level::Gain;
    use crate::zone::Zone;

    fn ramp(from: u64) -> Ramp {
        Ramp {
            from: Frames(from),
            length: Frames(10),
            start: Gain::UNITY,
            target: Gain::SILENCE,
            shape: Shape::Power,
        }
    }

    #[test]
    fn a_fader_has_room_again_once_another_ramp_is_in_force_and_the_others_know_nothing_of_it() {
        let music = Zone::all().next().map(Fader::Music).unwrap();
        let mut faders = Faders::default();
        for n in 0..RAMPS {
            assert!(faders.has_room(music));
            faders.send(music, &ramp(n as u64 * 10));
        }
        assert!(!faders.has_room(music) && faders.has_room(Fader::Master));
        faders.pass(Frames(10));
        assert!(!faders.has_room(music));
        faders.pass(Frames(11));
        assert!(faders.has_room(music));
    }

    #[test]
    fn a_fader_stands_at_the_last_ramp_that_has_begun() {
        let part = |from: u64, fader| Part {
            from: Frames(from),
            end: Frames(from + 10),
            what: What::Ramp(fader, ramp(from)),
        };
        let parts = [0, 20, 40].map(|from| part(from, Fader::Master));
        let standing = Faders::standing(&parts, Frames(20));
        assert_eq!(standing.iter().flatten().collect::<Vec<_>>(), [&1]);
    }
}
