//! The door that all mixers are measured through.

use crate::firewheel::Firewheel;
use crate::kira::Kira;
use crate::oddio::Oddio;
use crate::ours::{Mixing, Whole};
use crate::plain::Plain;
use crate::rodio::Rodio;
use crate::work::Work;

/// Mixes all voices of a [`Work`].
pub trait Mixer {
    /// What another thread does at the begin of the stretch `stretch`; it is not in the time.
    fn control(&mut self, _stretch: usize) {}
    /// Fills `out`, left and right in turn, with the next block: what the audio thread does.
    fn block(&mut self, out: &mut [f32]);
}

/// Makes a mixer that has all voices of a [`Work`], with a copy of their sounds.
pub type Make = fn(&Work) -> Box<dyn Mixer>;

/// All mixers by their names; the first is what the others are measured by.
pub const MIXERS: [(&str, Make); 7] = [
    ("plain loop", |work| Box::new(Plain::new(work))),
    ("ours, mixing", |work| Box::new(Mixing::new(work))),
    ("ours, whole engine", |work| Box::new(Whole::new(work))),
    ("oddio", |work| Box::new(Oddio::new(work))),
    ("firewheel", |work| Box::new(Firewheel::new(work))),
    ("kira", |work| Box::new(Kira::new(work))),
    ("rodio", |work| Box::new(Rodio::new(work))),
];
