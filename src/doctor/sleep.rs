//! Whether the machine may fall asleep in the middle of a session.

use std::path::Path;

use super::{Finding, Machine};

const CHECK: &str = "sleep";
const SYSTEM: &str = "/etc/systemd/system";
const TARGETS: [&str; 4] = ["sleep", "suspend", "hibernate", "hybrid-sleep"];
const AWAKE: &str = "/etc/systemd/system/undersong.service.wants/undersong-awake.service";

/// What is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that have nothing to do with each other"
)]
pub struct Sleep {
    /// The machine runs systemd, which is the only one that we know to ask.
    pub systemd: bool,
    /// Sleep is switched off for good: its targets are masked, or the configuration says so.
    pub off: bool,
    /// A program holds sleep off now.
    pub held: bool,
    /// Our own unit that does so starts with the daemon.
    pub awake: bool,
    /// There is a lid.
    pub lid: bool,
    /// A lid that is shut does nothing.
    pub lid_off: bool,
}

/// Looks at the system's settings. Blocking, shortly.
#[must_use]
pub fn look(machine: &Machine) -> Sleep {
    let masked = |target: &&str| {
        let link = machine.link(&format!("{SYSTEM}/{target}.target"));
        link.is_some_and(|link| link == Path::new("/dev/null"))
    };
    let sleep = setting(machine, "sleep", "AllowSuspend");
    let inhibitors = machine.names("/run/systemd/inhibit").into_iter();
    let holds: Vec<String> = inhibitors
        .filter_map(|name| machine.text(&format!("/run/systemd/inhibit/{name}")))
        .filter(|text| text.lines().any(|line| line == "MODE=block"))
        .collect();
    let held = |what: &str| {
        let mut whats = holds
            .iter()
            .flat_map(|text| text.lines())
            .filter_map(|line| line.strip_prefix("WHAT="));
        whats.any(|whats| whats.split(':').any(|word| word == what))
    };
    let lid = setting(machine, "logind", "HandleLidSwitch");
    Sleep {
        systemd: machine.has("/run/systemd/system"),
        off: masked(&"sleep")
            || TARGETS[1..].iter().all(masked)
            || sleep.is_some_and(|word| word == "no"),
        held: held("sleep"),
        awake: machine.has(AWAKE),
        lid: !machine.names("/proc/acpi/button/lid").is_empty(),
        lid_off: held("handle-lid-switch") || lid.is_some_and(|word| word == "ignore"),
    }
}

/// The last word of a key in a file of systemd's and in those beside it; the later ones win.
fn setting(machine: &Machine, file: &str, key: &str) -> Option<String> {
    let main = format!("/etc/systemd/{file}.conf");
    let beside = machine.names(&format!("{main}.d")).into_iter();
    let beside = beside.map(|name| format!("{main}.d/{name}"));
    let texts = std::iter::once(main.clone())
        .chain(beside.filter(|name| Path::new(name).extension().is_some_and(|it| it == "conf")))
        .filter_map(|name| machine.text(&name));
    let all: String = texts.map(|text| text + "\n").collect();
    let mut lines = all.lines().filter_map(|line| line.split_once('='));
    let (_, value) = lines.rfind(|(name, _)| name.trim() == key)?;
    Some(value.trim().to_owned())
}

/// What it means.
#[must_use]
pub fn judge(sleep: Sleep) -> Finding {
    const ENABLE: &str = "as root: copy packaging/undersong-awake.service to /etc/systemd/system/ and \
                          `systemctl enable --now undersong-awake`";
    if !sleep.systemd {
        let says = "whether this machine may fall asleep cannot be found out (it runs no systemd)";
        return Finding::warn(
            CHECK,
            says,
            "look at its power settings, and switch sleep off",
        );
    }
    let awake = sleep.off || sleep.held || sleep.awake;
    let lid_safe = sleep.off || !sleep.lid || sleep.lid_off || sleep.awake;
    match (awake, lid_safe) {
        (true, true) => {
            let why = match (sleep.off, sleep.held) {
                (true, _) => "sleep is switched off",
                (_, true) => "a program holds sleep off",
                _ => "it is kept awake while the daemon runs",
            };
            Finding::ok(CHECK, format!("the machine stays awake: {why}"))
        }
        (true, false) => {
            let says = "the machine falls asleep when its lid is shut, and the sound stops";
            Finding::warn(CHECK, says, ENABLE)
        }
        (false, _) => {
            let says =
                "the machine may fall asleep in the middle of a session, and the sound stops";
            Finding::warn(CHECK, says, ENABLE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;
    use std::fs;

    fn machine() -> (tempfile::TempDir, Machine) {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::under(folder.path());
        for place in ["/run/systemd/system", "/run/systemd/inhibit", SYSTEM] {
            fs::create_dir_all(machine.path(place)).unwrap();
        }
        (folder, machine)
    }

    fn verdict(machine: &Machine) -> Verdict {
        judge(look(machine)).verdict
    }

    #[test]
    fn a_machine_that_nobody_told_may_sleep() {
        let (_folder, machine) = machine();
        assert_eq!(verdict(&machine), Verdict::Warn);
        fs::create_dir_all(machine.path("/etc/systemd/sleep.conf.d")).unwrap();
        let own = machine.path("/etc/systemd/sleep.conf.d/never.conf");
        fs::write(&own, "[Sleep]\n AllowSuspend = no\n").unwrap();
        assert_eq!(verdict(&machine), Verdict::Ok);
        fs::write(own, "[Sleep]\n#AllowSuspend=no\n").unwrap();
        assert_eq!(verdict(&machine), Verdict::Warn);
        let null = "/dev/null";
        std::os::unix::fs::symlink(null, machine.path("/etc/systemd/system/sleep.target")).unwrap();
        assert_eq!(verdict(&machine), Verdict::Ok);
    }

    #[test]
    fn who_only_delays_sleep_does_not_hold_it_off() {
        let (_folder, machine) = machine();
        let hold = |mode: &str, what: &str| {
            let text =
                format!("# This is private data. Do not parse.\nWHAT={what}\nMODE={mode}\nUID=0\n");
            fs::write(machine.path("/run/systemd/inhibit/1"), text).unwrap();
        };
        hold("delay", "sleep:idle");
        assert_eq!(verdict(&machine), Verdict::Warn);
        hold("block", "sleep:idle");
        assert_eq!(verdict(&machine), Verdict::Ok);
        fs::create_dir_all(machine.path("/proc/acpi/button/lid/LID0")).unwrap();
        assert!(judge(look(&machine)).says.contains("lid"));
        hold("block", "sleep:idle:handle-lid-switch");
        assert_eq!(verdict(&machine), Verdict::Ok);
    }

    #[test]
    fn our_own_unit_is_known() {
        let (_folder, machine) = machine();
        let wants = machine.path(AWAKE);
        fs::create_dir_all(wants.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink("../undersong-awake.service", wants).unwrap();
        assert!(judge(look(&machine)).says.contains("while the daemon runs"));
    }
}
