//! From an order to a session that can begin, on a thread of its own: reading, looking at files, opening the journal.

mod begun;
mod ready;
mod taken_up;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use begun::begun;
use taken_up::taken_up;

use crate::daemon::order::{Reason, Refused};
use crate::daemon::resume::Interrupted;
use crate::engine::Brake;
use crate::library::{Cache, Progress, Watch};
use crate::room::Room;

pub use ready::{Ready, Said};

/// What is to be prepared.
#[derive(Debug)]
pub enum Wanted {
    /// A new session.
    Script(PathBuf),
    /// One that was cut off.
    Interrupted(Box<Interrupted>),
}

/// What is needed to prepare.
#[derive(Debug, Clone)]
pub struct Means {
    /// The room.
    pub room: Arc<Room>,
    /// What is known of files.
    pub cache: Arc<Cache>,
    /// What ends the session.
    pub brake: Brake,
}

/// A session that is being prepared.
#[derive(Debug)]
pub struct Preparation {
    ready: Receiver<Result<Box<Ready>, Refused>>,
    waiting: Arc<Waiting>,
    resumes: bool,
}

/// What a preparation and who waits for it know of each other.
#[derive(Debug, Default)]
struct Waiting {
    thousandths: AtomicU64,
    called_off: AtomicBool,
}

impl Watch for Waiting {
    fn tell(&self, progress: Progress) {
        let thousandths = (progress.part() * 1000.0) as u64;
        self.thousandths.store(thousandths, Ordering::Relaxed);
    }

    fn is_called_off(&self) -> bool {
        self.called_off.load(Ordering::Relaxed)
    }
}

/// Nobody waits for it any more.
impl Drop for Preparation {
    fn drop(&mut self) {
        self.waiting.called_off.store(true, Ordering::Relaxed);
    }
}

impl Preparation {
    /// Begins on a thread of its own.
    #[must_use]
    pub fn begin(means: Means, wanted: Wanted) -> Self {
        let (done, ready) = sync_channel(1);
        let waiting = Arc::<Waiting>::default();
        let watch = Arc::clone(&waiting);
        let resumes = matches!(wanted, Wanted::Interrupted(_));
        let work = move || {
            // Given up meanwhile, nobody waits for it.
            let _ = done.send(prepared(&means, wanted, &*watch).map(Box::new));
        };
        let thread = thread::Builder::new().name("prepare".to_owned());
        if let Err(error) = thread.spawn(work) {
            tracing::warn!("the system gives no thread to prepare a session in: {error}");
        }
        Self {
            ready,
            waiting,
            resumes,
        }
    }

    /// What came of it, once there is something. Does not block.
    pub fn result(&self) -> Option<Result<Box<Ready>, Refused>> {
        match self.ready.try_recv() {
            Ok(ready) => Some(ready),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                let sentence = "the session could not be prepared; the log says why";
                Some(Err(Refused::new(Reason::Failed, sentence)))
            }
        }
    }

    /// Whether it takes up what was cut off.
    #[must_use]
    pub const fn resumes(&self) -> bool {
        self.resumes
    }

    /// How much of the files was looked at, 0 to 1.
    #[must_use]
    pub fn progress(&self) -> f64 {
        self.waiting.thousandths.load(Ordering::Relaxed) as f64 / 1000.0
    }
}

fn prepared(means: &Means, wanted: Wanted, watch: &dyn Watch) -> Result<Ready, Refused> {
    match wanted {
        Wanted::Script(path) => begun(means, &path, watch),
        Wanted::Interrupted(interrupted) => taken_up(means, *interrupted, watch),
    }
}
