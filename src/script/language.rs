//! The script's language: every key, what it takes, and what an editor tells about it.
//!
//! These sentences are shown to therapists while they write. What the values may be together is
//! checked in [`super::check`].

use crate::level::{Decibels, Loudness};
use crate::mistake::Wrong;
use crate::playlist::Reference;
use crate::reading::yaml::{
    FileName, Length, Level, List, Number, OneOrMore, Scalar, Switch, Text, quantity, record, words,
};
use crate::script::session::{At, Seek};
use crate::zone::Listener;

record! {
    /// A guided session: instrumental music through its phases, with spoken and chime cues over it.
    Script = "a script" {
        must {
            /// The version of the script's language: always 1.
            #[schemars(extend("const" = 1))]
            undersong: Number,
            /// The phases of the session, in the order in which they are played.
            phases: List<Phase>,
        }
        may {
            /// What you call this session.
            title: Text,
            /// Any whole number. It decides every shuffle: the same seed gives the same session again.
            seed: Number,
            /// What holds for all music of the session.
            music: Music,
            /// What holds for all speech of the session.
            voice: Voice,
        }
    }
}

record! {
    /// What holds for all music of the session.
    Music = "`music`" {
        may {
            /// How loud each track is made, so that no track stands out: `-23 LUFS` (the default; from
            /// -40 to -10), or `as-is` to leave the tracks as they are.
            loudness: LoudnessTarget,
            /// How long one track fades into the next: 12s unless said, at most 60s. `0s` joins tracks
            /// without any gap, for albums that run through.
            crossfade: Length,
            /// How long one phase's music fades into the next one's: 25s unless said, at most 60s.
            phase_crossfade: Length,
            /// How long the music takes to come in at the start of the session: 4s unless said.
            fade_in: Length,
            /// How long the music takes to go out at the end of the session: 10s unless said.
            fade_out: Length,
            /// How much louder or softer one track may go on than the one before it ended: 4 LU unless said,
            /// up to 60 LU.
            largest_step: LargestStep,
            /// A quiet, seamless loop that sounds if a track cannot be played. A bundled one unless said.
            bed: FileName,
        }
    }
}

record! {
    /// What holds for all speech of the session.
    Voice = "`voice`" {
        may {
            /// How far speech stands above the music: 12 LU unless said, from 10 LU to 18 LU. The music goes
            /// down by as much as that needs.
            over_music: OverMusic,
            /// What speaks the sentences of `say` cues: `auto`, or `none` where all have recordings.
            engine: Engine,
        }
    }
}

record! {
    /// A named stretch of the session. It has music from a `playlist`, or `music: silence`.
    #[schemars(extend("oneOf" = [{"required": ["playlist"]}, {"required": ["music"]}]))]
    Phase = "a phase" {
        must {
            /// What you call this phase: settling, onset, peak, return ... No two phases share a name.
            name: Text,
            /// How long the phase is meant to be, for example `12m` or `1h30m`. At least 10s.
            length: Length,
        }
        may {
            /// The shortest that the phase may become when it is shortened live; `length` unless said.
            min: Length,
            /// The longest that the phase may become when it is lengthened live; `length` unless said.
            max: Length,
            /// The music: a playlist file (M3U, PLS, XSPF or YAML), a folder, or a list of tracks.
            playlist: Reference,
            /// `silence` for a phase in which no music is meant to sound.
            music: Silence,
            /// Makes the phase's music softer or louder than the session's: from -9 dB to +3 dB.
            level: Level,
            /// How long one track of this phase fades into the next; as for all music unless said.
            crossfade: Length,
            /// `hold` to stay in this phase until you say to continue.
            end: End,
            /// What is said, struck or shown in this phase.
            cues: List<Cue>,
        }
    }
}

