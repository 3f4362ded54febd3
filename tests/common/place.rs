//! Where in a rendered session the frames that a device was given belong.

use std::collections::HashMap;

/// A ramp's frames are multiples of the session's, as exactly as floats can be.
const EXACT: f32 = 1e-5;
/// A sound server holds no more frames than this.
const HELD: usize = 8_192;
/// What a device takes in one go.
const BLOCK: usize = 1_024;
/// So many frames in a row are equal by no chance.
const SURE: usize = 32;

/// A rendered session whose music is noise, so that no frame is like another.
pub struct Reference {
    frames: Vec<Vec<f32>>,
    places: HashMap<Vec<u32>, usize>,
    /// A server that stood still may tear a block.
    tears: bool,
}

/// Frames that were heard without a gap: a ramp from silence, then the session as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Where in the recording its ramp begins.
    pub at: usize,
    /// Where in the session that is.
    pub from: usize,
    /// How long the ramp is.
    pub ramp: usize,
    /// How long it is, ramp and all.
    pub length: usize,
}

impl Stretch {
    /// The session's frame after its last.
    pub fn end(&self) -> usize {
        self.from + self.length
    }
}

fn key(frame: &[f32]) -> Vec<u32> {
    // 0.0 and -0.0 sound the same.
    frame
        .iter()
        .map(|sample| (sample + 0.0).to_bits())
        .collect()
}

fn is_silent(frame: &[f32]) -> bool {
    frame.iter().all(|sample| *sample == 0.0)
}

/// How loud a frame is against its own in the reference; `None` where it is another frame.
fn gain(frame: &[f32], own: &[f32]) -> Option<f32> {
    let (mut product, mut square) = (0.0, 0.0);
    for (a, b) in frame.iter().zip(own) {
        product += a * b;
        square += b * b;
    }
    let gain = if square == 0.0 { 0.0 } else { product / square };
    let rest = frame.iter().zip(own).map(|(a, b)| (a - b * gain).abs());
    (rest.fold(0.0, f32::max) <= EXACT).then_some(gain)
}

impl Reference {
    /// Takes a rendered session of so many channels.
    pub fn new(samples: &[f32], channels: usize) -> Self {
        let frames: Vec<Vec<f32>> = samples
            .chunks_exact(channels)
            .map(<[f32]>::to_vec)
            .collect();
        let keys = frames.iter().map(|frame| key(frame));
        let places = keys.zip(0..).collect();
        Self {
            frames,
            places,
            tears: false,
        }
    }

    /// The same, for what a server may tear as it is stopped and goes on: JACK's dummy does.
    pub fn of_a_server(samples: &[f32], channels: usize) -> Self {
        Self {
            tears: true,
            ..Self::new(samples, channels)
        }
    }

    /// Where a recording's stretches belong, each frame of it and each channel; a sentence where something is at a wrong
    /// place. Between them there is silence; each begins with a ramp from silence, but for one that begins where the session
    /// does, or goes on where the last one ended.
    pub fn place(&self, recording: &[Vec<f32>]) -> Result<Vec<Stretch>, String> {
        let mut stretches: Vec<Stretch> = Vec::new();
        let (mut at, mut ended) = (0, 0);
        while at < recording.len() {
            if is_silent(&recording[at]) {
                at += 1;
                continue;
            }
            let last = stretches.last().map_or(0, Stretch::end);
            if self.tears
                && let Some(torn) = self.torn(&recording[at..], last + at - ended)
            {
                at += torn;
                continue;
            }
            let begun = at;
            let Some((sure, place)) = self.look_up(recording, at) else {
                return Err(format!("frame {at} is nowhere in the session"));
            };
            // A server that had no time leaves a hole in a ramp as anywhere, and the ramp goes on behind it.
            let heard = recording[begun..sure].iter();
            let heard: Vec<&[f32]> = heard.map(Vec::as_slice).filter(|f| !is_silent(f)).collect();
            let ramp = heard.len();
            let from = place.checked_sub(ramp).ok_or("before the session")?;
            self.check_ramp(&heard, from)
                .map_err(|why| format!("{why}; at {begun}, {ramp} frames"))?;
            // A server that had no time, or was stopped, leaves a hole, and may lose what it held.
            let held = |last: &Stretch| (last.end()..=last.end() + HELD).contains(&from);
            let goes_on = stretches.last().is_some_and(held);
            if ramp == 0 && from > SURE && !goes_on {
                return Err(format!("at {begun} the session's {from} begins hard"));
            }
            at = sure;
            while at < recording.len() && self.is_at(&recording[at], place + at - sure) {
                at += 1;
            }
            stretches.push(Stretch {
                at: begun,
                from,
                ramp,
                length: ramp + at - sure,
            });
            ended = at;
        }
        Ok(stretches)
    }

    /// The frames of a block that a server took while its next one was written, after it had stood still: each at its own
    /// place, with holes in some channels.
    fn torn(&self, recording: &[Vec<f32>], from: usize) -> Option<usize> {
        let own = self.frames.get(from..)?;
        let torn = recording.iter().position(|frame| is_silent(frame))?;
        let fits = |(frame, own): (&Vec<f32>, &Vec<f32>)| {
            let mut both = frame.iter().zip(own);
            both.all(|(sample, own)| *sample == 0.0 || sample == own)
        };
        let whole = recording[..torn].iter().zip(own).filter(|(a, b)| a == b);
        let is_torn = torn <= BLOCK && whole.count() < torn;
        (is_torn && recording[..torn].iter().zip(own).all(fits)).then_some(torn)
    }

    fn is_at(&self, frame: &[f32], place: usize) -> bool {
        self.frames.get(place).is_some_and(|own| frame == own)
    }

    /// The first frame from `at` on, within a second, whose place is sure.
    fn look_up(&self, recording: &[Vec<f32>], at: usize) -> Option<(usize, usize)> {
        let last = recording.len().min(at + 48_000);
        (at..last).find_map(|at| {
            let place = *self.places.get(&key(&recording[at]))?;
            let mut frames = recording.get(at..at + SURE)?.iter().zip(place..);
            frames
                .all(|(frame, place)| self.is_at(frame, place))
                .then_some((at, place))
        })
    }

    fn check_ramp(&self, ramp: &[&[f32]], from: usize) -> Result<(), String> {
        let mut loudest: f32 = 0.0;
        for (frame, place) in ramp.iter().zip(from..) {
            let own = &self.frames[place];
            let Some(gain) = gain(frame, own) else {
                return Err(format!("{frame:?} is not the session's {place}, {own:?}"));
            };
            let is_quiet = own.iter().all(|sample| sample.abs() < 0.01);
            if !is_quiet && (gain - loudest).abs() > 0.02 {
                return Err(format!("a ramp jumps from {loudest} to {gain} at {place}"));
            }
            loudest = loudest.max(gain);
        }
        Ok(())
    }
}
