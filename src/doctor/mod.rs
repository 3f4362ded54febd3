//! The doctor: whether a machine is fit for a session, before one begins.
//!
//! Each check is a file: one function looks at the machine ([`Machine`]) and gives facts, another says what the facts
//! mean ([`Finding`]). Every look may hang, so each runs on a thread that can be given up.

mod clock;
mod daemon;
mod device;
mod disk;
mod finding;
mod governor;
mod machine;
mod media;
mod memory;
mod process;
mod real_time;
mod servers;
mod sleep;
mod speech;
mod user;

use std::path::PathBuf;
use std::time::Duration;

pub use device::{patched, stale};
pub use finding::{Finding, Verdict};
pub use machine::Machine;
pub use process::Process;

use crate::journal::{boot, now};
use crate::output::within;
use crate::room::{Room, UNHEARD, Verified};

/// A check may take this long.
const PATIENCE: Duration = Duration::from_secs(4);
/// One with a device, which is opened and closed.
const DEVICE: Duration = Duration::from_secs(20);
/// One before a session begins.
const QUICK: Duration = Duration::from_millis(300);

/// All checks, one after the other; without a room only those of the machine. It tries the room's device in silence,
/// unless a session plays. Blocking, a minute at most.
#[must_use]
pub fn examine(machine: &Machine, room: Option<&Room>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let daemon = room.and_then(|room| {
        let (socket, shown) = (room.socket.clone(), room.socket.clone());
        let daemon = within(PATIENCE, move || daemon::look(&socket));
        let daemon = daemon.unwrap_or_else(|| Err(std::io::ErrorKind::TimedOut.into()));
        findings.push(daemon::judge(&shown, &daemon));
        daemon.ok().flatten()
    });
    if let Some(room) = room {
        let plays = daemon
            .as_ref()
            .is_some_and(|daemon| daemon.state != "idle" && daemon.state != "offered");
        sound(room, plays, &mut findings);
        findings.push(record(room, PATIENCE));
        let folder = room.journal.clone();
        findings.push(probe("disk", PATIENCE, move || {
            disk::judge_write(&folder, &disk::write(&folder))
        }));
        for folder in room.media.clone() {
            findings.push(probe("media", PATIENCE, move || {
                media::judge(&folder, &media::look(&folder))
            }));
        }
    }
    let number = daemon.and_then(|daemon| daemon.process);
    let process = number.map_or(Process::this(), |number| {
        Process::of_daemon(machine, number)
    });
    findings.extend(computer(machine, &process, PATIENCE));
    let (own, whose) = (machine.clone(), process.clone());
    findings.push(probe("user", PATIENCE, move || {
        user::judge(&user::look(&own, &whose))
    }));
    findings.push(process.told(machine));
    let device = room.and_then(device::of).unwrap_or("alsa:hw:").to_owned();
    let own = machine.clone();
    findings.push(probe("others", PATIENCE, move || {
        servers::judge(&device, &servers::look(&own))
    }));
    let own = machine.clone();
    findings.push(probe("clock", PATIENCE, move || {
        clock::judge(clock::look(&own))
    }));
    findings.push(speech::judge());
    findings
}

/// The checks that take less than a second together and disturb nothing. Blocking, two seconds at most.
#[must_use]
pub fn glance(machine: &Machine, room: &Room) -> Vec<Finding> {
    let mut findings = vec![record(room, QUICK)];
    let own = machine.clone();
    let memory = probe("memory", QUICK, move || memory::judge(memory::look(&own)));
    findings.push(memory);
    // Where nothing sounds, nothing drops out.
    if device::of(room).is_some() {
        let computer = computer(machine, &Process::this(), QUICK).into_iter();
        findings.extend(computer.filter(|finding| finding.check != "memory"));
    }
    findings
}

