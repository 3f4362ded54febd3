//! A session that was cut off, from its journal and its script.

use std::path::PathBuf;
use std::sync::Arc;

use super::Means;
use super::ready::{Ready, Said, capped, compose, failed, ready, wrong};
use crate::daemon::confine;
use crate::daemon::ears;
use crate::daemon::order::{Reason, Refused};
use crate::daemon::place::place;
use crate::daemon::resume::{Cut, Interrupted};
use crate::journal::{Account, Ending, Entry, Journal, boot};
use crate::library::Watch;
use crate::player::Beginning;
use crate::time::Frames;
use crate::timeline::Course;

/// The session that was cut off, from where it was heard last. Blocking.
pub(super) fn taken_up(
    means: &Means,
    interrupted: Interrupted,
    watch: &dyn Watch,
) -> Result<Ready, Refused> {
    let room = &means.room;
    let Interrupted { journal, account } = interrupted;
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
        let sentence = format!("a change that was made before could not be made again: {refusal}");
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
    let ready = ready(means, beginning, journal, place, path, said)?;
    Ok(Ready {
        cut: Some(cut),
        ..ready
    })
}

/// Cues that were recorded as started, and that nobody may have heard.
fn unheard(account: &Account, course: &Course, start: Frames) -> Vec<String> {
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
