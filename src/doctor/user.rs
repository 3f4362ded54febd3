//! Whether the user who plays may use sound devices.

use super::{Finding, Machine, Process};

const CHECK: &str = "user";

/// Who plays, as far as devices go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// It is root.
    pub is_root: bool,
    /// The user belongs to the group `audio`; `None` where there is no such group.
    pub in_audio: Option<bool>,
    /// The machine has sound devices of its own.
    pub has_cards: bool,
}

/// Looks at whose a process is. Blocking, shortly.
#[must_use]
pub fn look(machine: &Machine, process: &Process) -> User {
    let numbers = |name: &str| process.numbers(machine, name);
    let groups = machine.text("/etc/group").unwrap_or_default();
    let audio = groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some("audio")).then(|| fields.nth(1).unwrap_or_default().to_owned())
    });
    let own: Vec<String> = [numbers("Gid:"), numbers("Groups:")].concat();
    User {
        is_root: numbers("Uid:").get(1).is_some_and(|uid| uid == "0"),
        in_audio: audio.map(|audio| own.contains(&audio)),
        has_cards: machine
            .names("/dev/snd")
            .iter()
            .any(|name| name.starts_with("pcm")),
    }
}

/// What it means.
#[must_use]
pub fn judge(user: &User) -> Finding {
    match user {
        User { is_root: true, .. } => Finding::ok(CHECK, "root may use every device"),
        User {
            has_cards: false, ..
        } => Finding::ok(CHECK, "no device here asks for the group `audio`"),
        User {
            in_audio: Some(false),
            ..
        } => {
            let says =
                "this user does not belong to the group `audio`, and may not use sound devices";
            Finding::warn(
                CHECK,
                says,
                "as root: `adduser USER audio`, then log in again; the daemon's unit does so for the daemon",
            )
        }
        _ => Finding::ok(CHECK, "this user may use sound devices"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;
    use std::fs;

    #[test]
    fn who_is_not_in_the_group_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::under(folder.path());
        for place in ["proc/self", "etc", "dev/snd"] {
            fs::create_dir_all(folder.path().join(place)).unwrap();
        }
        let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        put("dev/snd/pcmC0D0p", "");
        put("etc/group", "root:x:0:\naudio:x:29:\n");
        let of = |groups: &str| {
            put(
                "proc/self/status",
                &format!("Uid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\nGroups:\t{groups}\n"),
            );
            judge(&look(&machine, &Process::this())).verdict
        };
        assert_eq!(of("24 1000"), Verdict::Warn);
        assert_eq!(of("24 29 1000"), Verdict::Ok);
    }
}
