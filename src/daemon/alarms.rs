//! What somebody should see to: shown and logged, never heard.

use std::collections::VecDeque;
use std::time::Duration;

use crate::daemon::status::Alarm;

/// So many are kept, the newest.
const MOST: usize = 32;

/// The alarms that stand.
#[derive(Debug, Default)]
pub struct Alarms(VecDeque<Alarm>);

impl Alarms {
    /// Raises one at `now` on the daemon's clock. One that stands already counts once. The sentence goes to the screen;
    /// only the kind is logged, since sentences name cues.
    pub fn raise(&mut self, now: Duration, kind: &str, message: String) {
        if self.0.iter().any(|one| one.message == message) {
            return;
        }
        tracing::warn!(kind, "an alarm is raised");
        self.0.push_back(Alarm {
            since_ms: now.as_millis() as u64,
            kind: kind.to_owned(),
            message,
        });
        while self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    /// What is over is an alarm no more.
    pub fn clear(&mut self, kind: &str) {
        self.0.retain(|alarm| alarm.kind != kind);
    }

    /// For a new session.
    pub fn clear_all(&mut self) {
        self.0.clear();
    }

    /// All, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Alarm> {
        self.0.iter().cloned().collect()
    }
}
