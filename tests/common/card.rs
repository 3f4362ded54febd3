//! A sound card without a card, for a preview that runs as a program of its own.

use std::io::{BufRead, BufReader, Lines};
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

/// A preview that runs, and the card it plays on.
pub struct Preview {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
    captured: PathBuf,
    control: PathBuf,
}

impl Preview {
    /// Previews a script; the card is the system's default, and `alsa:card` too. `fields` describe it further.
    pub fn start(stage: &Stage, script: &str, fields: &str, arguments: &[&str]) -> Self {
        let (captured, control) = (stage.path("captured"), stage.path("control"));
        let card = format!(
            "type capture file \"{}\" control \"{}\" {fields} hint {{ show on description \"A card\" }}",
            captured.display(),
            control.display()
        );
        let config = format!(
            "pcm_type.capture {{ lib \"{}\" }}\npcm.!default {{ {card} }}\npcm.card {{ {card} }}\n",
            plugin().display()
        );
        std::fs::write(stage.path("asound.conf"), config).unwrap();
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
            captured,
            control,
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
        std::fs::write(&self.control, word).unwrap();
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
        let captured = std::fs::read(self.captured).unwrap_or_default();
        let floats = captured.chunks_exact(4);
        let floats = floats.map(|b| f32::from_le_bytes(b.try_into().unwrap()));
        (output.status, self.said.join("\n"), floats.collect())
    }
}
