//! The level of everything, and how much of it each listener hears.

use super::Playing;
use crate::level::Decibels;
use crate::timeline::Forecast;
use crate::zone::{Caps, Listener};

/// Differences of levels that nobody hears, in decibels.
const ALIKE: f32 = 0.01;

impl Playing {
    /// How far up the level goes for each listener of this session: as its room says, and no further than it went before
    /// it was cut off.
    pub(in crate::daemon) const fn caps(&self) -> &Caps {
        &self.caps
    }

    /// As far up as the level goes for anybody.
    pub(super) fn loudest(&self) -> Decibels {
        self.caps.highest(&self.player.timeline().layout)
    }

    /// As far up as the room lets it go for anybody.
    pub(super) fn loudest_of_room(&self) -> Decibels {
        let layout = &self.player.timeline().layout;
        self.room.caps.within(layout).highest(layout)
    }

    /// For the end of a sentence on the level: whom the room keeps softer than that. Empty where nobody is.
    pub(super) fn softer(&self, forecast: &Forecast) -> String {
        let layout = &self.player.timeline().layout;
        let softer = layout.listeners(layout.all()).into_iter();
        let softer = softer.filter_map(|listener| self.softer_for(listener, forecast));
        let softer: Vec<String> = softer.collect();
        if softer.is_empty() {
            return String::new();
        }
        let softer = softer.join(", ");
        format!("; {softer}, which the room's `loudest` keeps")
    }

    fn softer_for(&self, listener: Listener, forecast: &Forecast) -> Option<String> {
        let own = self.caps.level(listener, forecast.level);
        let before = self.caps.level(listener, forecast.level_before);
        let goes = if (own.0 - before.0).abs() < ALIKE {
            "stays at"
        } else {
            "goes to"
        };
        (own.0 < forecast.level.0 - ALIKE).then(|| format!("{listener} {goes} {own}"))
    }
}
