//! What a timeline must sound like, frame by frame, by plain sums: for each frame the sample of each clip times its gain,
//! the duck, the cues, the level. Nothing of the engine is used but its guard against what startles, which
//! `tests/startle.rs` shows to be right; a limiter is not part of it.

use std::f64::consts::{FRAC_PI_2, PI};
use std::path::Path;
use std::time::Duration;

use undersong::engine::StartleGuard;
use undersong::fade::{Fade, Law, Ramp};
use undersong::level::Loudness;
use undersong::prepare::Prepared;
use undersong::time::Frames;
use undersong::timeline::{Clip, PlacedCue, Timeline, gain_at};
use undersong::zone::Zone;

use super::pool::{Pool, as_one};

/// A bent gain is laid out in straight chords of at most so many frames, from where its law changes on.
const CHORD: u64 = 128;

/// The sound of each zone.
pub fn mix(prepared: &Prepared, pool: &Pool) -> Vec<Vec<[f64; 2]>> {
    let timeline = &*prepared.timeline;
    let length = timeline.length.index();
    let mut zones = vec![vec![[0.0; 2]; length]; timeline.layout.len()];
    for run in runs(timeline) {
        let (first, last) = (run[0], run[run.len() - 1]);
        let files: Vec<&Path> = run.iter().map(|clip| &*clip.track).collect();
        let sound = match files[..] {
            [file] => pool.whole(file, timeline.rate),
            _ => as_one(&files, timeline.rate).into(),
        };
        let gains = run_gains(&run, last.end());
        for zone in first.zones.iter() {
            let sound = sound.get(first.offset.index()..).unwrap_or(&[]);
            add(&mut zones[zone.index()], first.from, sound, &gains);
        }
    }
    for zone in timeline.layout.zones() {
        hold_back(&mut zones[zone.index()], prepared, zone);
        let ducks = timeline.ducks.iter().filter(|(of, _)| *of == zone);
        let ducks: Vec<Ramp> = ducks.map(|(_, ramp)| *ramp).collect();
        scale(&mut zones[zone.index()], &ducks);
    }
    for cue in &timeline.cues {
        let Some(file) = &cue.sound else { continue };
        let sound = pool.whole(file, timeline.rate);
        let gains = cue_gains(cue);
        for zone in cue.zones.iter() {
            add(&mut zones[zone.index()], cue.at, &sound, &gains);
        }
    }
    for zone in &mut zones {
        scale(zone, &timeline.levels);
    }
    zones
}

/// What rises too fast for people is held back, but not how the script lets music begin where for a second there was none.
fn hold_back(sound: &mut [[f64; 2]], prepared: &Prepared, zone: Zone) {
    let timeline = &*prepared.timeline;
    let asked = prepared.session.music.loudness;
    let mut guard = StartleGuard::new(timeline.rate, asked.unwrap_or(Loudness(-23.0)));
    let loudness = |clip: &Clip| {
        let facts = prepared.library.facts(&clip.track).unwrap();
        facts.loudness.unwrap_or(Loudness(-70.0)) + clip.gain.decibels()
    };
    let rest = timeline.rate.frames(Duration::from_secs(1));
    let mut held: Vec<_> = sound
        .iter()
        .map(|f| f.map(|sample| sample as f32))
        .collect();
    let (mut passed, mut over) = (0, Frames::ZERO);
    let clips = timeline.clips.iter();
    for (number, clip) in clips.filter(|clip| clip.zones.contains(zone)).enumerate() {
        let rested = clip.from >= over + rest;
        if rested || number == 0 {
            let from = clip.from.index().min(held.len());
            guard.watch(&mut held[passed..from]);
            if rested {
                guard.expect(loudness(clip), clip.fade_in.length);
            } else {
                guard.begin(loudness(clip), clip.fade_in.length);
            }
            passed = from;
        }
        over = over.max(clip.end());
    }
    guard.watch(&mut held[passed..]);
    if guard.take_deepest() < 1.0 {
        for (sum, frame) in sound.iter_mut().zip(held) {
            *sum = frame.map(f64::from);
        }
    }
}

/// The clips, those together that go on in each other without a seam.
fn runs(timeline: &Timeline) -> Vec<Vec<&Clip>> {
    let mut runs: Vec<Vec<&Clip>> = Vec::new();
    for clip in &timeline.clips {
        let joined = runs.iter_mut().find(|run| clip.joins(run[run.len() - 1]));
        match joined {
            Some(run) => run.push(clip),
            None => runs.push(vec![clip]),
        }
    }
    runs
}

