//! The daemon of a room, as a new user would run it: a program of its own, steered by commands.

use std::ffi::OsString;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::program::Desk;

/// A running daemon in a folder of its own.
pub struct Room {
    pub desk: Desk,
    pub daemon: Option<Child>,
    dressed: Vec<(&'static str, OsString)>,
}

impl Room {
    /// A room whose file has these lines on its device, once the desk is furnished.
    pub fn new(device: &str, furnish: impl FnOnce(&Desk)) -> Self {
        Self::dressed(device, Vec::new(), furnish)
    }

    /// The same with an environment of the daemon's own.
    pub fn dressed(
        device: &str,
        dressed: Vec<(&'static str, OsString)>,
        furnish: impl FnOnce(&Desk),
    ) -> Self {
        let desk = Desk::new();
        furnish(&desk);
        let file = format!(
            "undersong-room: 1\nname: Room two\n{device}media: .\n\
             journal: journal\nsocket: run/control.sock\n"
        );
        desk.write("room.yaml", &file);
        let mut room = Self {
            desk,
            daemon: None,
            dressed,
        };
        room.serve();
        room
    }

    pub fn serve(&mut self) {
        let mut command = self.desk.command(&["serve", "--room", "room.yaml"]);
        command.envs(self.dressed.iter().map(|(name, value)| (name, value)));
        let daemon = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.daemon = Some(daemon.unwrap());
        self.until("the daemon answers", |room| room.run(&["status"]).0 == 0);
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.desk.command(args);
        command.env("UNDERSONG_SOCKET", self.desk.path("run/control.sock"));
        command
    }

    /// The exit code, and what was said.
    pub fn run(&self, args: &[&str]) -> (i32, String) {
        let output = self.command(args).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        (output.status.code().unwrap_or(-1), said)
    }

    pub fn done(&self, args: &[&str]) -> String {
        let (code, said) = self.run(args);
        assert_eq!(code, 0, "{args:?}: {said}");
        said
    }

    pub fn status(&self) -> Value {
        serde_json::from_str(&self.done(&["status", "--json"])).unwrap()
    }

    pub fn position(&self) -> f64 {
        self.status()["session"]["position"].as_f64().unwrap_or(0.0)
    }

    pub fn state(&self) -> String {
        self.status()["state"].as_str().unwrap().to_owned()
    }

    /// Looks again and again; the daemon's own clock is real time, so there is nothing to turn.
    pub fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "not in time: {what}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// As a service is restarted.
    pub fn ask_to_end(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        let id = daemon.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.unwrap().success());
        assert_eq!(daemon.wait().unwrap().code(), Some(0));
    }

    pub fn kill(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        daemon.kill().unwrap();
        daemon.wait().unwrap();
    }

    pub fn journal(&self) -> Vec<Value> {
        let folder = std::fs::read_dir(self.desk.path("journal")).unwrap();
        let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| !file.to_string_lossy().contains("notes"));
        files.sort();
        let text = std::fs::read_to_string(files.last().unwrap()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub fn count(&self, what: &str) -> usize {
        self.journal()
            .iter()
            .filter(|record| record["what"] == what)
            .count()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}
