//! Judges of a session's samples: each says what is wrong, where, in a sentence.

use undersong::frame::Frame;
use undersong::time::{Frames, Rate};
use undersong::timeline::{Clip, Timeline, gain_at};

use super::pool::Pool;
use super::reference;

/// -6 dBFS, what a zone's sound may reach, linear; between its samples 0.2 dB more.
const CEILING: f32 = 0.501_19;
const TRUE_CEILING: f64 = 0.501_19 * 1.023_3;
/// What cannot reach the ceiling between its samples either.
const SOFT: f64 = 0.25;
/// So far from the sum a sample may be: what 24 bits of a float round away.
const NEAR: f64 = 2e-5;
/// -70 dBFS, and what is surely above it, as mean squares.
const SILENT: f64 = 1e-7;
const HEARD: f64 = 1e-6;

/// What was judged: a judge that sees nothing finds nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct Judged {
    /// Frames, in all zones.
    pub frames: usize,
    /// Those of them that were compared to their sum.
    pub compared: usize,
    /// 50 ms in which something is to be heard.
    pub windows: usize,
    /// Zones loud enough that the limiter had to work.
    pub loud: usize,
    /// Crossfades, and those of them between pieces that have something in common.
    pub crossfades: usize,
    pub alike: usize,
}

impl std::ops::AddAssign for Judged {
    fn add_assign(&mut self, other: Self) {
        self.frames += other.frames;
        self.compared += other.compared;
        self.windows += other.windows;
        self.loud += other.loud;
        self.crossfades += other.crossfades;
        self.alike += other.alike;
    }
}

/// What one zone of a session was to be, and what it was.
pub struct Zone<'a> {
    pub name: String,
    pub timeline: &'a Timeline,
    pub sum: &'a [[f64; 2]],
    pub heard: &'a [Frame],
}