fn run_gains(run: &[&Clip], end: Frames) -> Vec<f64> {
    let (first, last) = (run[0], run[run.len() - 1]);
    let mut turns = vec![first.coming().end, last.going().start];
    let turn = run.iter().rev().find_map(|clip| clip.turn);
    turns.extend(turn.iter().flat_map(|turn| [turn.from, turn.end()]));
    chords(first.from, end, turns, |at| {
        let clip = run.iter().find(|clip| at < clip.end()).unwrap_or(&last);
        let comes = risen(clip.fade_in, at - clip.from);
        let goes = risen(clip.fade_out, clip.end() - at);
        f64::from(clip.gain.0) * comes * goes * f64::from(clip.turned(at).0)
    })
}

/// How far a fade has risen. Of two that cross, each is what it is alone by a quarter of a circle, over the root of the
/// power that both have together there.
fn risen(fade: Fade, since: Frames) -> f64 {
    if since >= fade.length {
        return 1.0;
    }
    let part = since.0 as f64 / fade.length.0 as f64;
    let (own, other) = (part * FRAC_PI_2).sin_cos();
    match fade.law {
        Law::Crossing(alike) => {
            let alike = f64::from(f32::from(alike));
            own / (own * own + other * other + 2.0 * alike * own * other).sqrt()
        }
        Law::EqualGain => own * own,
    }
}

/// How alike what crosses is, by plain sums; each pair by the frame at which the later one comes.
pub fn alike(timeline: &Timeline, pool: &Pool) -> Vec<(Frames, f64, Fade)> {
    let mut found = Vec::new();
    for pair in timeline.clips.windows(2) {
        let (leaves, comes) = (&pair[0], &pair[1]);
        let length = comes.fade_in.length.index();
        if length == 0 || leaves.going() != comes.coming() {
            continue;
        }
        let stretch = |clip: &Clip| {
            let sound = pool.whole(&clip.track, timeline.rate);
            let begin = (clip.offset + (comes.from - clip.from)).index();
            let end = sound.len().min(begin + length);
            sound[begin.min(end)..end].to_vec()
        };
        let (mut both, mut squares) = (0.0, [0.0; 2]);
        for (at, (one, other)) in stretch(leaves).iter().zip(stretch(comes)).enumerate() {
            let weight = (PI * at as f64 / length as f64).sin();
            for (one, other) in one.iter().zip(other) {
                let (one, other) = (f64::from(*one), f64::from(other));
                both += weight * one * other;
                squares[0] += weight * one * one;
                squares[1] += weight * other * other;
            }
        }
        let silent = squares.contains(&0.0);
        let alike = both / (squares[0] * squares[1]).sqrt();
        let alike = if silent { 0.0 } else { alike.max(0.0) };
        found.push((comes.from, alike, comes.fade_in));
    }
    found
}

fn cue_gains(cue: &PlacedCue) -> Vec<f64> {
    let risen = cue.at + cue.fade_in.length;
    let falls = cue.end() - cue.fade_out.length;
    chords(cue.at, cue.end(), vec![risen, falls], |at| {
        let (rise, fall) = (
            cue.fade_in.gain(at - cue.at),
            cue.fade_out.gain(cue.end() - at),
        );
        f64::from((cue.gain * rise * fall).0)
    })
}

/// A gain for each frame between two.
fn chords(from: Frames, end: Frames, turns: Vec<Frames>, gain: impl Fn(Frames) -> f64) -> Vec<f64> {
    let inside = turns.into_iter().filter(|at| *at > from && *at < end);
    let mut turns: Vec<Frames> = inside.chain([from, end]).collect();
    turns.sort_unstable();
    let mut gains = Vec::with_capacity((end - from).index());
    for law in turns.windows(2) {
        let mut at = law[0];
        while at < law[1] {
            let next = Frames((at.0 + CHORD).min(law[1].0));
            let (begin, slope) = (gain(at), gain(next) - gain(at));
            let frames = (next - at).0;
            gains.extend((0..frames).map(|i| begin + slope * i as f64 / frames as f64));
            at = next;
        }
    }
    gains
}

fn add(zone: &mut [[f64; 2]], from: Frames, sound: &[[f32; 2]], gains: &[f64]) {
    let place = zone.iter_mut().skip(from.index());
    for ((sum, frame), gain) in place.zip(sound).zip(gains) {
        sum[0] += f64::from(frame[0]) * gain;
        sum[1] += f64::from(frame[1]) * gain;
    }
}

fn scale(zone: &mut [[f64; 2]], ramps: &[Ramp]) {
    if ramps.is_empty() {
        return;
    }
    let turns = ramps.iter().flat_map(|ramp| [ramp.from, ramp.end()]);
    let gains = chords(
        Frames::ZERO,
        Frames::from(zone.len()),
        turns.collect(),
        |at| f64::from(gain_at(ramps, at).0),
    );
    for (frame, gain) in zone.iter_mut().zip(gains) {
        *frame = frame.map(|sample| sample * gain);
    }
}
