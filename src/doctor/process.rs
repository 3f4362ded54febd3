//! Whose limits and groups are judged: the daemon's, where one runs that can be seen, and otherwise those of who runs this.

use super::{Finding, Machine};

const CHECK: &str = "limits";

/// A program that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// The daemon's number; `None` for this program itself.
    daemon: Option<u32>,
}

impl Process {
    /// This program.
    #[must_use]
    pub const fn this() -> Self {
        Self { daemon: None }
    }

    /// The daemon with this number; this program where its files cannot be read.
    #[must_use]
    pub fn of_daemon(machine: &Machine, number: u32) -> Self {
        let daemon = Self {
            daemon: Some(number),
        };
        match daemon.text(machine, "limits") {
            Some(_) => daemon,
            None => Self::this(),
        }
    }

    /// Whether it is the daemon.
    #[must_use]
    pub const fn is_daemon(&self) -> bool {
        self.daemon.is_some()
    }

    /// What the system tells of it in one of its files. Blocking, shortly.
    #[must_use]
    pub fn text(&self, machine: &Machine, file: &str) -> Option<String> {
        match self.daemon {
            Some(number) => machine.text(&format!("/proc/{number}/{file}")),
            None => machine.text(&format!("/proc/self/{file}")),
        }
    }

    /// The numbers behind a name in what the system tells of it.
    #[must_use]
    pub fn numbers(&self, machine: &Machine, name: &str) -> Vec<String> {
        let status = self.text(machine, "status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let words = line.unwrap_or_default().split_whitespace();
        words.map(ToOwned::to_owned).collect()
    }

    /// Whose it is: `maria`, or the user's number where it has no name.
    fn user(&self, machine: &Machine) -> String {
        let uid = self.numbers(machine, "Uid:").into_iter().nth(1);
        let uid = uid.unwrap_or_else(|| "?".to_owned());
        let users = machine.text("/etc/passwd").unwrap_or_default();
        let name = users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1) == Some(uid.as_str())).then(|| name.to_owned())
        });
        name.unwrap_or_else(|| format!("number {uid}"))
    }

    /// Says whose the limits are, and how to see the daemon's.
    #[must_use]
    pub fn told(&self, machine: &Machine) -> Finding {
        let user = self.user(machine);
        match self.daemon {
            Some(number) => Finding::ok(
                CHECK,
                format!(
                    "`priority` and `user` are those of the daemon that runs (user {user}, process {number})"
                ),
            ),
            None => Finding::warn(
                CHECK,
                format!(
                    "`priority` and `user` are those of {user}, who runs this, and not the daemon's, which has its limits \
                     from its unit"
                ),
                "begin it with `sudo systemctl start undersong`, and run this again as a user in the daemon's group",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn whose_limits_are_judged_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put(
            "etc/passwd",
            "root:x:0:0::/root:/bin/sh\nmaria:x:1000:1000::/home/maria:/bin/sh\n",
        );
        put("proc/self/status", "Uid:\t1000\t1000\t1000\t1000\n");
        put("proc/812/status", "Uid:\t990\t990\t990\t990\n");
        let machine = Machine::under(folder.path());
        let hidden = Process::of_daemon(&machine, 812);
        assert!(
            hidden
                .told(&machine)
                .says
                .contains("those of maria, who runs this")
        );
        put("proc/812/limits", "Max realtime priority 60 60\n");
        let seen = Process::of_daemon(&machine, 812);
        assert!(
            seen.told(&machine)
                .says
                .contains("(user number 990, process 812)")
        );
    }
}
