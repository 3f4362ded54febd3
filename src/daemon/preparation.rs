//! From an order to a session that can begin, on a thread of its own: reading, looking at files, opening the journal.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::daemon::confine;
use crate::daemon::ears;
use crate::daemon::order::{Reason, Refused};
use crate::daemon::place::place;
use crate::daemon::resume::{Cut, Interrupted};
use crate::doctor::{self, Finding, Machine, Verdict};
use crate::engine::{Brake, Engine};
use crate::journal::{Ending, Entry, Journal, Started, boot};
use crate::library::{Cache, Progress, Watch};
use crate::mistake::{Mistake, Weight};
use crate::output::{Device, Place};
use crate::player::{Beginning, Player};
use crate::prepare::{Prepared, compose_read};
use crate::room::{Output, Room};
use crate::script;
use crate::time::{Frames, Rate};
use crate::timeline::{Change, Course};
use crate::zone::Caps;

/// So much of the session is ready before it starts.
const READY: Duration = Duration::from_secs(2);
/// A file that does not answer for this long does not keep the session from starting; the bed stands in.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be prepared.
#[derive(Debug)]
pub enum Wanted {
    /// A new session.
    Script(PathBuf),
    /// One that was cut off.
    Interrupted(Box<Interrupted>),
}

/// A session that can begin.
#[derive(Debug)]
pub struct Ready {
    /// Its player.
    pub player: Player,
    /// Its engine.
    pub engine: Box<Engine>,
    /// Its journal.
    pub journal: Arc<Journal>,
    /// How far up its level goes for each listener.
    pub caps: Caps,
    /// Where it sounds.
    pub place: Place,
    /// The script's file.
    pub script: PathBuf,
    /// How it was cut off before, where it was.
    pub cut: Option<Cut>,
    /// What is said of it.
    pub said: Said,
}

