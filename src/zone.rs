//! Zones: the stereo outputs of a session, one for each listener or room.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::level::Decibels;

/// The most zones a session can have.
pub const MAX_ZONES: usize = 4;

/// One stereo output of the session, by its place in the [`Layout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone(u8);

impl Zone {
    /// The zones there can be, in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..MAX_ZONES as u8).map(Self)
    }

    /// The zone's place in the layout, 0 to 3.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of zones: those in which a clip or a cue is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Zones(u8);

impl Zones {
    /// Heard nowhere.
    pub const NONE: Self = Self(0);

    /// Whether nothing is heard anywhere.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `zone` belongs to the set.
    #[must_use]
    pub const fn contains(self, zone: Zone) -> bool {
        self.0 & (1 << zone.0) != 0
    }

    /// The set with `zone` in it.
    #[must_use]
    pub const fn with(self, zone: Zone) -> Self {
        Self(self.0 | (1 << zone.0))
    }

    /// The zones of the set, in the layout's order.
    pub fn iter(self) -> impl Iterator<Item = Zone> {
        (0..MAX_ZONES as u8)
            .map(Zone)
            .filter(move |zone| self.contains(*zone))
    }
}

/// What a zone is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Listener {
    /// The first partner's headphones.
    A,
    /// The second partner's headphones.
    B,
    /// The room's speakers, or the one output of a session that addresses nobody.
    Room,
}

impl Listener {
    /// All there are, in the order of a layout.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::Room];
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "a",
            Self::B => "b",
            Self::Room => "room",
        })
    }
}

/// What a room bears in each listener's zone, whatever is asked for: a room's headphones and loudspeakers differ.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Caps {
    #[serde(default, skip_serializing_if = "Each::is_empty")]
    loudest: Each,
    #[serde(default, skip_serializing_if = "Each::is_empty")]
    ceiling: Each,
}

impl Caps {
    /// Where a zone is limited unless its room says otherwise, in dBTP.
    pub const CEILING: Decibels = Decibels(-6.0);

    /// How far up the level goes for these listeners, and where those are limited.
    #[must_use]
    pub const fn new(
        loudest: Vec<(Listener, Decibels)>,
        ceiling: Vec<(Listener, Decibels)>,
    ) -> Self {
        Self {
            loudest: Each(loudest),
            ceiling: Each(ceiling),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.loudest.is_empty() && self.ceiling.is_empty()
    }

    /// How far up the level goes for a listener; [`Decibels::LOUDEST`] for whoever is not named.
    #[must_use]
    pub fn loudest(&self, listener: Listener) -> Decibels {
        self.loudest.of(listener, Decibels::LOUDEST)
    }

    /// What a level of everything is for a listener: that, or as far up as it goes.
    #[must_use]
    pub fn level(&self, listener: Listener, of_everything: Decibels) -> Decibels {
        of_everything.min(self.loudest(listener))
    }

    /// The true peak that a listener's zone keeps below; [`Caps::CEILING`] for whoever is not named.
    #[must_use]
    pub fn ceiling(&self, listener: Listener) -> Decibels {
        self.ceiling.of(listener, Self::CEILING)
    }

    /// Those that hold for a session with these zones: one zone for everybody bears what the most delicate of all who hear it
    /// bears.
    #[must_use]
    pub fn within(&self, layout: &Layout) -> Self {
        Self {
            loudest: self.loudest.within(layout, Decibels::LOUDEST),
            ceiling: self.ceiling.within(layout, Self::CEILING),
        }
    }

    /// The lower of both for each listener.
    #[must_use]
    pub fn lower(&self, other: &Self) -> Self {
        Self {
            loudest: self.loudest.lower(&other.loudest, Decibels::LOUDEST),
            ceiling: self.ceiling.lower(&other.ceiling, Self::CEILING),
        }
    }

    /// How far up the level goes in any zone: beyond it a higher one changes nothing.
    #[must_use]
    pub fn highest(&self, layout: &Layout) -> Decibels {
        let caps = layout.0.iter().map(|listener| self.loudest(*listener));
        caps.reduce(Decibels::max).unwrap_or(Decibels::LOUDEST)
    }
}

/// A bound for each listener that is named.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Each(Vec<(Listener, Decibels)>);

impl Each {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A listener's; `unsaid` for whoever is not named.
    fn of(&self, listener: Listener, unsaid: Decibels) -> Decibels {
        let mut bounds = self.0.iter();
        let own = bounds.find(|(of, _)| *of == listener);
        own.map_or(unsaid, |(_, bound)| *bound)
    }

