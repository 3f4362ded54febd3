//! What is known of an audio file after it was decoded once, from its first frame to its last.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Sudden;
use crate::level::{Gain, Loudness};
use crate::time::{Frames, Rate};

/// What is known of an audio file. Loudness and peaks are those of the stereo sound that is played: a
/// mono file counts on both channels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// blake3 of the file's bytes, in hex.
    pub hash: String,
    /// What kind of file it is: `FLAC`, `MP3` ...
    pub codec: String,
    /// The file's own rate.
    pub rate: Rate,
    /// The file's own channels.
    pub channels: u8,
    /// Decoded frames at the file's rate, never those a header claims.
    pub frames: Frames,
    /// Its title, where its tags have one.
    pub title: Option<String>,
    /// Its artist, where its tags have one.
    pub artist: Option<String>,
    /// Integrated loudness (ITU-R BS.1770-5); `None` where nothing passes the gate.
    pub loudness: Option<Loudness>,
    /// True peak, linear (1 is full scale).
    pub true_peak: Gain,
    /// The loudness of each second by itself, ungated; the last entry is for the rest. [`Loudness::GATE`] where there is nothing.
    pub seconds: Vec<Loudness>,
    /// Frames of digital silence (all samples below -70 dBFS) at the head, at the file's rate.
    pub head: Frames,
    /// Frames of digital silence at the tail, at the file's rate.
    pub tail: Frames,
    /// Where it is silent for 50 ms or more between its first sound and its last, in frames at the file's rate.
    pub silences: Vec<Range<Frames>>,
    /// Where it bursts in, and is held back by the startle guard.
    pub bursts: Vec<Sudden>,
    /// Where it falls off.
    pub falls: Vec<Sudden>,
    /// What a therapist should know of this file, each a sentence; empty for a sound file.
    pub remarks: Vec<String>,
    /// What keeps it out of a session, each a sentence: too much of it is missing, or is no sound.
    pub mistakes: Vec<String>,
}

impl Facts {
    /// The seconds of a short-term window.
    pub const WINDOW: usize = 3;

    /// The facts of a file in which nothing is heard.
    #[must_use]
    pub fn silent(rate: Rate, frames: Frames) -> Self {
        let seconds = rate.seconds(frames).ceil() as usize;
        Self {
            hash: String::new(),
            codec: String::new(),
            rate,
            channels: 2,
            frames,
            title: None,
            artist: None,
            loudness: None,
            true_peak: Gain::SILENCE,
            seconds: vec![Loudness::GATE; seconds],
            head: frames,
            tail: Frames::ZERO,
            silences: Vec::new(),
            bursts: Vec::new(),
            falls: Vec::new(),
            remarks: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    /// Short-term loudness (EBU Tech 3341: a window of 3 s) at the end of a second; of what there is, where less came before it.
    /// [`Loudness::GATE`] where there is nothing, `None` behind the file's end.
    #[must_use]
    pub fn short_term(&self, second: usize) -> Option<Loudness> {
        let first = (second + 1).saturating_sub(Self::WINDOW);
        let (mut power, mut time) = (0.0, 0.0);
        for (loudness, at) in self.seconds.get(first..=second)?.iter().zip(first..) {
            let length = (self.rate.seconds(self.frames) - at as f64).clamp(0.0, 1.0);
            time += length;
            if *loudness > Loudness::GATE {
                power += loudness.power() * length;
            }
        }
        Some(Loudness::of_power(power / time).louder(Loudness::GATE))
    }

    /// Where it is heard in a stretch of the session that begins `offset` into it, both in frames at `rate`: between the
    /// silences at its ends.
    #[must_use]
    pub fn heard(&self, offset: Frames, over: Range<Frames>, rate: Rate) -> Range<Frames> {
        let at = |frames: Frames| {
            let at = over.start + (rate.convert(frames, self.rate) - offset);
            at.min(over.end)
        };
        at(self.head)..at(self.frames - self.tail)
    }

    /// The frames between the silence at its head and at its tail, at the file's rate.
    #[must_use]
    pub fn sounding(&self) -> Frames {
        self.frames - self.head - self.tail
    }
}
