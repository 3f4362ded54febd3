//! How a daemon and its session are, for whoever looks. Times are in seconds of the session unless said otherwise.

use serde::{Deserialize, Serialize};

use crate::daemon::order::Coming;

/// How things are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// Names this run of the daemon and this session: an order for another one is not carried out.
    pub epoch: u64,
    /// The daemon's own clock in milliseconds, by which orders expire. It never jumps.
    pub now_ms: u64,
    /// What goes on.
    pub state: State,
    /// The room's name.
    pub room: String,
    /// The room file that the daemon began with.
    #[serde(default)]
    pub room_file: String,
    /// While a script's files are looked at, how far that is: 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepared: Option<f64>,
    /// The session, where there is one: playing, or waiting to be taken up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionStatus>,
    /// What the sound goes to.
    pub output: OutputStatus,
    /// Whether what happens is kept.
    pub journal: JournalStatus,
    /// What somebody should see to: the gravest first, and of those the newest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<Alarm>,
    /// What is said of the script of a session that went on by itself, each a sentence, while it plays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// What goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// No session.
    #[default]
    Idle,
    /// A session was ended by a reboot, and may be taken up.
    Offered,
    /// The ears are checked.
    Ears,
    /// A script is read and its files are looked at.
    Preparing,
    /// It sounds.
    Playing,
    /// It rests, or is about to.
    Paused,
    /// It fades out for good.
    Stopping,
}

/// A session that plays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionStatus {
    /// What people call it.
    pub title: String,
    /// The script's file.
    pub script: String,
    /// blake3 of the script, in hex.
    pub hash: String,
    /// What is heard now.
    pub position: f64,
    /// Where it ends; absent while a phase is held.
    pub end: Option<f64>,
    /// The phase.
    pub phase: String,
    /// Its number, from 1.
    pub phase_number: usize,
    /// How many phases the script has.
    pub phases: usize,
    /// Where the phase began.
    pub phase_from: f64,
    /// Where it ends; absent while it is held.
    pub phase_end: Option<f64>,
    /// Of a phase that is held, where its own length is over: from then on it waits for `continue`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_to: Option<f64>,
    /// Of a phase that waits for `continue`, how many seconds after that what comes next is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_within: Option<f64>,
    /// The pieces that sound.
    pub playing: Vec<String>,
    /// What the therapist was reminded of in the last five minutes, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<Coming>,
    /// What comes next, in the order of time; the next reminder is always in it.
    pub next: Vec<Coming>,
    /// The level of everything, in decibels.
    pub level: f32,
    /// Whether the music is down for the therapist's voice.
    pub speaking: bool,
    /// Until when the last change can be taken back; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<f64>,
    /// Each zone's meters.
    pub zones: Vec<ZoneStatus>,
    /// The least that any stream has read ahead, in seconds; absent where none plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_ahead: Option<f64>,
}

/// What a zone hears.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ZoneStatus {
    /// Its listener: `a`, `b` or `room`.
    pub name: String,
    /// The level of everything as it is for this listener, in decibels: no higher than the room lets it be.
    #[serde(default)]
    pub level: f32,
    /// Momentary loudness in LUFS; absent in silence.
    pub loudness: Option<f32>,
    /// The largest sample since the last look, in dBFS; absent in silence.
    pub peak: Option<f32>,
    /// How far the limiter went down since the last look, in decibels; 0 while it is idle.
    pub limiter: f32,
    /// How far music that burst in was held back since the last look, in decibels; 0 while nothing bursts in.
    #[serde(default)]
    pub held_back: f32,
}

/// What the sound goes to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OutputStatus {
    /// The device by its identity; `paced` where there is no device.
    pub device: String,
    /// `closed`, `playing` or `lost`.
    pub state: String,
    /// Frames a second.
    pub rate: u32,
    /// Frames the device takes in one go.
    pub period: u32,
    /// How often the device ran dry.
    pub xruns: u64,
    /// How often it was lost.
    pub losses: u64,
    /// The longest that one block took to render, in milliseconds.
    pub worst_callback_ms: f64,
    /// Whether the audio thread has real-time priority.
    pub real_time: bool,
}

/// Whether what happens is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JournalStatus {
    /// `ok`, `stalled`, `full` or `failing`; `off` where there is no session.
    pub state: String,
    /// Records that wait for the disk.
    pub waiting: usize,
    /// Records that found no room.
    pub dropped: u64,
}

/// What somebody should see to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The daemon's clock, in milliseconds.
    pub since_ms: u64,
    /// For programs: `device-lost`, `cue-missed`, `starved`, `journal`, `file`, `slept`, `interrupted`, `restarted`, ...
    pub kind: String,
    /// What it is and what to do, in a sentence.
    pub message: String,
}
