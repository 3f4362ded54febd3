//! Why a change cannot be made as things stand.

use crate::time::clock;
use std::time::Duration;

/// Why a change cannot be made. Each says what holds, and what would go.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The phase is held already.
    #[error("the phase `{0}` is held already; `continue` lets it go on")]
    HeldAlready(String),
    /// The phase is not held.
    #[error("the phase `{0}` is not held; it goes on by itself")]
    NotHeld(String),
    /// A held phase has no end that could be moved.
    #[error("the phase `{0}` is held, so it has no end to move; `continue` lets it go on")]
    NoEnd(String),
    /// It is as long as the script lets it be.
    #[error("the phase `{phase}` is as long as the script lets it be ({}); `hold` keeps it going without end", clock(*.most))]
    AtMost {
        /// The phase.
        phase: String,
        /// The script's `max`.
        most: Duration,
    },
    /// It is as short as the script lets it be.
    #[error("the phase `{phase}` is as short as the script lets it be ({}); `bring-back` leaves it at once", clock(*.least))]
    AtLeast {
        /// The phase.
        phase: String,
        /// The script's `min`.
        least: Duration,
    },
    /// It is nearly over.
    #[error("the phase `{0}` ends in a moment; there is nothing left to shorten")]
    EndsNow(String),
    /// A length of nothing, or as good as nothing.
    #[error("an end that moves by less than a second moves by nothing; give a length such as `5m`")]
    Nothing,
    /// There is no such phase to go to.
    #[error("there is no later phase named `{name}`; {}", still_to_come(.later))]
    NoPhase {
        /// What was asked for.
        name: String,
        /// The phases that are still to come.
        later: Vec<String>,
    },
    /// The session is in it, or about to be.
    #[error("the session goes to its `{0}` already")]
    GoesThere(String),
    /// No later phase is the return.
    #[error("no later phase is named `return`, so say where to go, as in {}; {}", to_go(.later), still_to_come(.later))]
    NoReturn {
        /// The phases that are still to come, at least one.
        later: Vec<String>,
    },
    /// There is nothing to skip or to change in silence.
    #[error("the phase `{0}` is silent, so no piece plays in it; `bring-back` leaves it")]
    Silent(String),
    /// The session ends.
    #[error("the session ends in a moment; there is no piece to skip to")]
    LastPiece,
    /// Many pieces are on their way out.
    #[error("the pieces before are still on their way out; ask again in a few seconds")]
    StillLeaving,
    /// No step up or down.
    #[error("a step of 0 changes nothing; `+1` is more intense, `-1` calmer")]
    NoStep,
    /// Nothing is rated.
    #[error(
        "no music of the phase `{0}` is rated; rate its tracks (`intensity: 1` to `5`) in a YAML playlist"
    )]
    Unrated(String),
    /// Nothing lies in this direction.
    #[error("what the phase `{phase}` plays is the {} of its music", if *.up { "most intense" } else { "calmest" })]
    NoSuchMusic {
        /// The phase.
        phase: String,
        /// More intense was asked for.
        up: bool,
    },
    /// No cue has this name.
    #[error("no cue is named `{name}`; there are: {}", names(.there))]
    NoCue {
        /// What was asked for.
        name: String,
        /// The names that there are.
        there: Vec<String>,
    },
    /// The cue sounds now, or is about to.
    #[error("the cue `{0}` is being heard, or is about to be")]
    Sounds(String),
    /// Other voices speak for a while.
    #[error("other voices speak until {}, and nobody follows two at once; ask for it again then", clock(*.0))]
    OthersSpeak(Duration),
    /// The music is down already.
    #[error("the music is down for your voice already; `speak off` brings it back")]
    SpeaksAlready,
    /// The music is not down.
    #[error("the music is not down for your voice; `speak on` brings it down")]
    NotSpeaking,
    /// There is nothing to take back any more.
    #[error("there is no change of the last 30 s to take back")]
    NothingToUndo,
    /// It was taken back already.
    #[error("there is nothing left to undo: the last change was taken back already")]
    UndoneAlready,
    /// The session is over.
    #[error("the session is over")]
    Over,
}

impl Refusal {
    /// Whether things are already as they were asked to be, so that who asked has what was wanted.
    #[must_use]
    pub const fn is_so_already(&self) -> bool {
        matches!(
            self,
            Self::HeldAlready(_)
                | Self::NotHeld(_)
                | Self::GoesThere(_)
                | Self::SpeaksAlready
                | Self::NotSpeaking
        )
    }
}

fn names(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if quoted.is_empty() {
        "none".to_owned()
    } else {
        quoted.join(", ")
    }
}

/// What is typed to go to the first of these.
fn to_go(phases: &[String]) -> String {
    let first = phases.first().map_or("PHASE", String::as_str);
    if first.contains(' ') {
        format!("`undersong bring-back \"{first}\"`")
    } else {
        format!("`undersong bring-back {first}`")
    }
}

fn still_to_come(phases: &[String]) -> String {
    if phases.is_empty() {
        "this is the last one".to_owned()
    } else {
        format!("still to come: {}", names(phases))
    }
}
