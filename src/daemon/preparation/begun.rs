//! A new session, from its script.

use std::path::Path;
use std::sync::Arc;

use super::Means;
use super::ready::{Ready, Said, capped, compose, failed, rate, ready, wrong};
use crate::daemon::confine;
use crate::daemon::ears;
use crate::daemon::order::{Reason, Refused};
use crate::daemon::place::place;
use crate::doctor::{self, Finding, Machine, Verdict};
use crate::journal::{Journal, Started, boot};
use crate::library::Watch;
use crate::player::Beginning;
use crate::prepare::Prepared;
use crate::time::Frames;
use crate::zone::Caps;

/// The session of a script, as its room allows. Blocking.
pub(super) fn begun(means: &Means, path: &Path, watch: &dyn Watch) -> Result<Ready, Refused> {
    let room = &means.room;
    let path = confine::script(room, path).map_err(wrong)?;
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
    ready(means, beginning, journal, place, path, said)
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
