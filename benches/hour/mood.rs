//! What is to be heard now, as the one who steers knows it; read by the one who listens.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use undersong::daemon::{State, Status};

use super::script::STILLNESS;

/// A promise holds no longer than this: whoever steers looks again before.
const SHORTLY: Duration = Duration::from_millis(1500);
/// Where music comes or goes it is not judged for so long, in seconds: the fades of the script, and what a look may be late.
const EDGE: f64 = 5.0;
/// In stillness the music's end and what was asked for before it are gone after this, in seconds.
const GONE: f64 = 12.0;

/// What is to be heard, and until when that is sure.
#[derive(Debug, Default)]
pub struct Mood {
    promise: Mutex<Promise>,
    begun: AtomicBool,
}

/// What is sure for a while.
#[derive(Debug, Clone, Copy, Default)]
struct Promise {
    music: Option<Instant>,
    stillness: Option<Instant>,
}

/// What is to be heard now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Now {
    /// Music, in every zone.
    Music,
    /// No music; words for one alone.
    Stillness,
    /// Not sure: it comes, goes or rests.
    Anything,
    /// No session yet.
    Nothing,
}

impl Mood {
    /// Nothing is sure any more: something was asked for.
    pub fn unsure(&self) {
        *self.promise() = Promise::default();
    }

    /// What the status promises; `rested` says when the last pause ended, or a change was taken back.
    pub fn see(&self, status: &Status, rested: Instant) {
        let mut promise = Promise::default();
        if let (State::Playing, Some(session)) = (status.state, &status.session)
            && rested.elapsed().as_secs_f64() > EDGE
        {
            let since = session.position - session.phase_from;
            let left = session
                .phase_end
                .map_or(EDGE * 2.0, |end| end - session.position);
            let until = Instant::now() + SHORTLY;
            if session.phase.starts_with(STILLNESS) {
                let gone = since.min(rested.elapsed().as_secs_f64()) > GONE;
                promise.stillness = (gone && left > EDGE).then_some(until);
            } else {
                promise.music = (since > EDGE && left > EDGE).then_some(until);
            }
        }
        *self.promise() = promise;
    }

    /// From now on all that is heard is a session's.
    pub fn begin(&self) {
        self.begun.store(true, Ordering::Relaxed);
    }

    /// What is to be heard now.
    pub fn now(&self) -> Now {
        if !self.begun.load(Ordering::Relaxed) {
            return Now::Nothing;
        }
        let promise = *self.promise();
        let holds = |until: Option<Instant>| until.is_some_and(|until| Instant::now() < until);
        if holds(promise.music) {
            Now::Music
        } else if holds(promise.stillness) {
            Now::Stillness
        } else {
            Now::Anything
        }
    }

    fn promise(&self) -> std::sync::MutexGuard<'_, Promise> {
        self.promise.lock().expect("nobody panics meanwhile")
    }
}
