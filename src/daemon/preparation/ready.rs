//! A session that can begin, and what every one of them needs, whether it is a new one or was cut off.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Means;
use crate::daemon::confine;
use crate::daemon::order::{Reason, Refused};
use crate::daemon::resume::Cut;
use crate::engine::Engine;
use crate::journal::{Entry, Journal};
use crate::library::Watch;
use crate::mistake::{Mistake, Weight};
use crate::output::{Device, Place};
use crate::player::{Beginning, Player};
use crate::prepare::{Prepared, compose_read};
use crate::room::{Output, Room};
use crate::script;
use crate::time::{Frames, Rate};
use crate::timeline::{Change, Course};
use crate::zone::Caps;

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

pub(super) fn wrong(sentence: impl Into<String>) -> Refused {
    Refused::new(Reason::Wrong, sentence)
}

pub(super) fn failed(error: &dyn std::error::Error) -> Refused {
    Refused::new(Reason::Failed, error.to_string())
}

/// A session with all it needs, as soon as its first tracks are there. Blocking.
pub(super) fn ready(
    means: &Means,
    beginning: Beginning,
    journal: Arc<Journal>,
    place: Place,
    script: PathBuf,
    said: Said,
) -> Result<Ready, Refused> {
    let caps = beginning.caps.clone();
    let beginning = Beginning {
        brake: means.brake.clone(),
        journal: Some(Arc::clone(&journal)),
        ..beginning
    };
    let (mut player, engine) = Player::live(beginning).map_err(|e| failed(&e))?;
    player.wait_to_begin();
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
pub(super) fn rate(room: &Room) -> Result<Rate, Refused> {
    match (&room.output, room.rate) {
        (_, Some(rate)) => Ok(rate),
        (Output::Paced, None) => Ok(Rate::DEFAULT),
        (Output::Device(id), None) => {
            let device = Device::exactly(id).map_err(|e| failed(&e))?;
            Ok(device.rate())
        }
    }
}

/// What a script asks for, from the files that the room may play, and what is remarked on. Blocking.
pub(super) fn compose(
    means: &Means,
    path: &Path,
    rate: Rate,
    watch: &dyn Watch,
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

/// Differences of levels that nobody hears, in decibels.
const ALIKE: f32 = 0.01;

/// In a room that is never as loud as a session is, the session is softer from `at` on; nobody asked for that, so nobody
/// takes it back.
pub(super) fn capped(course: Course, at: Frames, caps: &Caps, journal: &Journal) -> Course {
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
