//! What somebody should see to: shown and logged, never heard.

use std::time::Duration;

use crate::daemon::status::Alarm;

/// So many are kept: the gravest, and of those the newest.
const MOST: usize = 32;
/// What is over, and only to be known, is shown for so long; the journal has it for good.
const NEWS: Duration = Duration::from_secs(5 * 60);

/// The session was cut off and went on, because something failed.
pub const INTERRUPTED: &str = "interrupted";
/// The session was cut off and went on, as somebody asked.
pub const RESTARTED: &str = "restarted";

/// The alarms that stand: the gravest first, and of those the newest.
#[derive(Debug, Default)]
pub struct Alarms {
    standing: Vec<Alarm>,
    /// When the session was over that they are of.
    over: Option<Duration>,
}

/// What is wrong for as long as its cause lasts, and is cleared with it.
pub const LASTING: [&str; 4] = ["device-lost", "silent", "starved", JOURNAL];
/// The record does not get everything.
const JOURNAL: &str = "journal";
/// A session was cut off, and could not go on.
pub const NOT_RESUMED: &str = "not-resumed";

/// Lower is graver: what is wrong now, then what failed, then what is only to be known.
fn rank(kind: &str) -> u8 {
    match kind {
        NOT_RESUMED => 0,
        kind if LASTING.contains(&kind) => 0,
        RESTARTED => 2,
        _ => 1,
    }
}

impl Alarms {
    /// Raises one at `now` on the daemon's clock. One that stands already counts once. The sentence goes to the screen;
    /// only the kind is logged, since sentences name cues.
    pub fn raise(&mut self, now: Duration, kind: &str, message: String) {
        if self.standing.iter().any(|one| one.message == message) {
            return;
        }
        tracing::warn!(kind, "an alarm is raised");
        let since_ms = now.as_millis() as u64;
        // The newest of its rank comes first.
        let place = self
            .standing
            .partition_point(|one| rank(&one.kind) < rank(kind));
        self.standing.insert(
            place,
            Alarm {
                since_ms,
                kind: kind.to_owned(),
                message,
            },
        );
        self.standing.truncate(MOST);
    }

    /// What is over is an alarm no more: one of those that last.
    pub fn clear(&mut self, kind: &str) {
        debug_assert!(LASTING.contains(&kind), "{kind} is cleared and not graver");
        self.standing.retain(|alarm| alarm.kind != kind);
    }

    /// For a new session.
    pub fn clear_all(&mut self) {
        *self = Self::default();
    }

    /// The session is over. What lasted with it is over, too; what failed is news for a while; a record that has not all
    /// is so still.
    pub fn end_session(&mut self, now: Duration) {
        let with_it = [INTERRUPTED, RESTARTED].into_iter().chain(LASTING);
        let with_it: Vec<&str> = with_it.filter(|kind| *kind != JOURNAL).collect();
        let ends = |alarm: &Alarm| with_it.contains(&&*alarm.kind);
        self.standing.retain(|alarm| !ends(alarm));
        self.over = Some(now);
    }

    /// What was only to be known is news no more, nor what failed in a session that is long over.
    pub fn age(&mut self, now: Duration) {
        let is_old = |alarm: &Alarm| now >= Duration::from_millis(alarm.since_ms) + NEWS;
        let is_news = |alarm: &Alarm| [INTERRUPTED, RESTARTED].contains(&alarm.kind.as_str());
        self.standing
            .retain(|alarm| !(is_news(alarm) && is_old(alarm)));
        if let Some(over) = self.over.filter(|over| now >= *over + NEWS) {
            let is_of_it = |alarm: &Alarm| Duration::from_millis(alarm.since_ms) <= over;
            self.standing
                .retain(|alarm| alarm.kind == JOURNAL || !is_of_it(alarm));
            self.over = None;
        }
    }

    /// All that stand.
    #[must_use]
    pub fn all(&self) -> Vec<Alarm> {
        self.standing.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(alarms: &Alarms) -> Vec<String> {
        alarms.all().into_iter().map(|alarm| alarm.kind).collect()
    }

    #[test]
    fn what_is_wrong_now_stands_before_all_that_is_over_until_it_is_over_itself() {
        for lasting in LASTING {
            let mut alarms = Alarms::default();
            for (second, kind) in (1..).zip([lasting, "cue-missed", INTERRUPTED]) {
                alarms.raise(Duration::from_secs(second), kind, kind.to_owned());
            }
            assert_eq!(kinds(&alarms), [lasting, INTERRUPTED, "cue-missed"]);
            alarms.clear(lasting);
            assert_eq!(kinds(&alarms), [INTERRUPTED, "cue-missed"]);
        }
    }

    #[test]
    fn what_failed_in_a_session_stands_for_a_while_after_it() {
        let mut alarms = Alarms::default();
        for kind in ["cue-missed", "device-lost", JOURNAL] {
            alarms.raise(Duration::from_secs(1), kind, kind.to_owned());
        }
        let over = Duration::from_secs(2);
        alarms.end_session(over);
        alarms.raise(Duration::from_secs(3), "slept", "slept".to_owned());
        assert_eq!(kinds(&alarms), [JOURNAL, "slept", "cue-missed"]);
        alarms.age(Duration::from_secs(1) + NEWS);
        assert_eq!(kinds(&alarms), [JOURNAL, "slept", "cue-missed"]);
        alarms.age(over + NEWS);
        assert_eq!(kinds(&alarms), [JOURNAL, "slept"]);
    }

    #[test]
    fn the_gravest_stands_first_and_of_those_the_newest_and_news_grow_old() {
        let mut alarms = Alarms::default();
        let kinds_raised = [RESTARTED, "cue-missed", "device-lost", INTERRUPTED, "file"];
        for (second, kind) in (1..).zip(kinds_raised) {
            alarms.raise(Duration::from_secs(second), kind, kind.to_owned());
        }
        let stand = ["device-lost", "file", INTERRUPTED, "cue-missed", RESTARTED];
        assert_eq!(kinds(&alarms), stand);
        alarms.age(NEWS + Duration::from_secs(3));
        assert_eq!(
            kinds(&alarms),
            ["device-lost", "file", INTERRUPTED, "cue-missed"]
        );
        alarms.age(NEWS + Duration::from_secs(4));
        assert_eq!(kinds(&alarms), ["device-lost", "file", "cue-missed"]);
        for number in 0..=MOST {
            alarms.raise(NEWS, "file", number.to_string());
        }
        assert_eq!(alarms.all().len(), MOST);
        assert_eq!(alarms.all()[0].kind, "device-lost");
        assert_eq!(alarms.all()[1].message, MOST.to_string());
    }
}
