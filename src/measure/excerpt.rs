//! A stretch of a session, rendered by itself, with something of it left out.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::frame::Frame;
use crate::player::{Beginning, Player, render};
use crate::prepare::Prepared;
use crate::time::Frames;
use crate::timeline::{Course, Timeline};

use super::Failure;

/// A rendering that begins within a session comes from silence, and has come by then.
pub const LEAD: Duration = Duration::from_secs(1);

/// The startle guard does not know at first what was sounding, and holds back as it does in the session by then.
pub const GUARDED: Duration = Duration::from_secs(8);

/// Renders a stretch of what is left of a session's timeline, begun so much earlier. The frames go to `take`, block by block, each with one frame for
/// each zone in the layout's order; an empty block where a file is waited for. Blocking.
pub fn hear<E: Failure>(
    prepared: &Prepared,
    left: Timeline,
    stretch: &Range<Frames>,
    lead: Duration,
    mut take: impl FnMut(&[Vec<Frame>]) -> Result<(), E>,
) -> Result<(), E> {
    let start = stretch.start - left.rate.frames(lead);
    let zones = left.layout.len();
    let timeline = Timeline {
        length: stretch.end,
        ..left
    };
    let (session, library) = (Arc::clone(&prepared.session), Arc::clone(&prepared.library));
    let course = Course::written(session, library, Arc::new(timeline));
    let (mut player, mut engine) = Player::offline(Beginning::new(course, start))?;
    let mut at = start;
    let mut planes = vec![Vec::new(); zones];
    render(&mut player, &mut engine, |_, block| {
        split(block, &mut planes);
        let early = (stretch.start - at).index();
        at += Frames::from(planes[0].len());
        for plane in &mut planes {
            plane.drain(..early.min(plane.len()));
        }
        take(&planes)
    })?;
    Ok(())
}

/// An interleaved block as the frames of each zone.
pub fn split(block: &[f32], planes: &mut [Vec<Frame>]) {
    let pairs = planes.len();
    for (zone, plane) in planes.iter_mut().enumerate() {
        plane.clear();
        let (frames, _) = block.as_chunks::<2>();
        plane.extend(frames.iter().skip(zone).step_by(pairs));
    }
}
