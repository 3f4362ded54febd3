//! The daemon: one session at a time in one room, steered through its desk, recorded, and taken up after a crash.
//!
//! Every way in gives its orders at the [`Desk`]. Behind it the [`Daemon`] runs on a thread of its own, which waits for
//! nothing but orders: scripts are prepared and devices are opened on other threads.

mod alarms;
mod announcement;
mod confine;
#[allow(clippy::module_inception)]
mod daemon;
mod desk;
mod ears;
mod order;
mod outlook;
mod place;
mod playing;
mod preparation;
mod resume;
mod sleep;
mod stage;
mod status;
mod telling;

pub use daemon::Daemon;
pub use desk::{Call, Counter, Desk, Told, desk};
pub use order::{Answer, Coming, Order, Outlook, Reason, Refused, Remark, Speed, TO_CHANGE};
pub use status::{Alarm, JournalStatus, OutputStatus, SessionStatus, State, Status, ZoneStatus};
