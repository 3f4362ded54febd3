//! Which of a session's channels an output takes.

use crate::zone::{Layout, Listener, MAX_ZONES, Zone};

/// Which channels of a rendered frame an output takes. Zones are taken or left, never mixed: what is said to one
/// listener reaches no other ear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patch {
    /// All of them, in the layout's order.
    All,
    /// One zone's two.
    One(Zone),
    /// Each zone's two on channels of their own, in any order.
    Map(Map),
}

/// Which two channels of a device a zone is heard on, counted from 0. A zone may have several such pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Map([Option<(Zone, [u16; 2])>; MAX_ZONES]);

impl Map {
    /// The map with two more channels for a zone; it holds four such pairs.
    #[must_use]
    pub fn with(mut self, zone: Zone, channels: [u16; 2]) -> Self {
        if let Some(free) = self.0.iter_mut().find(|pair| pair.is_none()) {
            *free = Some((zone, channels));
        }
        self
    }

    /// One more than the last channel.
    fn width(&self) -> usize {
        let channels = self.0.iter().flatten().flat_map(|(_, channels)| channels);
        channels.max().map_or(0, |last| usize::from(*last) + 1)
    }
}

/// The listener that was asked for is not addressed by the session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the session does not address listener `{wanted}`; choose one of {there}")]
pub struct NobodyThere {
    wanted: Listener,
    there: String,
}

impl Patch {
    /// What two ears hear of a session: the listener that was asked for, the first where nobody was.
    ///
    /// # Errors
    /// Where the session does not address that listener. One zone for everybody is heard by each of them.
    pub fn for_two_ears(layout: &Layout, wanted: Option<Listener>) -> Result<Self, NobodyThere> {
        match wanted {
            Some(wanted) if layout.len() > 1 => match layout.zone(wanted) {
                Some(zone) => Ok(Self::One(zone)),
                None => Err(NobodyThere {
                    wanted,
                    there: names(layout),
                }),
            },
            _ => Ok(layout.zones().next().map_or(Self::All, Self::One)),
        }
    }

    /// How many channels it takes of a frame that has `of`.
    #[must_use]
    pub fn channels(self, of: usize) -> usize {
        match self {
            Self::All => of,
            Self::One(_) => 2,
            Self::Map(map) => map.width(),
        }
    }

    /// Hands each sample that it takes of a frame to `put`, with the channel it goes to. Real-time safe.
    pub fn each(self, frame: &[f32], mut put: impl FnMut(usize, f32)) {
        let mut all = |samples: &[f32]| {
            for (channel, sample) in samples.iter().enumerate() {
                put(channel, *sample);
            }
        };
        match self {
            Self::All => all(frame),
            Self::One(zone) => {
                let first = zone.index() * 2;
                all(frame.get(first..first + 2).unwrap_or_default());
            }
            Self::Map(map) => {
                let zones: &[[f32; 2]] = frame.as_chunks().0;
                for (zone, channels) in map.0.iter().flatten() {
                    if let Some([left, right]) = zones.get(zone.index()) {
                        put(channels[0].into(), *left);
                        put(channels[1].into(), *right);
                    }
                }
            }
        }
    }
}

/// The listeners of a layout, as a person lists them.
#[must_use]
pub fn names(layout: &Layout) -> String {
    let names: Vec<String> = layout
        .listeners(layout.all())
        .iter()
        .map(ToString::to_string)
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(patch: Patch, frame: &[f32]) -> Vec<f32> {
        let mut heard = vec![0.0; patch.channels(frame.len())];
        patch.each(frame, |channel, sample| heard[channel] = sample);
        heard
    }

    #[test]
    fn each_zone_is_heard_on_its_own_channels_and_no_other() {
        let mut zones = Layout::couple(true).zones().collect::<Vec<_>>().into_iter();
        let (a, b) = (zones.next().unwrap(), zones.next().unwrap());
        let map = Map::default().with(a, [4, 5]).with(b, [1, 0]);
        let frame = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!(
            heard(Patch::Map(map), &frame),
            [4.0, 3.0, 0.0, 0.0, 1.0, 2.0]
        );
        assert_eq!(heard(Patch::Map(Map::default()), &frame), [0.0; 0]);
        let both = Map::default().with(a, [0, 1]).with(a, [2, 3]);
        assert_eq!(heard(Patch::Map(both), &frame), [1.0, 2.0, 1.0, 2.0]);
    }

    #[test]
    fn two_ears_hear_one_listener_and_nothing_of_the_other() {
        let couple = Layout::couple(false);
        let frame = [1.0, 2.0, 3.0, 4.0];
        let of = |wanted| heard(Patch::for_two_ears(&couple, wanted).unwrap(), &frame);
        assert_eq!(of(None), [1.0, 2.0]);
        assert_eq!(of(Some(Listener::A)), [1.0, 2.0]);
        assert_eq!(of(Some(Listener::B)), [3.0, 4.0]);
        assert_eq!(heard(Patch::All, &frame), frame);
    }

    #[test]
    fn who_is_not_addressed_cannot_be_listened_to() {
        let error = Patch::for_two_ears(&Layout::couple(false), Some(Listener::Room)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the session does not address listener `room`; choose one of a, b"
        );
        let everybody = Patch::for_two_ears(&Layout::single(), Some(Listener::B));
        assert_eq!(everybody.unwrap().channels(2), 2);
    }
}
