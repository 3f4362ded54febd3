//! `undersong serve --room ROOM.yaml`: the daemon in the room.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;
use sd_notify::{NotifyState, notify};
use tokio::sync::oneshot;

use crate::cli::Exit;
use crate::cli::ROOM;
use crate::cli::mistakes;
use crate::cli::preparing::cache;
use crate::cli::screen::{complain, printable};
use crate::cli::signals::Signals;
use crate::control::{self, listen, router};
use crate::daemon::{Daemon, Desk, desk};
use crate::output::lock_memory;
use crate::room::{Output, Room, UNHEARD, read};

/// A room file that cannot be used is looked at again after this.
const MENDED: Duration = Duration::from_secs(5);
/// How often it is looked whether the session's thread goes on.
const LOOK: Duration = Duration::from_secs(2);

/// Run the daemon of a room: it plays one session at a time, steered from other terminals
///
/// It runs until Ctrl-C or SIGTERM; then the sound fades, and a session that plays can be taken up again. After a crash it
/// goes on by itself where it was, after a restart of the machine it offers to. It answers with the socket on which it is
/// steered, once it is ready.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  undersong serve --room room.yaml")]
pub struct Serve {
    /// The room file: device, media folders, journal
    #[arg(
        long,
        value_name = "ROOM.yaml",
        default_value = ROOM
    )]
    room: PathBuf,
}

impl Serve {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let mut shown = Vec::new();
        let room = loop {
            match read(&self.room) {
                Ok(room) => break room,
                Err(found) => {
                    if found != shown {
                        mistakes::show(&found, &self.room);
                        shown = found;
                    }
                }
            }
            if !is_unit() {
                return Exit::Input;
            }
            // Perhaps a disk is not there yet, perhaps a line is wrong: somebody mends it, and need not know of units.
            let waits = NotifyState::Status("waits until its room file can be used");
            let _ = notify(&[waits, NotifyState::Ready, NotifyState::Watchdog]);
            thread::sleep(MENDED);
        };
        with_few_heaps();
        allow_files();
        match serve(room) {
            Ok(()) => Exit::Done,
            Err(error) => {
                complain(&printable(&error.to_string()));
                Exit::Machine
            }
        }
    }
}

/// Whether the system started it, and nobody looks at what it says.
fn is_unit() -> bool {
    std::env::var_os("NOTIFY_SOCKET").is_some()
}

/// How the C library keeps memory that is to stay small for hours: few heaps, where it would give each thread that reads a file
/// one of its own, which keeps what was freed in it; and what is large comes from the system and goes back to it.
#[cfg(target_os = "linux")]
const HEAPS: [(&str, &str); 2] = [
    ("MALLOC_ARENA_MAX", "2"),
    ("MALLOC_MMAP_THRESHOLD_", "131072"),
];

/// It takes that from the environment when a program begins, so this one begins again.
#[cfg(target_os = "linux")]
fn with_few_heaps() {
    use std::os::unix::process::CommandExt;
    if HEAPS
        .iter()
        .all(|(name, _)| std::env::var_os(name).is_some())
    {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let arguments = std::env::args_os().skip(1);
        let mut again = std::process::Command::new(program);
        let missing = HEAPS
            .iter()
            .filter(|(name, _)| std::env::var_os(name).is_none());
        let error = again.args(arguments).envs(missing.copied()).exec();
        tracing::warn!("the daemon takes more memory than it needs: {error}");
    }
}

#[cfg(not(target_os = "linux"))]
fn with_few_heaps() {}

/// As many open files as the system allows: clients that connect and say nothing must not take those of the music.
fn allow_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let all = Rlimit {
        current: maximum,
        maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, all) {
        tracing::warn!("the system allows no more open files: {error}");
    }
}

fn serve(room: Room) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    if matches!(room.output, Output::Device(_)) && !lock_memory() {
        tracing::warn!(
            "the system does not let the program keep its memory from being swapped out; \
             raise the limit of locked memory (`LimitMEMLOCK=infinity` in its unit)"
        );
    }
    let (desk, counter) = desk();
    let socket = room.socket.clone();
    // First the socket: a second daemon must not touch the first one's session.
    let listener = runtime.block_on(listen(&socket))?;
    complain(&printable(&format!(
        "{} is ready; steer it with `undersong start SCRIPT --socket {}`",
        room.name,
        socket.display()
    )));
    if room.output == Output::Paced {
        complain(UNHEARD);
    }
    let session = thread::Builder::new().name("session".to_owned());
    let (alive, gone) = oneshot::channel::<()>();
    let session = session.spawn(move || {
        // Dropped when the thread ends, however it does.
        let _alive = alive;
        Daemon::new(room, cache(), counter).run();
    })?;
    let served = runtime.block_on(until_asked(listener, &desk, gone));
    desk.go_down();
    let ended = session.join();
    // Gone first, so that nobody waits at a door behind which there is nobody.
    let _ = std::fs::remove_file(&socket);
    if ended.is_err() {
        return Err("the session's thread failed; this is a fault of Undersong".into());
    }
    Ok(served?)
}

async fn until_asked(
    listener: tokio::net::UnixListener,
    desk: &Desk,
    gone: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let mut signals = Signals::listen()?;
    // Ready first: a watchdog must not end a daemon that takes up its session.
    let _ = notify(&[NotifyState::Status("ready"), NotifyState::Ready]);
    // Whoever connects before it is shown how things are waits for that.
    let mut shown = desk.follow();
    let served = async {
        let _ = shown.changed().await;
        control::serve(listener, router(desk.clone())).await
    };
    tokio::select! {
        never = served => match never {},
        () = signals.asked_to_stop() => Ok(()),
        _ = gone => Ok(()),
        () = feed_watchdog(desk) => Ok(()),
    }
}

/// Feeds the system's watchdog for as long as the session's thread goes on: what hangs is started anew, and takes its
/// session up.
async fn feed_watchdog(desk: &Desk) {
    let mut last = 0;
    loop {
        tokio::time::sleep(LOOK).await;
        let shown = desk.status().now_ms;
        if shown != last {
            last = shown;
            let _ = notify(&[NotifyState::Watchdog]);
        }
    }
}
