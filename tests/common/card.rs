//! A sound card without a card, for a program of ours that runs by itself.

use std::fs::File;
use std::io::{BufRead, BufReader, Lines, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;

use crate::common::stage::Stage;

/// Compiles the card's plugin, once.
fn plugin() -> &'static Path {
    static PLUGIN: OnceLock<PathBuf> = OnceLock::new();
    PLUGIN.get_or_init(|| {
        let plugin = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capture.so");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-DPIC", "-D_GNU_SOURCE", "-o"])
            .arg(&plugin)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alsa/capture.c"))
            .arg("-lasound")
            .status()
            .unwrap();
        assert!(compiled.success());
        plugin
    })
}

/// A card that keeps what it was given, and fails when it is told to.
pub struct Card {
    name: &'static str,
    captured: PathBuf,
    control: PathBuf,
}

impl Card {
    /// `alsa:NAME`, with its files in a folder.
    pub fn new(folder: &Path, name: &'static str) -> Self {
        Self {
            name,
            captured: folder.join(format!("{name}.captured")),
            control: folder.join(format!("{name}.control")),
        }
    }

    /// Writes ALSA's configuration: these cards, `fields` describing them further, and nothing else; the last one is the
    /// system's default too.
    pub fn config(cards: &[&Self], fields: &str, file: &Path) {
        let plugin = plugin().display();
        let mut lines = vec![format!("pcm_type.capture {{ lib \"{plugin}\" }}")];
        let names = cards.iter().map(|card| (card.name, card));
        for (name, card) in names.chain(cards.last().map(|card| ("!default", card))) {
            let (captured, control) = (card.captured.display(), card.control.display());
            lines.push(format!(
                "pcm.{name} {{ type capture file \"{captured}\" control \"{control}\" {fields} \
                 hint {{ show on description \"A card\" }} }}"
            ));
        }
        std::fs::write(file, lines.join("\n") + "\n").unwrap();
    }

    /// Makes the card fail.
    pub fn fault(&self, word: &str) {
        std::fs::write(&self.control, word).unwrap();
    }

    /// What it was given, from a sample on.
    pub fn captured_from(&self, sample: usize) -> Vec<f32> {
        let mut bytes = Vec::new();
        if let Ok(mut file) = File::open(&self.captured) {
            file.seek(SeekFrom::Start(sample as u64 * 4)).unwrap();
            file.read_to_end(&mut bytes).unwrap();
        }
        let floats = bytes.chunks_exact(4);
        let floats = floats.map(|b| f32::from_le_bytes(b.try_into().unwrap()));
        floats.collect()
    }

    /// All that it was given.
    pub fn captured(&self) -> Vec<f32> {
        self.captured_from(0)
    }
}

/// A preview that runs, and the card it plays on.
pub struct Preview {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
    card: Card,
}

impl Preview {
    /// Previews a script; the card is the system's default, and `alsa:card` too. `fields` describe it further.
    pub fn start(stage: &Stage, script: &str, fields: &str, arguments: &[&str]) -> Self {
        let card = Card::new(&stage.path(""), "card");
        Card::config(&[&card], fields, &stage.path("asound.conf"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_undersong"))
            .arg("preview")
            .arg(stage.script(script))
            .args(arguments)
            .env("ALSA_CONFIG_PATH", stage.path("asound.conf"))
            .env("UNDERSONG_CACHE", "")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            lines,
            said: Vec::new(),
            card,
        }
    }

    /// Waits until the preview says a line with these words.
    pub fn wait_for(&mut self, words: &str) {
        for line in self.lines.by_ref() {
            self.said.push(line.unwrap());
            if self.said.last().unwrap().contains(words) {
                return;
            }
        }
        panic!("never said: {words}\n{}", self.said.join("\n"));
    }

    /// Makes the card fail.
    pub fn fault(&self, word: &str) {
        self.card.fault(word);
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; what was said on both outputs, and what the card was given.
    pub fn end(mut self) -> (ExitStatus, String, Vec<f32>) {
        self.said.extend(self.lines.by_ref().map(Result::unwrap));
        let output = self.child.wait_with_output().unwrap();
        self.said.push(String::from_utf8(output.stderr).unwrap());
        (output.status, self.said.join("\n"), self.card.captured())
    }
}