impl Zone<'_> {
    fn fault(&self, at: usize, what: &str) -> String {
        format!("{}: {what} at frame {at}", self.name)
    }

    /// Every sample is a number below the ceiling, and so is what lies between them.
    pub fn not_too_loud(&self, judged: &mut Judged) -> Vec<String> {
        judged.frames += self.heard.len();
        let wild = |frame: &Frame| frame.iter().any(|s| !s.is_finite() || s.abs() > CEILING);
        let mut faults: Vec<String> = Vec::new();
        if let Some(at) = self.heard.iter().position(wild) {
            faults.push(self.fault(at, "too loud"));
        }
        let samples = self.heard.as_flattened().iter();
        if samples.fold(0.0, |most: f32, s| most.max(s.abs())) > SOFT as f32 {
            judged.loud += 1;
            let peak = true_peak(self.heard, self.timeline.rate);
            if peak > TRUE_CEILING {
                faults.push(format!("{}: a true peak of {peak}", self.name));
            }
        }
        faults
    }

    /// Where the limiter has nothing to do every sample is the sum of what sounds; elsewhere that, softer.
    pub fn is_the_sum(&self, judged: &mut Judged) -> Option<String> {
        if self.heard.len() != self.sum.len() {
            return Some(self.fault(self.heard.len(), "it ends"));
        }
        let rate = self.timeline.rate;
        let ahead = rate.hertz() as usize / 100 + 40;
        let after = rate.hertz() as usize * 13 / 10;
        let hot = |at: usize| {
            self.sum
                .get(at)
                .is_some_and(|f| f.iter().any(|s| s.abs() > SOFT))
        };
        let mut limited = 0;
        for at in 0..ahead {
            limited = if hot(at) { at + after } else { limited };
        }
        for (at, (heard, sum)) in self.heard.iter().zip(self.sum).enumerate() {
            if hot(at + ahead) {
                limited = at + ahead + after;
            }
            let heard = heard.map(f64::from);
            let wrong = if at >= limited {
                judged.compared += 1;
                (0..2).any(|side| (heard[side] - sum[side]).abs() > NEAR)
            } else {
                // Both sides are softer by the same.
                let louder = (0..2).any(|side| heard[side].abs() > sum[side].abs() + NEAR);
                louder || (heard[0] * sum[1] - heard[1] * sum[0]).abs() > NEAR * 20.0
            };
            if wrong {
                let what = format!("{heard:?} instead of {sum:?}");
                return Some(self.fault(at, &what));
            }
        }
        None
    }

    /// No 50 ms of silence where neither the script nor the files are silent.
    pub fn has_no_silence(&self, pool: &Pool, judged: &mut Judged) -> Option<String> {
        let window = self.timeline.rate.hertz() as usize / 20;
        for (number, heard) in self.heard.chunks_exact(window).enumerate() {
            let at = number * window;
            let (from, to) = (Frames::from(at), Frames::from(at + window));
            match self.sounds(pool, from, to) {
                Some(power) if power > HEARD => judged.windows += 1,
                None => return Some(self.fault(at, "a hole in the timeline")),
                _ => continue,
            }
            let squares = heard.as_flattened().iter().map(|s| f64::from(*s).powi(2));
            if squares.sum::<f64>() / ((2 * window) as f64) < SILENT {
                return Some(self.fault(at, "50 ms of silence"));
            }
        }
        None
    }

    /// The least power of the files that sound in a stretch, at their gains but without their fades: while one fades
    /// another comes. Nothing where silence is scripted, or the sound comes from silence or goes there; `None` where there is to be
    /// music, and is none.
    fn sounds(&self, pool: &Pool, from: Frames, to: Frames) -> Option<f64> {
        let timeline = self.timeline;
        let last = to - Frames(1);
        let scripted = |at| {
            timeline
                .phase_at(at)
                .is_none_or(|p| p.silent || at >= p.end())
        };
        if scripted(from) || scripted(last) {
            return Some(0.0);
        }
        let alone = |clip: &Clip| {
            let begins = !timeline
                .clips
                .iter()
                .any(|c| c.from < clip.from && c.end() >= clip.from);
            let comes = begins && from < clip.coming().end;
            let ends = !timeline
                .clips
                .iter()
                .any(|c| c.from <= clip.end() && c.end() > clip.end());
            comes || (ends && last >= clip.going().start)
        };
        let mut least = f64::INFINITY;
        for clip in timeline
            .clips
            .iter()
            .filter(|c| c.from < to && c.end() > from)
        {
            if alone(clip) {
                return Some(0.0);
            }
            let sound = pool.whole(&clip.track, timeline.rate);
            let begin = (clip.offset + (from - clip.from)).index();
            let frames = (to.min(clip.end()) - from.max(clip.from)).index();
            let stretch = sound.get(begin..begin + frames).unwrap_or(&[]);
            let squares = stretch.as_flattened().iter().map(|s| f64::from(*s).powi(2));
            let power = squares.sum::<f64>() / (2 * (to - from).index()) as f64;
            least = least.min(power * f64::from(clip.gain.0).powi(2));
        }
        let ducks = self.timeline.ducks.iter().map(|(_, ramp)| ramp.target.0);
        let deepest = ducks.fold(1.0, f32::min) * gain_at(&timeline.levels, last).0;
        let covered =
            timeline.clips_at(from).next().is_some() && timeline.clips_at(last).next().is_some();
        (covered && least.is_finite()).then_some(least * f64::from(deepest).powi(2))
    }
}

/// The true peak of BS.1770, linear.
pub fn true_peak(sound: &[Frame], rate: Rate) -> f64 {
    let mode = ebur128::Mode::TRUE_PEAK;
    let mut meter = ebur128::EbuR128::new(2, rate.hertz(), mode).unwrap();
    meter.add_frames_f32(sound.as_flattened()).unwrap();
    meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap())
}

/// Crossfades that are not made for how alike the pieces are; at most the edges of files joined as one differ.
pub fn crossed(timeline: &Timeline, pool: &Pool, judged: &mut Judged) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, alike, fade) in reference::alike(timeline, pool) {
        judged.crossfades += 1;
        judged.alike += usize::from(alike > 0.1);
        let made = f64::from(f32::from(fade.alike()));
        if (made - alike).abs() > 0.003 {
            faults.push(format!("crosses at {at:?} as if {made} alike, not {alike}"));
        }
    }
    faults
}

/// Cues that do not stand where the script says.
pub fn misplaced(timeline: &Timeline, due: impl Iterator<Item = (String, Frames)>) -> Vec<String> {
    let wrong = due.filter_map(|(name, due)| {
        let placed = timeline.cues.iter().find(|cue| cue.name == name);
        let at = placed.map(|cue| cue.at);
        (at != Some(due)).then(|| format!("{name} stands at {at:?} instead of {due:?}"))
    });
    wrong.collect()
}
