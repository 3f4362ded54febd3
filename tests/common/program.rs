//! The program itself, in a folder of the test's own with music, a cue and scripts.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::files::{Wav, wav};
use super::sounds::noise;

/// A folder with `music.wav` (61 s at 44.1 kHz), `other.wav` (20.5 s) and `words.wav` (3 s), and a cache beside it.
pub struct Desk {
    folder: tempfile::TempDir,
    cache: tempfile::TempDir,
}

/// What the program said, and how it ended.
pub struct Said {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            cache: tempfile::tempdir().unwrap(),
        };
        let music = noise(1, 0.2, 61 * 44_100);
        wav(&desk.path("music.wav"), &music, 44_100, 2, Wav::Bits(16));
        let other = noise(2, 0.3, 984_001);
        wav(&desk.path("other.wav"), &other, 48_000, 1, Wav::Float);
        let words = noise(3, 0.25, 144_000);
        wav(&desk.path("words.wav"), &words, 48_000, 2, Wav::Bits(24));
        desk
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Where the program keeps what it found out about files.
    pub fn cache(&self) -> &Path {
        self.cache.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// The program, ready to run in the folder.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_undersong"));
        self.dress(&mut command);
        command.args(args);
        command
    }

    /// Any program, as ours is run.
    pub fn dress(&self, command: &mut Command) {
        command
            .current_dir(self.folder())
            .env("UNDERSONG_CACHE", self.cache.path())
            .env_remove("NOTIFY_SOCKET");
    }

    /// The program on a terminal, which `script` is.
    pub fn on_a_terminal(&self, args: &[&str]) -> Command {
        let mut terminal = Command::new("script");
        let line = format!("{} {}", env!("CARGO_BIN_EXE_undersong"), args.join(" "));
        terminal.args(["-qec", &line, "/dev/null"]);
        self.dress(&mut terminal);
        terminal
    }

    pub fn run(&self, args: &[&str]) -> Said {
        said(&self.command(args).output().unwrap())
    }

    /// The names of what is in the folder.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder()).unwrap();
        let name = |entry: std::fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<String> = entries.map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }
}

pub fn said(output: &Output) -> Said {
    Said {
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// Twenty seconds for two listeners, decided in every frame.
pub const COUPLE: &str = "\
undersong: 1
title: Two & <one>
seed: 11
music: { fade-in: 1s, fade-out: 2s, phase-crossfade: 3s }
phases:
  - name: arrival
    length: 20s
    playlist: { tracks: [music.wav] }
    level: -2 dB
    end: hold
    cues:
      - { name: welcome, at: 5s, voice: words.wav, to: a }
      - { at: 12s, remind: \"Look at both, <gently>\" }
  - name: return
    length: 11s
    music: silence
    cues:
      - { name: bell, at: end - 4s, chime: words.wav }
";