/// The device and its ears.
fn sound(room: &Room, plays: bool, findings: &mut Vec<Finding>) {
    let Some(id) = device::of(room) else {
        let advice = "name a device in the room file; `undersong devices` lists them";
        findings.push(Finding::warn("device", UNHEARD, advice));
        return;
    };
    if plays {
        let says = format!("a session uses {id} now, so it is not looked at");
        findings.push(Finding::ok("device", says));
        return;
    }
    let (wanted, asked) = (id.to_owned(), room.clone());
    let seen = within(DEVICE, move || device::look(&wanted, &asked));
    let seen = seen.unwrap_or_else(|| Err(crate::output::DeviceError::Hangs(id.to_owned())));
    findings.extend(device::judge(id, room, &seen));
    let Ok(seen) = seen else {
        return;
    };
    let wiring = room.wiring(seen.channels);
    let (id, folder) = (id.to_owned(), room.journal.clone());
    findings.push(probe("ears", PATIENCE, move || {
        let verified = Verified::read(&folder);
        device::judge_ears(&id, &wiring, &verified, now(), &boot())
    }));
}

fn record(room: &Room, patience: Duration) -> Finding {
    let folder: PathBuf = room.journal.clone();
    probe("disk", patience, move || {
        disk::judge_room(&folder, &disk::room(&folder))
    })
}

fn computer(machine: &Machine, process: &Process, patience: Duration) -> Vec<Finding> {
    let own = || machine.clone();
    let (a, b, c, d) = (own(), own(), own(), own());
    let process = process.clone();
    vec![
        probe("memory", patience, move || memory::judge(memory::look(&a))),
        probe("priority", patience, move || {
            real_time::judge(real_time::look(&b, &process))
        }),
        probe("processor", patience, move || {
            governor::judge(&governor::look(&c))
        }),
        probe("sleep", patience, move || sleep::judge(sleep::look(&d))),
    ]
}

/// A check on a thread that can be given up.
fn probe(
    check: &'static str,
    patience: Duration,
    look: impl FnOnce() -> Finding + Send + 'static,
) -> Finding {
    within(patience, look).unwrap_or_else(|| {
        let says = format!(
            "this check got no answer for {} ms and was given up",
            patience.as_millis()
        );
        Finding::warn(
            check,
            says,
            "see whether a disk or a device of this computer hangs",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_check_that_hangs_is_given_up_and_said() {
        let (release, hang) = channel::<()>();
        let finding = probe("disk", Duration::from_millis(5), move || {
            let _ = hang.recv();
            Finding::ok("disk", "never")
        });
        assert_eq!(finding.verdict, Verdict::Warn);
        assert!(finding.says.contains("given up"), "{finding:?}");
        drop(release);
        assert_eq!(
            probe("disk", PATIENCE, || Finding::ok("disk", "fine")).verdict,
            Verdict::Ok
        );
    }

    #[test]
    fn a_glance_looks_at_what_can_end_a_session_and_where_nothing_sounds_at_little_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("proc")).unwrap();
        std::fs::write(
            folder.path().join("proc/meminfo"),
            "MemAvailable: 90000 kB\n",
        )
        .unwrap();
        let machine = Machine::under(folder.path());
        let room = |output| Room {
            file: "room.yaml".into(),
            name: "r".to_owned(),
            output,
            rate: None,
            period: 1024,
            zones: Vec::new(),
            caps: crate::zone::Caps::default(),
            media: Vec::new(),
            journal: folder.path().join("journal"),
            socket: "s".into(),
        };
        let checks = |output| -> Vec<&str> {
            let findings = glance(&machine, &room(output)).into_iter();
            let findings = findings.inspect(|finding| {
                let fails = finding.verdict == Verdict::Fail;
                assert_eq!(fails, finding.check == "memory", "{finding:?}");
            });
            findings.map(|finding| finding.check).collect()
        };
        assert_eq!(checks(crate::room::Output::Paced), ["disk", "memory"]);
        let device = crate::room::Output::Device("alsa:card".to_owned());
        let all = ["disk", "memory", "priority", "processor", "sleep"];
        assert_eq!(checks(device), all);
    }
}
