//! The units that a room's machine boots with: they fit the program, the program fits into their sandbox.
#![cfg(target_os = "linux")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use undersong::room::{Output, read};

const DAEMON: &str = "undersong.service";
const AWAKE: &str = "undersong-awake.service";
const PROGRAM: &str = "/usr/local/bin/undersong";

fn packaging() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging")
}

/// A unit's settings, in their order.
struct Unit(Vec<(String, String)>);

impl Unit {
    fn read(name: &str) -> Self {
        let text = std::fs::read_to_string(packaging().join(name)).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with(['#', '[']));
        let settings = lines.filter_map(|line| line.split_once('='));
        Self(
            settings
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    fn all(&self, key: &str) -> Vec<&str> {
        let settings = self.0.iter().filter(|(name, _)| name == key);
        settings.map(|(_, value)| value.as_str()).collect()
    }

    fn one(&self, key: &str) -> &str {
        let all = self.all(key);
        assert_eq!(all.len(), 1, "{key}: {all:?}");
        all[0]
    }
}

#[test]
fn the_unit_calls_the_program_as_it_can_be_called() {
    let unit = Unit::read(DAEMON);
    let words: Vec<&str> = unit.one("ExecStart").split_whitespace().collect();
    assert_eq!(words[0], PROGRAM);
    let help = Command::new(env!("CARGO_BIN_EXE_undersong"))
        .args([words[1], "--help"])
        .output()
        .unwrap();
    assert!(help.status.success(), "there is no verb `{}`", words[1]);
    let help = String::from_utf8(help.stdout).unwrap();
    let options: Vec<&&str> = words.iter().filter(|word| word.starts_with("--")).collect();
    assert!(!options.is_empty());
    for option in options {
        assert!(help.contains(*option), "`{}` takes no `{option}`", words[1]);
    }
    assert!(
        help.contains(words.last().unwrap()),
        "where the room file lies unless said"
    );
}

#[test]
fn what_the_room_file_names_is_what_the_sandbox_gives() {
    let unit = Unit::read(DAEMON);
    let text = std::fs::read_to_string(packaging().join("room.yaml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let media = folder.path().display().to_string();
    let file = folder.path().join("room.yaml");
    std::fs::write(&file, text.replace("/srv/undersong", &media)).unwrap();
    let room = read(&file).unwrap();
    assert_eq!(room.output, Output::Paced, "a fresh room frightens nobody");
    let state = Path::new("/var/lib").join(unit.one("StateDirectory"));
    assert!(
        room.journal.starts_with(&state),
        "{}",
        room.journal.display()
    );
    let run = Path::new("/run").join(unit.one("RuntimeDirectory"));
    assert!(room.socket.starts_with(&run), "{}", room.socket.display());
    let cache = format!("UNDERSONG_CACHE=/var/cache/{}", unit.one("CacheDirectory"));
    assert!(unit.all("Environment").contains(&cache.as_str()));
}

#[test]
fn the_sandbox_lets_the_sound_and_the_record_be() {
    let unit = Unit::read(DAEMON);
    // Real-time priority and locked memory, by limits.
    assert!(unit.one("LimitRTPRIO").parse::<u32>().unwrap() >= 50);
    assert_eq!(unit.one("LimitMEMLOCK"), "infinity");
    assert_ne!(unit.all("RestrictRealtime"), ["yes"]);
    assert_eq!(unit.one("SupplementaryGroups"), "audio");
    assert_eq!(unit.one("DeviceAllow"), "char-alsa rw");
    let calls: HashSet<&str> = unit
        .all("SystemCallFilter")
        .last()
        .unwrap()
        .split(' ')
        .collect();
    for call in ["mlockall", "sched_setscheduler"] {
        assert!(calls.contains(call), "{call}");
    }
    // Without the boot id a crash looks like a reboot, and the session would wait for somebody to ask for it.
    assert_ne!(unit.all("ProcSubset"), ["pid"]);
    // It comes back however often it fails, and is fed by what it does.
    assert_eq!(unit.one("Restart"), "always");
    assert_eq!(unit.one("StartLimitIntervalSec"), "0");
    assert_eq!(unit.one("Type"), "notify");
}

#[test]
fn the_machine_stays_awake_with_the_daemon() {
    let unit = Unit::read(AWAKE);
    let call = unit.one("ExecStart");
    let what = call
        .split_whitespace()
        .find_map(|word| word.strip_prefix("--what="));
    let what: HashSet<&str> = what.unwrap().split(':').collect();
    assert_eq!(what, HashSet::from(["sleep", "idle", "handle-lid-switch"]));
    assert!(call.contains("--mode=block"), "{call}");
    assert_eq!(unit.one("BindsTo"), DAEMON);
    assert_eq!(unit.one("WantedBy"), DAEMON);
    assert!(unit.one("After").contains(DAEMON));
    // Only root may hold off a lid.
    assert!(unit.all("User").is_empty());
}

/// What systemd itself says of the units, where it is there.
#[test]
fn systemd_has_nothing_to_say() {
    let folder = tempfile::tempdir().unwrap();
    for name in [DAEMON, AWAKE] {
        let text = std::fs::read_to_string(packaging().join(name)).unwrap();
        assert!(text.lines().all(|line| line == line.trim_end()), "{name}");
        let text = text.replace(PROGRAM, env!("CARGO_BIN_EXE_undersong"));
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let analyse = |args: &[&str]| {
        let mut command = Command::new("systemd-analyze");
        command.current_dir(folder.path()).args(args).output()
    };
    // A machine without systemd: the checks above are what is left.
    let Ok(verified) = analyse(&[
        "verify",
        "--man=no",
        "./undersong.service",
        "./undersong-awake.service",
    ]) else {
        return;
    };
    let said = [verified.stdout, verified.stderr].concat();
    assert_eq!(String::from_utf8_lossy(&said), "");
    assert!(verified.status.success());
    let judged = analyse(&[
        "security",
        "--offline=true",
        "--threshold=15",
        "./undersong.service",
    ]);
    let judged = judged.unwrap();
    let said = String::from_utf8_lossy(&judged.stdout);
    assert!(
        judged.status.success(),
        "{}",
        said.lines().last().unwrap_or_default()
    );
}
