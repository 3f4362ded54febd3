//! What a daemon is about, and what is shown and said of that.

use crate::daemon::desk::Call;
use crate::daemon::ears::Ears;
use crate::daemon::order::Order;
use crate::daemon::playing::Playing;
use crate::daemon::preparation::Preparation;
use crate::daemon::resume::Interrupted;
use crate::daemon::status::{JournalStatus, OutputStatus, SessionStatus, State};
use crate::room::Room;

/// What the daemon is about.
#[derive(Debug)]
pub enum Stage {
    /// No session.
    Idle,
    /// A session was cut off, and somebody has to say whether it goes on.
    Offered(Box<Interrupted>),
    /// With whoever asked for it.
    Preparing(Preparation, Option<Call>),
    /// It sounds.
    Playing(Box<Playing>),
    /// The ears are checked; with a session that was cut off and may need it to go on.
    Ears(Box<Ears>, Option<Box<Interrupted>>),
}

/// What is shown of a stage.
#[derive(Debug)]
pub struct Shown {
    /// In a word.
    pub state: State,
    /// The session, where there is one.
    pub session: Option<SessionStatus>,
    /// What the sound goes to.
    pub output: OutputStatus,
    /// Whether what happens is kept.
    pub journal: JournalStatus,
}

impl Stage {
    /// What is shown of it.
    #[must_use]
    pub fn shown(&self, room: &Room) -> Shown {
        let (state, session) = match self {
            Self::Idle => (State::Idle, None),
            Self::Offered(interrupted) => (State::Offered, Some(offered(interrupted))),
            Self::Preparing(..) => (State::Preparing, None),
            Self::Ears(..) => (State::Ears, None),
            Self::Playing(playing) => {
                return Shown {
                    state: playing.state(),
                    session: Some(playing.status()),
                    output: playing.output(),
                    journal: playing.journal(),
                };
            }
        };
        Shown {
            state,
            session,
            output: OutputStatus {
                device: room.output.name().to_owned(),
                state: "closed".to_owned(),
                period: room.period,
                ..OutputStatus::default()
            },
            journal: JournalStatus {
                state: "off".to_owned(),
                ..JournalStatus::default()
            },
        }
    }

    /// Whether it is over in a moment, so that a session can begin then.
    #[must_use]
    pub fn ends(&self) -> bool {
        match self {
            Self::Playing(playing) => playing.ends(),
            Self::Ears(ears, _) => ears.ends(),
            _ => false,
        }
    }

    /// Why an order makes no sense while no session plays.
    #[must_use]
    pub const fn not_now(&self, order: &Order) -> &'static str {
        match (order, self) {
            (_, Self::Preparing(..)) => "the session is being prepared; wait a moment",
            (_, Self::Ears(..)) => {
                "the ears are being checked; wait until that is over, or end it with `undersong stop`"
            }
            (Order::Start { .. }, Self::Offered(_)) => {
                "a session was cut off: `undersong resume` takes it up, `undersong stop` gives it up"
            }
            (_, Self::Offered(_)) => {
                "no session plays; one was cut off: `undersong resume` takes it up, `undersong stop` gives it up"
            }
            _ => "no session plays; `undersong start SCRIPT` begins one",
        }
    }
}

/// A session that may be taken up.
fn offered(interrupted: &Interrupted) -> SessionStatus {
    let started = &interrupted.account.started;
    SessionStatus {
        title: started.title.clone(),
        script: started.script.clone(),
        hash: started.hash.clone(),
        position: started.rate.seconds(interrupted.account.position),
        ..SessionStatus::default()
    }
}
