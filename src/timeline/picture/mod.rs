//! The picture of a session: one wide page that shows what will sound, for a wall or a screen.
//!
//! From the top: title, phases, the music as hills that are as high as it is loud, the time, a lane for each zone with its
//! cues and with the music going down for speech, and the cues' words. Each is drawn by a file of its own; where they
//! stand is decided here.

pub(crate) mod header;
pub(crate) mod labels;
mod lanes;
mod legend;
pub(crate) mod lettering;
pub(crate) mod loudness;
mod measured;
mod moments;
pub(crate) mod music;
pub(crate) mod page;
pub(crate) mod palette;
pub(crate) mod phases;
pub(crate) mod scale;
mod words;

use crate::level::Loudness;
use crate::library::Library;
use crate::time::Frames;
use crate::timeline::model::Timeline;
pub use measured::Measured;
pub use moments::{Moment, MomentSort};
use page::Page;
pub(crate) use page::safe;
pub(crate) use palette::phase as class_of_phase;
use scale::Scale;

/// The page.
pub(crate) const WIDTH: f64 = 1600.0;
pub(crate) const HEIGHT: f64 = 900.0;
/// The session's first and last frame.
pub(crate) const LEFT: f64 = 84.0;
pub(crate) const RIGHT: f64 = 1544.0;
/// Above the bands, where no title stands there, nor the name of a phase too short to hold it; and where one does.
const CLEAR: f64 = 12.0;
const NAMED: f64 = 54.0;
/// Where the phases' bands begin.
pub(crate) const BANDS: f64 = 164.0;
/// The highest hill.
pub(crate) const SUMMIT: f64 = 226.0;
/// Between the ground of the hills and the lanes, for the times.
const AXIS: f64 = 36.0;
/// The lowest row of words.
const WORDS_END: f64 = 836.0;
/// The legend's line.
const LEGEND: f64 = 870.0;

/// How loud something is over its time.
type Curve = Vec<(Frames, Loudness)>;

/// The session as an SVG picture: a whole XML document without scripts and links. Pure.
#[must_use]
pub fn svg(timeline: &Timeline, library: &Library) -> String {
    let scale = Scale::new(timeline.rate, timeline.length, LEFT, RIGHT);
    // From below: the words take what they need, then the lanes; the hills get the rest.
    let words = words::Words::arrange(timeline, &[], &scale);
    let lanes = lanes::Lanes::above(words.top(), timeline, &[]);
    let ground = lanes.top() - AXIS;
    let curves = loudness::curves(timeline, library, &scale);
    let ducks = loudness::Ducks::of(timeline);
    let relief = |zone| lanes::gain(timeline, &ducks, zone);
    let mut page = Page::begin(&timeline.title, &header::description(timeline), HEIGHT);
    header::draw(&mut page, timeline);
    phases::draw(&mut page, timeline, &scale, ground, lanes.end());
    scale.draw_grid(&mut page, lanes.end());
    music::draw(&mut page, timeline, &curves, &scale, ground);
    scale.draw_times(&mut page, ground);
    lanes.draw(&mut page, timeline, &scale, relief, &[]);
    words.draw(&mut page, timeline, &[], &lanes);
    legend::draw(&mut page, timeline);
    page.end()
}

/// A session as it was played, as an SVG element for another document, without title. Its timeline tells where everything
/// was heard, `measured` how loud it was, and `moments` what else happened, in the order of time. Pure.
#[must_use]
pub fn played(timeline: &Timeline, measured: &Measured, moments: &[Moment]) -> String {
    let scale = Scale::new(timeline.rate, timeline.length, LEFT, RIGHT);
    let words = words::Words::arrange(timeline, moments, &scale);
    let lanes = lanes::Lanes::above(words.top(), timeline, moments);
    let ground = lanes.top() - AXIS;
    let curves = measured.curves(timeline, &scale);
    let above = if phases::are_named_inside(timeline, &scale) {
        CLEAR
    } else {
        NAMED
    };
    let mut page = Page::within(&header::description(timeline), BANDS - above);
    phases::draw(&mut page, timeline, &scale, ground, lanes.end());
    scale.draw_grid(&mut page, lanes.end());
    music::draw(&mut page, timeline, &curves, &scale, ground);
    scale.draw_times(&mut page, ground);
    let relief = |zone| measured.relief(zone, &scale);
    lanes.draw(&mut page, timeline, &scale, relief, moments);
    words.draw(&mut page, timeline, moments, &lanes);
    legend::played(&mut page, timeline, moments);
    page.end()
}

#[cfg(test)]
mod tests;
