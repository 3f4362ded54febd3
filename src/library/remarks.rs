//! What a therapist should know of a file, in sentences, and what keeps it out of a session.

use std::time::Duration;

use super::meter::Measured;
use crate::decode::{Damage, Decoder, Flaw};
use crate::level::{Decibels, Gain};
use crate::time::{Rate, clock};

/// Of a file that is cut off so much may be missing: a tenth of it, and never more than this. A therapist chose the piece for
/// what is in it, and for as long as it is.
const CUT: Duration = Duration::from_secs(30);

/// Where more than one sample in so many is no number or far too loud, what is played instead would be heard all the time.
const WILD: u64 = 1_000;

/// A constant offset above this is told, whatever stands on it; and what is too slow to be heard where it comes this near to
/// the peak, and is no mere noise.
const OFFSET: Decibels = Decibels(-40.0);
const ROOM: Decibels = Decibels(12.0);
const QUIET: Decibels = Decibels(-60.0);

/// No file is longer.
const LONGEST: Duration = Duration::from_secs(100 * 3600);

/// What is said of a file.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// What should be known, each a sentence.
    pub remarks: Vec<String>,
    /// What keeps it out of a session, each a sentence, the worst first.
    pub mistakes: Vec<String>,
}

impl Said {
    /// Everything noteworthy of a file that was decoded to its end. `flaw` is how it is not what its checksums say.
    pub fn of(decoder: &Decoder, measured: &Measured, flaw: Option<Flaw>) -> Self {
        let mut said = Self::default();
        if measured.is_silent() {
            said.remark("it is silent from its beginning to its end");
        }
        said.wild(decoder, measured);
        if said.mistakes.is_empty() && !measured.is_a_moment(decoder.rate()) {
            said.slow(measured);
        }
        if said.mistakes.is_empty() && !measured.is_silent() {
            said.sides(measured, decoder.rate());
        }
        said.holes(decoder);
        // What is missing alters the rest: that is said elsewhere.
        let damage = decoder.damage();
        let told = damage.first_gap.is_some() || damage.ends_early;
        match flaw.filter(|_| !told) {
            None => {}
            Some(Flaw::Altered) => said.remark(
                "its sound is not what it was when it was made (its checksum differs, or a part is missing); \
                 copy the file again",
            ),
            Some(Flaw::Unfinished) => said.remark(
                "it was never finished, or is cut off: its last page is missing; copy the file again",
            ),
        }
        said.length(decoder, measured);
        said.ends(decoder, measured);
        said
    }

    fn remark(&mut self, sentence: impl Into<String>) {
        self.remarks.push(sentence.into());
    }

    fn mistake(&mut self, sentence: impl Into<String>) {
        self.mistakes.push(sentence.into());
    }

    /// What one ear alone would hear.
    fn sides(&mut self, measured: &Measured, rate: Rate) {
        if let Some(side) = measured.only_side() {
            let side = side.word();
            self.remark(format!(
                "only its {side} side holds sound: whoever wears headphones hears it with one ear; in an audio editor, save that \
                 side alone as a mono file, which is heard on both"
            ));
        } else if let Some((side, seconds)) = &measured.one_sided {
            let time = |seconds| clock(Duration::from_secs(seconds));
            let end = seconds.end.min(rate.seconds(measured.frames) as u64);
            let (from, to, side) = (time(seconds.start), time(end), side.word());
            self.remark(format!(
                "from {from} to {to} only its {side} side holds sound: whoever wears headphones hears that with one ear; if the \
                 music is not meant so, copy the file again, or take another recording"
            ));
        }
    }

    /// What could not be decoded.
    fn holes(&mut self, decoder: &Decoder) {
        let (rate, damage) = (decoder.rate(), decoder.damage());
        let Some(first) = damage.first_gap else {
            return;
        };
        let first = clock(rate.duration(first));
        let seconds = rate.seconds(damage.silenced);
        let grave = rate.duration(damage.silenced) > Damage::HOLE;
        let what = if grave {
            "cannot be decoded and would be silent"
        } else {
            "could not be decoded and is silent"
        };
        let stretches = match damage.gaps {
            1 => format!("1 stretch at {first} {what}"),
            gaps => {
                let what = what.replace("is silent", "are silent");
                format!("{gaps} stretches {what}; the first at {first}")
            }
        };
        if grave {
            self.mistake(format!(
                "{stretches} ({seconds:.1} s in all); copy the file again, or {}",
                anew(decoder)
            ));
        } else {
            self.remark(format!(
                "{stretches} ({seconds:.1} s in all); copy the file again"
            ));
        }
    }

    /// What had to be tamed.
    fn wild(&mut self, decoder: &Decoder, measured: &Measured) {
        let wild = decoder.damage().wild;
        let samples = measured.frames.0 * u64::from(decoder.channels());
        if wild > samples / WILD {
            let part = 100.0 * wild as f64 / samples as f64;
            self.mistake(format!(
                "{part:.1} % of its samples are no numbers or far too loud: it would be noise; make it anew from what it \
                 was made of, best as FLAC"
            ));
        } else if wild > 0 {
            self.remark(format!(
                "{wild} samples are no numbers or far too loud and were tamed; the file may crackle"
            ));
        }
    }

