//! A running daemon in a folder of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use undersong::control::{Client, ClientError};
use undersong::daemon::{Answer, Order, Status};

/// How long it may take until a daemon answers.
const READY: Duration = Duration::from_secs(20);
/// How long an answer may take: the first start looks at every file.
const ANSWER: Duration = Duration::from_secs(120);

/// A folder with the program, its cache, and media.
pub struct Folder(TempDir);

impl Folder {
    /// A folder in which a copy of the program lies, so that building goes on meanwhile and changes nothing.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("undersong-").tempdir();
        let folder = Self(folder.expect("a folder for what is temporary"));
        let program = env!("CARGO_BIN_EXE_undersong");
        fs::copy(program, folder.path("undersong")).expect("the program");
        fs::create_dir(folder.path("media")).expect("a folder");
        folder
    }

    /// Keeps it, for whoever wants to know what went wrong; where it is.
    pub fn keep(self) -> PathBuf {
        self.0.keep()
    }

    /// Where something lies in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("room on the disk");
    }

    /// Copies the files of a folder of the project into the media folder.
    pub fn bring(&self, name: &str) {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        self.bring_from(&from, name, |_| true);
    }

    /// Copies those files of any folder that are wanted into the media folder, to a folder of this name.
    pub fn bring_from(&self, from: &Path, name: &str, wanted: impl Fn(&Path) -> bool) {
        let to = self.path("media").join(name);
        fs::create_dir_all(&to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder with files") {
            let file = entry.expect("a file").path();
            if let (true, Some(name)) = (file.is_file() && wanted(&file), file.file_name()) {
                fs::copy(&file, to.join(name)).expect("room on the disk");
            }
        }
    }

    /// How many bytes lie beneath a folder in it, and in how many files.
    pub fn size(&self, name: &str) -> (u64, usize) {
        let entries = fs::read_dir(self.path(name)).into_iter().flatten();
        let sizes = entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()));
        sizes.fold((0, 0), |(bytes, files), size| (bytes + size, files + 1))
    }
}

/// A daemon; dropped, it is ended.
pub struct Daemon {
    child: Child,
    program: PathBuf,
    socket: PathBuf,
    log: PathBuf,
    client: Client,
}

impl Daemon {
    /// Starts a daemon on what the room file's lines say, and waits until it answers.
    pub async fn start(folder: &Folder, room: &str, environment: &[(&str, &Path)]) -> Self {
        let lines = "media: media\njournal: journal\nsocket: run/control.sock\n";
        let room = format!("undersong-room: 1\nname: Measured\n{lines}{room}");
        folder.write("room.yaml", &room);
        let log = folder.path("daemon.log");
        let (program, socket) = (folder.path("undersong"), folder.path("run/control.sock"));
        let mut command = Command::new(&program);
        command
            .args(["serve", "--room"])
            .arg(folder.path("room.yaml"))
            .env("UNDERSONG_CACHE", folder.path("cache"))
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).expect("room on the disk"));
        let daemon = Self {
            child: command.spawn().expect("the program"),
            client: Client::new(&socket),
            program,
            socket,
            log,
        };
        let begun = Instant::now();
        while daemon.client.status().await.is_err() {
            assert!(begun.elapsed() < READY, "{}", daemon.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        daemon
    }

    /// Its number with the system.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// How to reach it.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// How things are.
    ///
    /// # Panics
    /// Where it does not answer: that is what is never to happen.
    pub async fn status(&self) -> Status {
        let status = tokio::time::timeout(ANSWER, self.client.status()).await;
        match status {
            Ok(Ok(status)) => status,
            Ok(Err(error)) => panic!("the daemon gives no status: {error}\n{}", self.said()),
            Err(late) => panic!("the daemon hangs: {late}\n{}", self.said()),
        }
    }

    /// Gives an order for the session of `status`; the answer, or why it was refused.
    ///
    /// # Panics
    /// Where it does not answer.
    pub async fn order(
        &self,
        order: Order,
        forecast: bool,
        status: &Status,
    ) -> Result<Answer, undersong::daemon::Refused> {
        let answer = self.client.order(order.clone(), forecast, status);
        match tokio::time::timeout(ANSWER, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(ClientError::Refused(refused))) => Err(refused),
            Ok(Err(error)) => panic!("no answer to {order:?}: {error}\n{}", self.said()),
            Err(late) => panic!("the daemon hangs at {order:?}: {late}\n{}", self.said()),
        }
    }

    /// Steers it from the command line; what was said. Blocking.
    ///
    /// # Panics
    /// Where that fails.
    pub fn run(&self, words: &[&str]) -> String {
        let mut command = Command::new(&self.program);
        command.args(words).env("UNDERSONG_SOCKET", &self.socket);
        let output = command.output().expect("the program");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{words:?}: {said}");
        said
    }

    /// What it said on its standard error.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
