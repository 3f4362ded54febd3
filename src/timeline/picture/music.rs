//! The music: each clip a hill, as high over time as it is loud, with its title.

use super::lettering::{fitted, width};
use super::loudness::height;
use super::page::Page;
use super::scale::Scale;
use super::{Curve, LEFT, RIGHT, SUMMIT, palette};
use crate::level::Loudness;
use crate::time::{Frames, clock};
use crate::timeline::model::{Clip, Timeline};

/// Loudnesses that are marked on the left.
const GUIDES: [f32; 4] = [-10.0, -20.0, -30.0, -40.0];

/// The longest title that stands upright.
const UPRIGHT: f64 = 230.0;

/// All clips, standing on the ground, each as loud over time as its curve says.
pub fn draw(page: &mut Page, timeline: &Timeline, curves: &[Curve], scale: &Scale, ground: f64) {
    let loudest = curves.iter().flatten().map(|(_, l)| l.0);
    let loudest = Loudness(loudest.fold(-45.0, f32::max) + 0.5);
    let y = |l: Loudness| ground - height(l, loudest) * (ground - SUMMIT);
    guides(page, loudest, y);
    for (clip, curve) in timeline.clips.iter().zip(curves) {
        let class = palette::phase(&timeline.phases, phase_of(clip, timeline));
        page.group(&class, &tip(clip, timeline), |page| {
            let (from, to) = (scale.x(clip.from), scale.x(clip.end()));
            let points = curve.iter().map(|(at, l)| (scale.x(*at), y(*l)));
            let ends = [(from, ground), (to, ground)];
            let thin = to - from < 6.0;
            page.shape(
                if thin { "hill thin" } else { "hill" },
                ends[..1].iter().copied().chain(points).chain([ends[1]]),
            );
        });
    }
    for (at, clip) in timeline.clips.iter().enumerate() {
        let next = timeline.clips.get(at + 1);
        title(page, clip, next, scale, ground);
    }
}

/// The loudnesses that are marked, where the loudest is `loudest` and `y` says how high one stands.
pub fn guides(page: &mut Page, loudest: Loudness, y: impl Fn(Loudness) -> f64) {
    for guide in GUIDES.map(Loudness) {
        if guide <= loudest {
            let y = y(guide);
            page.line("grid", [LEFT, y, RIGHT, y]);
            page.text("loud", LEFT - 8.0, y + 3.5, &format!("−{} LUFS", -guide.0));
        }
    }
}

fn phase_of(clip: &Clip, timeline: &Timeline) -> usize {
    let begun = timeline.phases.iter().rposition(|p| p.from <= clip.from);
    begun.unwrap_or(0)
}

fn tip(clip: &Clip, timeline: &Timeline) -> String {
    let time = |at| clock(timeline.rate.duration(at));
    format!("{}, {}–{}", clip.title, time(clip.from), time(clip.end()))
}

/// The title where the clip is heard alone: along the ground where it fits, else upright, else not at all.
fn title(page: &mut Page, clip: &Clip, next: Option<&Clip>, scale: &Scale, ground: f64) {
    let next = next.map_or(Frames(u64::MAX), |next| next.from);
    let from = scale.x(clip.coming().end) + 3.0;
    let to = scale.x(clip.going().start.max(clip.from).min(next)) - 3.0;
    let room = to - from;
    let whole = width(&clip.title, 12.0) <= room;
    if whole || room > 120.0 {
        if let Some(text) = fitted(&clip.title, 12.0, room) {
            page.text("title", from + 2.0, ground - 10.0, &text);
        }
        return;
    }
    let (class, size) = match room + 6.0 {
        wide if wide >= 16.0 => ("title", 12.0),
        wide if wide >= 11.0 => ("small", 9.5),
        _ => return,
    };
    if let Some(text) = fitted(&clip.title, size, UPRIGHT) {
        let middle = f64::midpoint(from, to) + size * 0.36;
        page.text_upwards(class, middle, ground - 8.0, &text);
    }
}