    /// What is too slow to be heard, and takes room from the music.
    fn slow(&mut self, measured: &Measured) {
        if measured.is_too_slow() {
            self.mistake(
                "it holds hardly anything but a constant offset (DC) or waves too slow for ears, which no one hears and \
                 headphones and loudspeakers suffer from; record it anew, or take out what is below 20 Hz in an audio editor",
            );
            return;
        }
        let peak = measured.true_peak.decibels();
        let [offset, waves] = [measured.slow.offset, measured.slow.waves].map(Gain::decibels);
        let takes_room = |level: Decibels| level > QUIET && level > peak - ROOM;
        if (measured.slow.lasts && offset > OFFSET) || takes_room(offset) {
            self.remark(format!(
                "it has a constant offset (DC) of {:.0} dB below full scale, which no one hears, but which takes room from the \
                 music and may click at a join; take it out in an audio editor",
                -offset.0
            ));
        }
        if measured.slow.lasts && takes_room(waves) {
            self.remark(format!(
                "it holds waves too slow for ears, and they reach to {:.0} dB below its peak: no one hears them, but they take \
                 room from the music, which is held down for them; take out what is below 15 Hz in an audio editor (high-pass)",
                (peak - waves).0.max(0.0)
            ));
        }
    }

    /// How long it is, and how long it should be.
    fn length(&mut self, decoder: &Decoder, measured: &Measured) {
        let rate = decoder.rate();
        let there = rate.duration(measured.frames);
        let damage = decoder.damage();
        if decoder.runs_to_the_end() {
            self.remark(format!(
                "its header does not say how long it is, as in a file that was written to a pipe or was never finished: \
                 all {} to the file's end \
                 are taken for sound; convert it to FLAC, so that it can be told if something is missing",
                clock(there)
            ));
        }
        let claimed = decoder.claimed_length();
        match claimed.map(|claimed| rate.duration(claimed)) {
            Some(claimed) if damage.ends_early => {
                let missing = claimed.saturating_sub(there);
                let stops = match apart(there, claimed) {
                    _ if claimed > LONGEST => format!(
                        "it stops at {}, and its header says more than any file holds",
                        clock(there)
                    ),
                    [there, claimed] => format!("it stops at {there}, its header says {claimed}"),
                };
                if missing > CUT || missing > claimed / 10 {
                    self.mistake(format!(
                        "it is cut off: {stops}; copy the file again, or {} where this is all of it",
                        anew(decoder)
                    ));
                } else {
                    self.remark(format!("it is cut off: {stops}; copy the file again"));
                }
            }
            None if damage.ends_early => self.remark(format!(
                "it is cut off at {}; copy the file again",
                clock(there)
            )),
            Some(claimed) if there > claimed + Duration::from_secs(1) => self.remark(format!(
                "it is {} long, though its header says {}",
                clock(there),
                clock(claimed)
            )),
            _ => {}
        }
        if damage.changes {
            self.remark(format!(
                "from {} on it is another kind of sound, or has another rate or other channels, and is not played; {}",
                clock(there),
                anew(decoder)
            ));
        }
    }

    /// Whether it begins and ends where it should.
    fn ends(&mut self, decoder: &Decoder, measured: &Measured) {
        let beyond_end = decoder.damage().beyond_end;
        let seconds = decoder.rate().seconds(beyond_end);
        // A header that was never brought up to date gives an end long before the sound's.
        if beyond_end > Damage::PADDING && beyond_end > measured.frames {
            self.mistake(format!(
                "{seconds:.1} s lie behind the end that its header gives, more than before it, and would not be played; open it \
                 in an audio editor and save what is meant of it, best as FLAC"
            ));
        } else if beyond_end > Damage::PADDING {
            self.remark(format!(
                "{seconds:.1} s of what is no part of it lie behind the end that its header gives, and are not played; convert \
                 the file anew if its end is missed"
            ));
        }
        if !decoder.exact_ends() {
            let what_to_do = if decoder.codec().starts_with("AAC") {
                "convert it to FLAC, best from what it was made of"
            } else if decoder.damage().changes || decoder.damage().first_gap.is_some() {
                "make it anew from what it was made of, best as FLAC"
            } else {
                "no sound is lost, but for such a join make it anew from what it was made of, best as FLAC"
            };
            self.remark(format!(
                "its exact start and end are not recorded in the file; a gapless join may be heard; {what_to_do}"
            ));
        }
    }
}

/// What to do with a file that is decoded in part.
fn anew(decoder: &Decoder) -> &'static str {
    match decoder.codec() {
        "FLAC" => "save it anew in an audio editor",
        _ => "convert it to FLAC",
    }
}

/// Two times as a clock shows them, with as many decimals as it takes to tell them apart.
fn apart(one: Duration, other: Duration) -> [String; 2] {
    let with = |decimals: u32, length: Duration| {
        let part = length.subsec_nanos() / 10_u32.pow(9 - decimals);
        match decimals {
            0 => clock(length),
            _ => format!(
                "{}.{part:0width$}",
                clock(length),
                width = decimals as usize
            ),
        }
    };
    let decimals = (0..4).find(|decimals| with(*decimals, one) != with(*decimals, other));
    [one, other].map(|length| with(decimals.unwrap_or(4), length))
}
