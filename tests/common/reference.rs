//! What a timeline sounds like, worked out anew from its own definitions in double precision: no block, no ring, no deck. It
//! holds everything but the limiter, and tells nothing of how the engine comes to the same.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use undersong::fade::Ramp;
use undersong::frame::Frame;
use undersong::stream::Resampler;
use undersong::time::{Frames, Rate};
use undersong::timeline::{Clip, PlacedCue, Timeline};
use undersong::zone::{Caps, Zone};

/// A bent curve is laid out in chords of so many frames: `docs/design.md`, section 4.
const CHORD: u64 = 128;

/// What the files hold, by their own frames.
#[derive(Default)]
pub struct Sounds {
    files: HashMap<PathBuf, (Rate, Vec<Frame>)>,
    converted: Mutex<HashMap<(PathBuf, Rate), Arc<Vec<Frame>>>>,
}

/// Frames of one zone.
pub type Heard = Vec<[f64; 2]>;

impl Sounds {
    pub fn add(&mut self, path: PathBuf, rate: Rate, frames: Vec<Frame>) {
        self.files.insert(path, (rate, frames));
    }

    pub fn of(&self, path: &Path) -> (Rate, &[Frame]) {
        let (rate, frames) = &self.files[path];
        (*rate, frames)
    }

    /// A file's frames at the session's rate.
    pub fn at(&self, path: &Path, rate: Rate) -> Arc<Vec<Frame>> {
        let key = (path.to_owned(), rate);
        if let Some(known) = self.converted.lock().unwrap().get(&key) {
            return Arc::clone(known);
        }
        let (own, frames) = self.of(path);
        let made = Arc::new(convert(frames, own, rate));
        self.converted
            .lock()
            .unwrap()
            .insert(key, Arc::clone(&made));
        made
    }

    /// The frames of files that are joined without a seam: one sound.
    fn run(&self, clips: &[&Clip], rate: Rate) -> Arc<Vec<Frame>> {
        if let [only] = clips {
            return self.at(&only.track, rate);
        }
        let mut whole = Vec::new();
        for clip in clips {
            whole.extend_from_slice(self.of(&clip.track).1);
        }
        let (own, _) = self.of(&clips[0].track);
        Arc::new(convert(&whole, own, rate))
    }
}

fn convert(frames: &[Frame], from: Rate, to: Rate) -> Vec<Frame> {
    let mut resampler = Resampler::new(from, to).unwrap();
    let mut out = Vec::new();
    resampler.push(frames, &mut out);
    resampler.finish(&mut out);
    out
}

/// Each zone's sound, in the layout's order, before its limiter.
pub fn mix(timeline: &Timeline, caps: &Caps, sounds: &Sounds) -> Vec<Heard> {
    let zones = timeline.layout.zones();
    zones.map(|zone| zone_mix(timeline, zone, caps, sounds)).collect()
}

fn zone_mix(timeline: &Timeline, zone: Zone, caps: &Caps, sounds: &Sounds) -> Heard {
    let mut heard = vec![[0.0; 2]; timeline.length.index()];
    for run in runs(timeline) {
        if run[0].zones.contains(zone) {
            let sound = sounds.run(&run, timeline.rate);
            add_run(&mut heard, &run, &sound);
        }
    }
    let ducks = timeline.ducks.iter();
    let ducks: Vec<Ramp> = ducks.filter(|(of, _)| *of == zone).map(|(_, r)| *r).collect();
    follow(&ducks, &mut heard, |frame, gain| {
        *frame = frame.map(|sample| sample * gain);
    });
    for cue in timeline.cues.iter().filter(|cue| cue.zones.contains(zone)) {
        if let Some(path) = &cue.sound {
            add_cue(&mut heard, cue, &sounds.at(path, timeline.rate));
        }
    }
    let listener = timeline.layout.listener(zone).unwrap();
    let cap = f64::from(caps.of(listener).gain().0);
    follow(&timeline.levels, &mut heard, |frame, gain| {
        *frame = frame.map(|sample| sample * gain.min(cap));
    });
    heard
}