record! {
    /// Something said, struck or shown at a time: exactly one of `chime`, `voice`, `say` and `remind`.
    #[schemars(extend("oneOf" = [
        {"required": ["chime"]}, {"required": ["voice"]}, {"required": ["say"]}, {"required": ["remind"]}
    ]))]
    #[schemars(extend("not" = {"required": ["at", "every"]}))]
    Cue = "a cue" {
        may {
            /// What you call this cue, to start it by hand. No two cues of the session share a name.
            name: Text,
            /// When, counted from the start of the phase (`20m`, `1:30`) or from its end (`end - 3m`,
            /// `end`). At the start of the phase unless said.
            at: At,
            /// Again and again: `15m` is after 15, 30, 45 ... minutes of the phase.
            every: Length,
            /// An audio file of a bell or a bowl. The music goes on below it.
            chime: FileName,
            /// An audio file of a recorded voice. The music goes down for it.
            voice: FileName,
            /// A sentence to be spoken. Give a recording of it by `sound`.
            say: Text,
            /// A reminder for the therapist alone: shown on the screen, never heard.
            remind: Text,
            /// Who hears it: `a` or `b` (one partner's headphones), `room` (the loudspeakers), or a list
            /// of them. Everybody unless said.
            to: OneOrMore<Listener>,
            /// `quiet` lets the cue look for a quiet place in the music near its time.
            place: Seek,
            /// How far the cue may move from its time to find a better place, either way.
            within: Length,
            /// Makes the cue softer or louder: from -24 dB to +6 dB.
            level: Level,
            /// How slowly a chime comes in: 250ms unless said, at least 50ms.
            attack: Length,
            /// `true` if the music is to go down for a chime, too.
            duck: Switch,
            /// The recording of a `say` sentence: an audio file.
            sound: FileName,
        }
    }
}

/// Where each track's loudness is brought; `None` for `as-is`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoudnessTarget(pub Option<Loudness>);

impl LoudnessTarget {
    const QUIETEST: f32 = -40.0;
    const LOUDEST: f32 = -10.0;
}

impl Scalar for LoudnessTarget {
    fn parse(text: &str) -> Result<Self, Wrong> {
        if text == "as-is" {
            return Ok(Self(None));
        }
        if text.starts_with(|c: char| c.is_alphabetic()) {
            return Err(crate::reading::yaml::no_such_word(
                text,
                &["as-is", "-23 LUFS"],
            ));
        }
        let lufs = quantity(text, "LUFS")?;
        if !(Self::QUIETEST..=Self::LOUDEST).contains(&lufs) {
            return Err(Wrong::new("the loudness can be from -40 LUFS to -10 LUFS")
                .help("`-23 LUFS` suits most sessions"));
        }
        Ok(Self(Some(Loudness(lufs))))
    }
}

/// How far speech stands above the music.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverMusic(pub Decibels);

impl Scalar for OverMusic {
    fn parse(text: &str) -> Result<Self, Wrong> {
        let units = quantity(text, "LU")?;
        if !(10.0..=18.0).contains(&units) {
            return Err(
                Wrong::new("speech can stand from 10 LU to 18 LU above the music")
                    .help("`12 LU` suits most sessions"),
            );
        }
        Ok(Self(Decibels(units)))
    }
}

/// How much louder or softer one track may go on than the one before it ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LargestStep(pub Decibels);

impl Scalar for LargestStep {
    fn parse(text: &str) -> Result<Self, Wrong> {
        let units = quantity(text, "LU")?;
        if !(2.0..=60.0).contains(&units) {
            return Err(Wrong::new("the largest step can be from 2 LU to 60 LU")
                .help("`4 LU` suits most sessions"));
        }
        Ok(Self(Decibels(units)))
    }
}

impl Scalar for At {
    fn parse(text: &str) -> Result<Self, Wrong> {
        let length = |text: &str| Length::parse(text.trim()).map(|length| length.0);
        let Some(after) = text.strip_prefix("end") else {
            return match text {
                "start" => Ok(Self::Start(std::time::Duration::ZERO)),
                _ if text.starts_with('-') => Err(Wrong::new("a cue cannot come before its phase")
                    .help(format!(
                        "write `end - {}` to count from the end of the phase",
                        text[1..].trim()
                    ))),
                _ => length(text).map(Self::Start),
            };
        };
        match after.trim_start().strip_prefix(['-', '−']) {
            Some(before) => length(before).map(Self::End),
            None if after.is_empty() => Ok(Self::End(std::time::Duration::ZERO)),
            None => Err(Wrong::new("this is no time within a phase")
                .help("write for example `end - 3m` for three minutes before its end")),
        }
    }
}

/// No music is meant to sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence;

/// How a phase ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// When it is told to.
    Hold,
}

/// What speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// What is there.
    Auto,
    /// Nothing.
    None,
}

words!(Silence { "silence" => Self, });
words!(End { "hold" => Self::Hold, });
words!(Engine { "auto" => Self::Auto, "none" => Self::None, });
words!(Seek { "quiet" => Self::Quiet, });
words!(Listener { "a" => Self::A, "b" => Self::B, "room" => Self::Room, });
