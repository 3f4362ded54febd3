//! mpd, as it plays the same files in the same real time, to nothing.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::room::daemon::Folder;

/// A running mpd; dropped, it is ended.
pub struct Rival(Child);

/// What is to be done where there is none.
pub const MISSING: &str = "mpd is missing, and there is nothing to compare with. On Debian and Ubuntu: sudo apt-get install mpd";

impl Rival {
    /// Plays all files of `media/music` in their order, again and again, with a crossfade of 10 s. `format` is what its
    /// output takes; nothing for what the files are. `None` where no mpd is installed.
    ///
    /// # Panics
    /// Where it does not play.
    pub fn start(folder: &Folder, name: &str, format: Option<&str>) -> Option<Self> {
        std::fs::create_dir_all(folder.path(name)).expect("a folder");
        let path = |file: &str| folder.path(&format!("{name}/{file}")).display().to_string();
        let music = folder.path("media/music").display().to_string();
        let format = format.map_or_else(String::new, |format| format!("format \"{format}\"\n"));
        let config = format!(
            "music_directory \"{music}\"\ndb_file \"{}\"\nlog_file \"{}\"\nbind_to_address \"{}\"\n\
             zeroconf_enabled \"no\"\nauto_update \"no\"\n\
             audio_output {{\ntype \"null\"\nname \"nothing\"\nsync \"yes\"\n{format}}}\n",
            path("db"),
            path("log"),
            path("socket")
        );
        folder.write(&format!("{name}/mpd.conf"), &config);
        let mut command = Command::new("mpd");
        command
            .args(["--no-daemon", "--stderr"])
            .arg(path("mpd.conf"));
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let rival = Self(child);
        let begun = Instant::now();
        let stream = loop {
            if let Ok(stream) = UnixStream::connect(path("socket")) {
                break stream;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "mpd does not answer"
            );
            std::thread::sleep(Duration::from_millis(50));
        };
        let mut talk = Talk::new(stream);
        talk.say("update");
        while talk
            .say("status")
            .iter()
            .any(|line| line.starts_with("updating_db"))
        {
            std::thread::sleep(Duration::from_millis(50));
        }
        for words in ["add /", "crossfade 10", "repeat 1", "play 0"] {
            talk.say(words);
        }
        let status = talk.say("status");
        assert!(
            status.iter().any(|line| line == "state: play"),
            "mpd does not play: {status:?}"
        );
        Some(rival)
    }

    /// Its number with the system.
    pub fn process(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A connection to mpd.
struct Talk(BufReader<UnixStream>);

impl Talk {
    fn new(stream: UnixStream) -> Self {
        let mut talk = Self(BufReader::new(stream));
        let mut greeting = String::new();
        talk.0.read_line(&mut greeting).expect("mpd's greeting");
        talk
    }

    /// What it answers, a line each.
    fn say(&mut self, words: &str) -> Vec<String> {
        writeln!(self.0.get_mut(), "{words}").expect("mpd");
        let mut answer = Vec::new();
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).expect("mpd's answer");
            let line = line.trim_end();
            assert!(
                !line.is_empty() && !line.starts_with("ACK"),
                "{words}: {line}"
            );
            if line == "OK" {
                return answer;
            }
            answer.push(line.to_owned());
        }
    }
}