/// What is said of a session that begins.
#[derive(Debug, Default)]
pub struct Said {
    /// What somebody should see to from the start: a kind and a sentence.
    pub alarms: Vec<(&'static str, String)>,
    /// What the one who asked should know of the room, each a sentence.
    pub warnings: Vec<String>,
    /// Of the script and its files, each a sentence.
    pub remarks: Vec<String>,
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
            let _ = done.send(prepare(&means, wanted, &watch).map(Box::new));
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

fn wrong(sentence: impl Into<String>) -> Refused {
    Refused::new(Reason::Wrong, sentence)
}

fn failed(error: &dyn std::error::Error) -> Refused {
    Refused::new(Reason::Failed, error.to_string())
}

fn prepare(means: &Means, wanted: Wanted, watch: &Waiting) -> Result<Ready, Refused> {
    let room = &means.room;
    match wanted {
        Wanted::Script(path) => {
            let path = confine::script(room, &path).map_err(wrong)?;
            let rate = rate(room)?;
            let (prepared, remarks) = compose(means, &path, rate, watch)?;
            let layout = &prepared.timeline.layout;
            let place = place(room, layout).map_err(wrong)?;
            let ears = ears::checked(room, layout);
            let mut warnings = ears.map_err(|why| Refused::new(Reason::NotNow, why))?;
            warnings.extend(remarks_of(doctor::glance(&Machine::this(), room))?);
            let caps = room.caps.within(layout);
            let started = started(&prepared, &path, &caps);
            let journal = Journal::create(&room.journal, started).map_err(|e| failed(&e))?;
            let journal = Arc::new(journal);
            let course = capped(prepared.steered(), Frames::ZERO, &caps, &journal);
            let beginning = Beginning {
                caps,
                ..Beginning::new(course, Frames::ZERO)
            };
            let said = Said {
                warnings,
                remarks,
                ..Said::default()
            };
            begin(means, beginning, journal, place, path, said)
        }
        Wanted::Interrupted(interrupted) => {
            let Interrupted { journal, account } = *interrupted;
            let cut = Cut::of(&account);
            let path = PathBuf::from(&account.started.script);
            let path = confine::script(room, &path).map_err(wrong)?;
            let rate = account.started.rate;
            let (prepared, remarks) = compose(means, &path, rate, watch)?;
            let mut alarms = Vec::new();
            if prepared.session.hash != account.started.hash {
                return Err(wrong(
                    "the script was changed since the session began, so it cannot be taken up where it was; \
                     start it anew",
                ));
            }
            let layout = &prepared.timeline.layout;
            let place = place(room, layout).map_err(wrong)?;
            // The room file may name another device or other channels than those that it was begun on.
            let ears = ears::checked(room, layout);
            let ears = ears.map_err(|why| Refused::new(Reason::NotNow, why))?;
            alarms.extend(ears.into_iter().map(|why| ("ears", why)));
            let journal = Journal::reopen(&journal).map_err(|e| failed(&e))?;
            let journal = Arc::new(journal);
            let start = account.position;
            let (course, refused) = prepared.steered().after(&account.changes);
            if start >= course.timeline().length {
                let how = Ending::Played;
                journal.append(Some(start), Entry::Ended { how });
                let sentence = "the session that was cut off had been heard to its end";
                return Err(Refused::new(Reason::NotNow, sentence));
            }
            // Somebody may have found it too loud; what was too loud then is no louder now.
            let caps = room.caps.within(layout);
            let caps = caps.lower(&account.started.caps);
            journal.append(
                Some(start),
                Entry::Resumed {
                    from: start,
                    boot: boot(),
                    caps: caps.clone(),
                },
            );
            let course = capped(course, start, &caps, &journal);
            alarms.extend(refused.iter().map(|refusal| {
                let sentence =
                    format!("a change that was made before could not be made again: {refusal}");
                ("change-lost", sentence)
            }));
            let unheard = unheard(&account, &course, start).into_iter();
            alarms.extend(unheard.map(|sentence| ("cue-missed", sentence)));
            let beginning = Beginning {
                caps,
                ..Beginning::again(course, start, account.started_cues())
            };
            let said = Said {
                alarms,
                remarks,
                ..Said::default()
            };
            let ready = begin(means, beginning, journal, place, path, said)?;
            Ok(Ready {
                cut: Some(cut),
                ..ready
            })
        }
    }
}

/// What a therapist should know of the machine before a session begins: its warnings. Where it is not fit, no session does.
fn remarks_of(findings: Vec<Finding>) -> Result<Vec<String>, Refused> {
    let mut remarks = Vec::new();
    for finding in findings {
        match finding.verdict {
            Verdict::Ok => {}
            Verdict::Warn => remarks.push(finding.sentence()),
            Verdict::Fail => return Err(Refused::new(Reason::Failed, finding.sentence())),
        }
    }
    Ok(remarks)
}

/// Cues that were recorded as started, and that nobody may have heard.
fn unheard(account: &crate::journal::Account, course: &Course, start: Frames) -> Vec<String> {
    let timeline = course.timeline();
    let cut = |at: Frames, length: Frames| at + length > start;
    let cues = account.cues.iter().filter_map(|(id, at)| {
        let placed = timeline.cues.iter().find(|cue| cue.id == *id)?;
        cut(*at, placed.length).then(|| {
            format!(
                "the cue `{0}` may not have been heard to its end; `undersong cue {0}` plays it again",
                placed.name
            )
        })
    });
    cues.collect()
}

fn begin(
    means: &Means,
    beginning: Beginning,
    journal: Arc<Journal>,
    place: Place,
    script: PathBuf,
    said: Said,
) -> Result<Ready, Refused> {
    let rate = beginning.course.timeline().rate;
    let caps = beginning.caps.clone();
    let beginning = Beginning {
        brake: means.brake.clone(),
        journal: Some(Arc::clone(&journal)),
        ..beginning
    };
    let (mut player, engine) = Player::live(beginning).map_err(|e| failed(&e))?;
    // Better late than with a hole: the first tracks are there before the device asks for them.
    let _ = player.wait_ready(rate.frames(READY), PATIENCE);
    Ok(Ready {
        player,
        engine: Box::new(engine),
        journal,
        caps,
        place,
        script,
        cut: None,
        said,
    })
}

/// The rate of a room's sessions.
fn rate(room: &Room) -> Result<Rate, Refused> {
    match (&room.output, room.rate) {
        (_, Some(rate)) => Ok(rate),
        (Output::Paced, None) => Ok(Rate::DEFAULT),
        (Output::Device(id), None) => {
            let device = Device::exactly(id).map_err(|e| failed(&e))?;
            Ok(device.rate())
        }
    }
}

fn compose(
    means: &Means,
    path: &Path,
    rate: Rate,
    watch: &Waiting,
) -> Result<(Prepared, Vec<String>), Refused> {
    let reading = script::read(path);
    confine::all(&means.room, &reading).map_err(|details| Refused {
        details,
        ..wrong("the session uses files that the room may not play")
    })?;
    let sentences = |mistakes: Vec<Mistake>| -> Vec<String> {
        mistakes.iter().map(ToString::to_string).collect()
    };
    let composed = compose_read(reading, rate, &means.cache, watch);
    if watch.is_called_off() {
        return Err(wrong("it was called off"));
    }
    match composed {
        Ok(mut prepared) => {
            let remarks = sentences(std::mem::take(&mut prepared.remarks));
            Ok((prepared, remarks))
        }
        Err(mut mistakes) => {
            // Warnings are no reasons.
            mistakes.retain(|mistake| mistake.weight == Weight::Error);
            Err(Refused {
                details: sentences(mistakes),
                ..wrong("the script cannot be played as it is")
            })
        }
    }
}

fn started(prepared: &Prepared, script: &Path, caps: &Caps) -> Started {
    let timeline = &prepared.timeline;
    Started {
        title: prepared.session.title.clone(),
        script: script.display().to_string(),
        hash: prepared.session.hash.clone(),
        rate: timeline.rate,
        zones: timeline.layout.listeners(timeline.layout.all()),
        caps: caps.clone(),
        seed: prepared.session.seed,
        undersong: env!("CARGO_PKG_VERSION").to_owned(),
        boot: boot(),
    }
}

/// Differences of levels that nobody hears, in decibels.
const ALIKE: f32 = 0.01;

/// In a room that is never as loud as a session is, the session is softer from `at` on; nobody asked for that, so nobody
/// takes it back.
fn capped(course: Course, at: Frames, caps: &Caps, journal: &Journal) -> Course {
    let loudest = caps.highest(&course.timeline().layout);
    if course.timeline().level().0 <= loudest.0 + ALIKE {
        return course;
    }
    let change = Change::Level { to: loudest };
    match course.revise(at, &change) {
        Ok(softer) => {
            journal.append(Some(at), Entry::Changed { change });
            softer.for_good()
        }
        Err(refusal) => {
            tracing::warn!("the level that is shown is not the room's: {refusal}");
            course
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfit_machine_begins_no_session_and_a_doubtful_one_says_so() {
        let warn = Finding::warn("sleep", "it may sleep", "wake it");
        let fine = Finding::ok("disk", "there is room");
        let remarks = remarks_of(vec![fine, warn.clone()]).unwrap();
        assert_eq!(remarks, ["it may sleep; wake it"]);
        let fail = Finding::fail("memory", "none is left", "close something");
        let refused = remarks_of(vec![warn, fail]).unwrap_err();
        assert_eq!(refused.message, "none is left; close something");
        assert_eq!(refused.reason, Reason::Failed);
    }
}
