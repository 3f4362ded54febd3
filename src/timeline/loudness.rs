//! How far a file is raised or lowered, and how loud the music is at a place.

use std::collections::HashMap;
use std::ops::Range;

use crate::level::{Decibels, Gain, Loudness};
use crate::library::{Facts, Library};
use crate::time::{Frames, Rate};
use crate::timeline::model::Clip;
use crate::zone::Zone;

/// The change that brings a file to a target: by its integrated loudness, see [`Loudness::change_to`]. Nothing for `as-is` and for a file that is silent.
#[must_use]
pub fn normalise(facts: &Facts, target: Option<Loudness>) -> Decibels {
    match (facts.loudness, target) {
        (Some(loudness), Some(target)) => loudness.change_to(target, facts.true_peak),
        _ => Decibels::ZERO,
    }
}

/// One change for several files that belong together, so that no level moves at a gapless join: by the loudness of all of
/// them as one.
#[must_use]
pub fn normalise_together<'a>(
    facts: impl Iterator<Item = &'a Facts> + Clone,
    target: Option<Loudness>,
) -> Decibels {
    let Some(target) = target else {
        return Decibels::ZERO;
    };
    let (mut power, mut time) = (0.0, 0.0);
    for file in facts.clone() {
        if let Some(loudness) = file.loudness {
            let seconds = file.rate.seconds(file.frames);
            power += loudness.power() * seconds;
            time += seconds;
        }
    }
    if time == 0.0 {
        return Decibels::ZERO;
    }
    let loudness = Loudness::of_power(power / time);
    let peak = facts.fold(0.0, |peak: f32, file| peak.max(file.true_peak.0));
    loudness.change_to(target, Gain(peak))
}

/// Over how long loudness is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Three seconds (EBU Tech 3341): what music is felt as.
    ShortTerm,
    /// One: where it rests.
    Second,
}

/// The music that a zone hears: the loudness of every clip with its gain and fades, summed by power, second by second. What was
/// looked up once is known.
#[derive(Debug)]
pub struct Heard<'a> {
    clips: &'a [Clip],
    library: &'a Library,
    rate: Rate,
    zone: Zone,
    window: Window,
    known: HashMap<Frames, f64>,
}

impl<'a> Heard<'a> {
    /// What a zone hears of these clips.
    #[must_use]
    pub fn by(
        zone: Zone,
        clips: &'a [Clip],
        library: &'a Library,
        rate: Rate,
        window: Window,
    ) -> Self {
        Self {
            window,
            clips,
            library,
            rate,
            zone,
            known: HashMap::new(),
        }
    }

    /// The music over a stretch of the session, at its loudest. `None` where there is none.
    pub fn over(&mut self, stretch: Range<Frames>) -> Option<Loudness> {
        let second = Frames(u64::from(self.rate.hertz()));
        let last = stretch.start.max(stretch.end - Frames(1));
        // Where it has risen to, at the end.
        let mut loudest = self.power(last);
        let mut at = stretch.start;
        while at < last {
            loudest = loudest.max(self.power(at));
            at += second;
        }
        (loudest > Loudness::GATE.power()).then(|| Loudness::of_power(loudest))
    }

    fn power(&mut self, at: Frames) -> f64 {
        let Self {
            clips,
            library,
            rate,
            zone,
            window,
            known,
        } = self;
        *known.entry(at).or_insert_with(|| {
            let clips = clips.iter().filter(|clip| clip.zones.contains(*zone));
            clips
                .map(|clip| power_at(clip, library, *rate, *window, at))
                .sum()
        })
    }
}

/// The music that a zone hears over one stretch.
#[must_use]
pub fn music_over(
    clips: &[Clip],
    library: &Library,
    rate: Rate,
    zone: Zone,
    stretch: Range<Frames>,
) -> Option<Loudness> {
    Heard::by(zone, clips, library, rate, Window::ShortTerm).over(stretch)
}

/// The power of a clip at a frame.
fn power_at(clip: &Clip, library: &Library, rate: Rate, window: Window, at: Frames) -> f64 {
    let gain = f64::from(clip.felt_at(at).0);
    if gain == 0.0 {
        return 0.0;
    }
    let Ok(facts) = library.facts(&clip.track) else {
        return 0.0;
    };
    let second = rate.seconds(at - clip.from + clip.offset) as usize;
    let loudest = match window {
        // The window of a second ends with it and reaches back; the next one may be louder.
        Window::ShortTerm => {
            let around = [second, second + 1].map(|at| facts.short_term(at));
            around.into_iter().flatten().reduce(Loudness::louder)
        }
        Window::Second => facts.seconds.get(second).copied(),
    };
    gain * gain * loudest.map_or(0.0, Loudness::power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(loudness: f32, peak: f32) -> Facts {
        Facts {
            loudness: Some(Loudness(loudness)),
            true_peak: Decibels(peak).gain(),
            ..Facts::silent(Rate::DEFAULT, Frames(48_000))
        }
    }

    #[test]
    fn a_file_is_brought_to_the_target_within_bounds() {
        let target = Some(Loudness(-23.0));
        let change = |loudness, peak| normalise(&facts(loudness, peak), target).0;
        assert!(
            (change(-14.0, 0.5) + 9.0).abs() < 1e-4,
            "a loud one goes down"
        );
        assert!(
            (change(-30.0, -15.0) - 7.0).abs() < 1e-4,
            "a quiet one comes up"
        );
        assert!(
            (change(-45.0, -40.0) - 12.0).abs() < 1e-4,
            "by 12 dB at most"
        );
        assert!(
            (change(-30.0, -4.0) - 3.0).abs() < 1e-4,
            "to -1 dBTP at most"
        );
        assert_eq!(change(-24.0, 0.0), 0.0, "and never down for its peak");
        assert_eq!(normalise(&facts(-14.0, 0.0), None), Decibels::ZERO);
    }

    #[test]
    fn files_that_belong_together_get_one_change() {
        let files = [facts(-20.0, -6.0), facts(-26.0, -9.0)];
        let change = normalise_together(files.iter(), Some(Loudness(-23.0)));
        assert!((change.0 + 1.01).abs() < 0.05, "{change}");
    }
}
