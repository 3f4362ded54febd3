//! The journal: the append-only record of what was asked and what sounded in a session.
//!
//! One file of JSON lines a session ([`Record`]), written and synced by a thread of its own ([`Journal`]). The caller is
//! never held up: each record gives a [`Ticket`] that tells when it is on the disk, and a cue sounds only then. After a
//! crash [`read`] gives an [`Account`] of all that is whole, from which a session resumes; [`Journal::reopen`] goes on in
//! the same file, and [`Played`] tells the session as it was. No words of a cue and no remarks of the therapist are in it:
//! those lie apart ([`Notes`]).

mod account;
mod boot;
mod error;
mod folder;
mod held;
mod last_heard;
mod legs;
mod line;
mod moment;
pub(crate) mod name;
mod notes;
mod paper;
mod pen;
mod pieces;
mod played;
mod queue;
mod reader;
mod record;
mod writer;

pub use account::Account;
pub use boot::boot;
pub use error::JournalError;
pub use folder::{Listing, Summary, latest_unended, list, look};
pub use held::is_being_written;
pub use last_heard::LastHeard;
pub use legs::{Act, Leg};
pub use moment::{Deed, Moment};
pub use notes::{LONGEST_NOTE, Note, Notes};
pub use paper::{Paper, PaperFile};
pub use played::Played;
pub use queue::{Bounds, Health, Ticket};
pub use reader::read;
pub use record::{Ending, Entry, OutputState, Record, Sounding, Started};
pub use writer::Journal;
pub use writer::now;

/// The version of the lines that are written. Lines of a later one are read as far as they are understood.
pub const VERSION: u32 = 1;

/// No line is longer, in bytes.
pub const LONGEST_LINE: usize = 64 << 10;

/// No journal is larger, in bytes: days of a session.
pub const LARGEST_FILE: u64 = 64 << 20;