/// The clips, those that are joined without a seam together.
pub fn runs(timeline: &Timeline) -> Vec<Vec<&Clip>> {
    let mut runs: Vec<Vec<&Clip>> = Vec::new();
    for clip in &timeline.clips {
        let before = runs.iter_mut().rev().find(|run| clip.joins(run[run.len() - 1]));
        match before {
            Some(run) => run.push(clip),
            None => runs.push(vec![clip]),
        }
    }
    runs
}

fn add_run(heard: &mut [[f64; 2]], run: &[&Clip], sound: &[Frame]) {
    let (first, last) = (run[0], run[run.len() - 1]);
    let (from, end) = (first.from, last.end());
    let (risen, falls) = (from + first.fade_in.length, end - last.fade_out.length);
    let gain = |at: u64| {
        let rise = first.fade_in.gain(Frames(at) - from).0;
        let fall = last.fade_out.gain(end - Frames(at)).0;
        f64::from(first.gain.0) * f64::from(rise) * f64::from(fall)
    };
    let mut turns = [from.0, risen.0, falls.0, end.0];
    turns.sort_unstable();
    let sound = &sound[first.offset.index()..];
    chords(&turns, gain, |at, gain| {
        let source = sound.get((at - from.0) as usize).copied().unwrap_or_default();
        add(heard, at, source, gain);
    });
}

fn add_cue(heard: &mut [[f64; 2]], cue: &PlacedCue, sound: &[Frame]) {
    let gain = |at: u64| f64::from((cue.gain * cue.attack.gain(Frames(at) - cue.at)).0);
    let risen = cue.at + cue.attack.length;
    let turns = [cue.at.0, risen.0.min(cue.end().0), cue.end().0];
    // What a slow onset does not reach within a short sound is laid out towards its own end.
    let turns = if risen > cue.end() { [cue.at.0, cue.end().0, cue.end().0] } else { turns };
    chords(&turns, gain, |at, gain| {
        add(heard, at, sound[(at - cue.at.0) as usize], gain);
    });
}

fn add(heard: &mut [[f64; 2]], at: u64, source: Frame, gain: f64) {
    if let Some(sum) = heard.get_mut(at as usize) {
        for (sum, sample) in sum.iter_mut().zip(source) {
            *sum += f64::from(sample) * gain;
        }
    }
}

/// A fader's gain, frame by frame: what its ramps are, and between them what the last one led to.
fn follow(ramps: &[Ramp], heard: &mut [[f64; 2]], mut apply: impl FnMut(&mut [f64; 2], f64)) {
    let mut standing = 1.0;
    let mut at = 0;
    let end = heard.len() as u64;
    for (number, ramp) in ramps.iter().enumerate() {
        let next = ramps.get(number + 1).map_or(end, |next| next.from.0.min(end));
        for frame in at..ramp.from.0.min(end) {
            apply(&mut heard[frame as usize], standing);
        }
        let stop = ramp.end().0.min(next).max(ramp.from.0);
        let gain = |at: u64| f64::from(ramp.gain(Frames(at)).0);
        chords(&[ramp.from.0, ramp.end().0], gain, |at, gain| {
            if at < stop && at < end {
                apply(&mut heard[at as usize], gain);
            }
        });
        (standing, at) = (f64::from(ramp.target.0), stop);
    }
    for frame in at..end {
        apply(&mut heard[frame as usize], standing);
    }
}

/// Walks a curve from turn to turn: straight lines between points of its own.
fn chords(turns: &[u64], gain: impl Fn(u64) -> f64, mut each: impl FnMut(u64, f64)) {
    for pair in turns.windows(2) {
        let mut begin = pair[0];
        while begin < pair[1] {
            let end = (begin + CHORD).min(pair[1]);
            let (low, high) = (gain(begin), gain(end));
            let slope = (high - low) / (end - begin) as f64;
            for at in begin..end {
                each(at, low + slope * (at - begin) as f64);
            }
            begin = end;
        }
    }
}