    fn within(&self, layout: &Layout, unsaid: Decibels) -> Self {
        let [everybody] = layout.0[..] else {
            return self.clone();
        };
        if self.is_empty() {
            return Self::default();
        }
        let bounds = Listener::ALL.map(|listener| self.of(listener, unsaid));
        let lowest = bounds.into_iter().fold(bounds[0], Decibels::min);
        Self(vec![(everybody, lowest)])
    }

    fn lower(&self, other: &Self, unsaid: Decibels) -> Self {
        if self.is_empty() && other.is_empty() {
            return Self::default();
        }
        let lower = |of| (of, self.of(of, unsaid).min(other.of(of, unsaid)));
        Self(Listener::ALL.map(lower).into())
    }
}

/// The zones of a session, in the order of their channels: zone 0 is channels 1 and 2, and so on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Layout(Vec<Listener>);

impl Layout {
    /// One stereo zone, for a session that addresses nobody in particular.
    #[must_use]
    pub fn single() -> Self {
        Self(vec![Listener::Room])
    }

    /// Both listeners, and the room's speakers where the script names them.
    #[must_use]
    pub fn couple(room: bool) -> Self {
        let mut listeners = vec![Listener::A, Listener::B];
        if room {
            listeners.push(Listener::Room);
        }
        Self(listeners)
    }

    /// The zones of these listeners, as a record names them; the first [`MAX_ZONES`] of them.
    #[must_use]
    pub fn of(mut listeners: Vec<Listener>) -> Self {
        listeners.truncate(MAX_ZONES);
        if listeners.is_empty() {
            return Self::single();
        }
        Self(listeners)
    }

    /// How many zones there are: 1 to [`MAX_ZONES`].
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never: a session has at least one zone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many channels the output has, two for each zone.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.len() * 2
    }

    /// All zones.
    #[must_use]
    pub fn all(&self) -> Zones {
        self.zones().fold(Zones::NONE, Zones::with)
    }

    /// The zones, in their order.
    pub fn zones(&self) -> impl Iterator<Item = Zone> + use<> {
        (0..self.0.len() as u8).map(Zone)
    }

    /// The zone of a listener, where the session has it.
    #[must_use]
    pub fn zone(&self, listener: Listener) -> Option<Zone> {
        let at = self.0.iter().position(|l| *l == listener)?;
        Some(Zone(at as u8))
    }

    /// Who hears a zone.
    #[must_use]
    pub fn listener(&self, zone: Zone) -> Option<Listener> {
        self.0.get(zone.index()).copied()
    }

    /// The listeners of a set of zones.
    #[must_use]
    pub fn listeners(&self, zones: Zones) -> Vec<Listener> {
        zones
            .iter()
            .filter_map(|zone| self.listener(zone))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_not_named_bears_what_is_usual() {
        let named = |listener, ceiling| Caps::new(Vec::new(), vec![(listener, Decibels(ceiling))]);
        let of_all = |caps: &Caps| Listener::ALL.map(|listener| caps.ceiling(listener).0);
        // Everybody hears the one zone there is, and the others were not named.
        let one = named(Listener::A, -3.0).within(&Layout::single());
        assert_eq!(one.ceiling(Listener::Room), Caps::CEILING);
        let one = named(Listener::A, -9.0).within(&Layout::single());
        assert_eq!(one.ceiling(Listener::Room), Decibels(-9.0));
        let two = named(Listener::A, -3.0).within(&Layout::couple(false));
        assert_eq!(of_all(&two), [-3.0, -6.0, -6.0]);
        // What was limited at the usual is not limited less after a crash.
        let lower = Caps::default().lower(&named(Listener::B, -3.0));
        assert_eq!(of_all(&lower), [-6.0; 3]);
        let lower = named(Listener::A, -12.0).lower(&named(Listener::B, -3.0));
        assert_eq!(of_all(&lower), [-12.0, -6.0, -6.0]);
        assert!(Caps::default().lower(&Caps::default()).is_empty());
        assert!(Caps::default().within(&Layout::single()).is_empty());
    }

    #[test]
    fn a_couple_has_two_zones_and_a_room_on_request() {
        let couple = Layout::couple(false);
        assert_eq!(couple.channels(), 4);
        assert_eq!(couple.zone(Listener::Room), None);
        let b = couple.zone(Listener::B).unwrap();
        assert_eq!(b.index(), 1);
        assert!(couple.all().contains(b));
        assert_eq!(Layout::couple(true).channels(), 6);
        assert_eq!(Layout::single().channels(), 2);
    }

    #[test]
    fn a_set_for_one_listener_holds_no_other() {
        let couple = Layout::couple(false);
        let only_a = Zones::NONE.with(couple.zone(Listener::A).unwrap());
        assert_eq!(couple.listeners(only_a), [Listener::A]);
        assert!(!only_a.contains(couple.zone(Listener::B).unwrap()));
    }
}
