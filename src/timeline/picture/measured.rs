//! How loud a session was measured to be while it was played, drawn as what was planned is drawn.

use super::Curve;
use super::lanes::Relief;
use super::loudness::{Ducks, height, times};
use super::scale::Scale;
use crate::level::Loudness;
use crate::time::Frames;
use crate::timeline::model::{Clip, Timeline};
use crate::zone::Zone;

/// Music of which no loudness is known is drawn as loud as most is.
const UNKNOWN: Loudness = Loudness::USUAL;
/// What is silent.
const SILENT: Loudness = Loudness(-99.0);

/// The momentary loudness of each zone, about once a second, in the order of time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// When, and each zone's in the layout's order: `None` or missing where it was silent.
    pub values: Vec<(Frames, Vec<Option<Loudness>>)>,
}

impl Measured {
    /// Whether nothing was measured at all, as in old records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(|(_, zones)| zones.is_empty())
    }

    /// The mean loudness around a frame, where it was heard the loudest of all zones, or in one. What is missed over a
    /// longer stretch than `reach` is silent.
    fn around(&self, at: Frames, reach: Frames, zone: Option<Zone>) -> Loudness {
        let first = self.values.partition_point(|(when, _)| *when < at - reach);
        let within = self.values.iter().skip(first);
        let within = within.take_while(|(when, _)| *when - reach <= at);
        let (mut power, mut count) = (0.0_f64, 0_u32);
        for (_, zones) in within {
            let loudest = if let Some(zone) = zone {
                zones.get(zone.index()).copied().flatten()
            } else {
                let zones = zones.iter().flatten().copied();
                zones.reduce(|one, other| if one > other { one } else { other })
            };
            power += loudest.map_or(0.0, Loudness::power);
            count += 1;
        }
        if power == 0.0 {
            return SILENT;
        }
        Loudness::of_power(power / f64::from(count))
    }

    /// About the three seconds of short-term loudness, or what is one point to the eye where that is longer.
    fn reach(scale: &Scale) -> Frames {
        let second = u64::from(scale.rate().hertz());
        Frames((second * 8 / 5).max(scale.frames(0.8).0))
    }

    /// The curve of each clip: what was measured while it sounded, and of a crossfade its own share.
    pub(super) fn curves(&self, timeline: &Timeline, scale: &Scale) -> Vec<Curve> {
        let ducks = Ducks::of(timeline);
        let reach = Self::reach(scale);
        let empty = self.is_empty();
        let curve = |clip: &Clip| {
            let times = times(clip, &ducks, scale).into_iter();
            let points = times.map(|at| {
                let heard = if empty {
                    UNKNOWN
                } else {
                    self.around(at, reach, None)
                };
                (at, heard + clip.felt_at(at).decibels())
            });
            points.collect()
        };
        timeline.clips.iter().map(curve).collect()
    }

    /// A zone's loudness over the session.
    pub(super) fn relief(&self, zone: Zone, scale: &Scale) -> Vec<Relief> {
        let heard = self
            .values
            .iter()
            .flat_map(|(_, zones)| zones.iter().flatten());
        let loudest = heard.map(|it| it.0).fold(-45.0, f32::max);
        let reach = Self::reach(scale);
        let close = scale.frames(0.8);
        let mut relief = Relief::new();
        for (at, _) in &self.values {
            if relief.last().is_none_or(|(last, _)| *at - *last >= close) {
                let here = self.around(*at, reach, Some(zone));
                relief.push((*at, height(here, Loudness(loudest))));
            }
        }
        if self.is_empty() || relief.len() < 2 {
            return Vec::new();
        }
        vec![relief]
    }
}
