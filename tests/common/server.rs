//! A sound server of the test's own, with sinks that nobody hears, and a recorder at each.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pulse,
    /// With its own door for the clients of `PulseAudio`.
    PipeWire,
    /// With a clock for a card.
    Jack,
}

/// A server, what belongs to it, and its recorders.
pub struct Server {
    kind: Kind,
    folder: tempfile::TempDir,
    running: Vec<Child>,
    recorders: Vec<Child>,
    takes: usize,
}

/// The sink that is played on, the server's default, and one more.
pub const SINKS: [&str; 3] = ["room", "other", "third"];

/// Without `norewinds` it takes two seconds at once.
const SINK: [&str; 4] = [
    "rate=48000",
    "channels=2",
    "format=float32le",
    "norewinds=1",
];

const NEEDS: [(Kind, &[&str], &str); 3] = [
    (
        Kind::Pulse,
        &["pulseaudio", "pactl", "parec", "chrt"],
        "apt-get install pulseaudio pulseaudio-utils libasound2-plugins",
    ),
    (
        Kind::PipeWire,
        &[
            "pipewire",
            "wireplumber",
            "pipewire-pulse",
            "dbus-daemon",
            "pactl",
            "parec",
        ],
        "apt-get install pipewire pipewire-bin pipewire-pulse wireplumber dbus pulseaudio-utils libasound2-plugins",
    ),
    (
        Kind::Jack,
        &["jackd", "jack_lsp", "jack_rec", "chrt"],
        "apt-get install jackd2",
    ),
];

/// JACK knows no more than eight servers by their names, and one that was killed is forgotten when the next of its name starts.
const JACK: &str = "undersong-test";
/// What `jack_rec` writes: integers of this full scale.
const JACK_SCALE: f32 = 2_147_483_648.0;

/// What the server says of itself goes nowhere; no test reads it.
fn quiet(command: &mut Command) -> Child {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null()).spawn().unwrap()
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).exists())
}

/// Ends a process of ours.
fn end(mut child: Child) {
    let _ = child.kill();
    let _ = child.wait();
}

impl Server {
    /// Starts a server, and says what to install where something is missing.
    pub fn new(kind: Kind) -> Self {
        for (of, programs, install) in NEEDS {
            let missing = programs.iter().find(|program| !is_there(program));
            if let (true, Some(missing)) = (of == kind, missing) {
                panic!("`{missing}` is missing; as root, on Debian and Ubuntu: {install}");
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let mut server = Self {
            kind,
            folder,
            running: Vec::new(),
            recorders: Vec::new(),
            takes: 0,
        };
        for name in ["rt/pulse", "home/.config"] {
            std::fs::create_dir_all(server.path(name)).unwrap();
        }
        server.configure();
        server.start();
        server
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn socket(&self) -> PathBuf {
        self.path("rt/pulse/native")
    }

    /// What a client has to know.
    pub fn dressed(&self) -> Vec<(&'static str, OsString)> {
        let mut server = OsString::from("unix:");
        server.push(self.socket());
        let path = |name: &str| self.path(name).into_os_string();
        vec![
            ("PULSE_SERVER", server),
            ("PULSE_RUNTIME_PATH", path("rt/pulse")),
            ("PULSE_STATE_PATH", path("home")),
            ("PULSE_CONFIG_PATH", path("home")),
            ("XDG_RUNTIME_DIR", path("rt")),
            ("PIPEWIRE_RUNTIME_DIR", path("rt")),
            ("XDG_CONFIG_HOME", path("home/.config")),
            ("XDG_STATE_HOME", path("home")),
            ("HOME", path("home")),
            ("ALSA_CONFIG_PATH", path("asound.conf")),
            ("JACK_DEFAULT_SERVER", JACK.into()),
            ("JACK_NO_AUDIO_RESERVATION", "1".into()),
        ]
    }

    /// The sinks that it has.
    pub fn sinks(&self) -> &'static [&'static str] {
        if self.kind == Kind::Jack {
            &SINKS[..1]
        } else {
            &SINKS
        }
    }

    /// A session's samples as they stand in a recording of them.
    pub fn as_recorded(&self, samples: &[f32]) -> Vec<f32> {
        let recorded = |sample: &f32| match self.kind {
            Kind::Jack => (sample * JACK_SCALE).round_ties_even() / JACK_SCALE,
            Kind::Pulse | Kind::PipeWire => *sample,
        };
        samples.iter().map(recorded).collect()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.envs(self.dressed()).env_remove("DISPLAY").env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", self.path("rt/bus").display()),
        );
        command
    }

    fn configure(&self) {
        let sinks: Vec<String> = SINKS
            .iter()
            .map(|name| {
                let sink = SINK.join(" ");
                format!("load-module module-null-sink sink_name={name} {sink}\n")
            })
            .collect();
        let door = self.socket();
        let pulse = format!(
            "load-module module-native-protocol-unix auth-anonymous=1 socket={}\n{}set-default-sink other\n",
            door.display(),
            sinks.concat()
        );
        std::fs::write(self.path("sinks.pa"), pulse).unwrap();
        let alsa = "pcm.room { type pulse device \"room\" hint { show on description \"The room\" } }\n\
                    pcm.!default { type pulse }\nctl.!default { type pulse }\n";
        std::fs::write(self.path("asound.conf"), alsa).unwrap();
        let nodes: Vec<String> = SINKS
            .iter()
            .map(|name| {
                format!(
                    "  {{ factory = adapter args = {{ factory.name = support.null-audio-sink node.name = {name} \
                     node.description = {name} media.class = Audio/Sink audio.position = [ FL FR ] \
                     object.linger = true monitor.channel-volumes = true }} }}\n"
                )
            })
            .collect();
        let modules: Vec<String> = [
            "protocol-native",
            "metadata",
            "spa-device-factory",
            "spa-node-factory",
            "client-node",
            "client-device",
            "access",
            "adapter",
            "link-factory",
            "session-manager",
        ]
        .iter()
        .map(|name| format!("  {{ name = libpipewire-module-{name} }}\n"))
        .collect();
        let pipewire = format!(
            "context.properties = {{ core.daemon = true core.name = pipewire-0 support.dbus = false\n  \
             default.clock.rate = 48000 default.clock.quantum = 512 default.clock.min-quantum = 64\n  \
             default.clock.max-quantum = 2048 vm.overrides = {{ default.clock.min-quantum = 64 }} }}\n\
             context.spa-libs = {{ audio.convert.* = audioconvert/libspa-audioconvert support.* = support/libspa-support }}\n\
             context.modules = [\n  {{ name = libpipewire-module-rt args = {{ nice.level = -11 rt.prio = 20 }} \
             flags = [ ifexists nofail ] }}\n{}]\n\
             context.objects = [\n  {{ factory = spa-node-factory args = {{ factory.name = support.node.driver \
             node.name = Dummy-Driver node.group = pipewire.dummy priority.driver = 20000 }} }}\n{}]\n",
            modules.concat(),
            nodes.concat()
        );
        std::fs::write(self.path("pipewire.conf"), pipewire).unwrap();
    }

    /// Starts the server and waits until it answers and has its sinks.
    pub fn start(&mut self) {
        self.running = match self.kind {
            Kind::Pulse => vec![quiet(
                self.command("pulseaudio")
                    .args(["-n", "-F"])
                    .arg(self.path("sinks.pa"))
                    .args([
                        "--daemonize=no",
                        "--use-pid-file=no",
                        "--exit-idle-time=-1",
                        "--disable-shm=yes",
                        "--realtime=no",
                        "--high-priority=no",
                    ]),
            )],
            Kind::PipeWire => self.start_pipewire(),
            Kind::Jack => self.start_jack(),
        };
        if self.kind != Kind::Jack {
            self.wait("the server answers", |server| {
                let known = server.pactl(&["list", "short", "sinks"]);
                SINKS.iter().all(|sink| known.contains(sink))
            });
            self.pactl(&["set-default-sink", "other"]);
        }
        if self.kind == Kind::Pulse {
            // What is recorded is moved as well, where its source is the server's default.
            self.pactl(&["set-default-source", "third.monitor"]);
        }
        self.hurry();
    }

    /// Puts the server before everything else that runs here: a busy machine is no fault of the daemon's. It is told once it
    /// runs, since `PulseAudio` gives up the priority that it was started with.
    fn hurry(&self) {
        for child in &self.running {
            let id = child.id().to_string();
            let mut told = Command::new("chrt");
            let told = told.args(["-a", "-f", "-p", "20", &id]).status();
            assert!(told.unwrap().success(), "run it as root");
        }
    }

    fn start_pipewire(&self) -> Vec<Child> {
        for socket in ["rt/bus", "rt/pipewire-0", "rt/pulse/native"] {
            let _ = std::fs::remove_file(self.path(socket));
        }
        let bus = format!("unix:path={}", self.path("rt/bus").display());
        let mut running = vec![quiet(
            self.command("dbus-daemon")
                .args([
                    "--session",
                    "--nofork",
                    "--nopidfile",
                    "--nosyslog",
                    "--address",
                ])
                .arg(bus),
        )];
        self.wait("the bus is there", |server| server.path("rt/bus").exists());
        let config = self.path("pipewire.conf");
        running.push(quiet(self.command("pipewire").arg("-c").arg(config)));
        self.wait("PipeWire is there", |server| {
            server.path("rt/pipewire-0").exists()
        });
        running.push(quiet(&mut self.command("wireplumber")));
        running.push(quiet(&mut self.command("pipewire-pulse")));
        running
    }

    fn start_jack(&self) -> Vec<Child> {
        let begun = Instant::now();
        loop {
            let mut jack = self.command("jackd");
            let jack = jack.args(["-R", "-P", "20", "-n", JACK]);
            let mut jack = quiet(jack.args(["-d", "dummy", "-r", "48000", "-p", "1024", "-m"]));
            // The first one after one that was killed finds its traces, clears them away and ends.
            while jack.try_wait().unwrap().is_none() {
                let ports = self.command("jack_lsp").output().unwrap();
                if String::from_utf8_lossy(&ports.stdout).contains("monitor_2") {
                    return vec![jack];
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no JACK");
        }
    }

    fn wait(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "not in time: {what}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Tells the server to do something; what it says.
    pub fn pactl(&self, args: &[&str]) -> String {
        let output = self.command("pactl").args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Takes a sink away; the server has others.
    pub fn unplug(&self, sink: &str) {
        let modules = self.pactl(&["list", "short", "modules"]);
        let named = format!("sink_name={sink} ");
        let module = modules.lines().find(|line| line.contains(&named)).unwrap();
        self.pactl(&["unload-module", module.split('\t').next().unwrap()]);
    }

    /// Brings a sink that was taken away.
    pub fn plug(&mut self, sink: &str) {
        let module = format!("sink_name={sink}");
        let mut args = vec!["load-module", "module-null-sink", &module];
        args.extend(SINK);
        self.pactl(&args);
        self.hurry();
        self.recorders.drain(..).for_each(end);
    }

    /// Sends a signal to all that belongs to it.
    pub fn signal(&self, name: &str) {
        for child in &self.running {
            let id = child.id().to_string();
            let sent = Command::new("kill").args([name, &id]).status().unwrap();
            assert!(sent.success());
        }
    }

    /// Ends the server, and what was recorded goes on in another take.
    pub fn kill(&mut self) {
        self.running.drain(..).rev().for_each(end);
        self.recorders.drain(..).for_each(end);
    }

    fn take(&self, sink: &str, take: usize) -> PathBuf {
        self.path(&format!("{sink}.{take}"))
    }

    /// Records what each sink is sent.
    pub fn record(&mut self) {
        self.takes += 1;
        let begun = Instant::now();
        for sink in self.sinks() {
            // Right after its start a server may take a recorder in and leave it without sound.
            while !self.begin_to_record(sink) {
                assert!(
                    begun.elapsed() < Duration::from_secs(20),
                    "`{sink}` is not recorded"
                );
            }
        }
    }

    fn recorder(&self, sink: &str) -> Command {
        let take = self.take(sink, self.takes);
        if self.kind == Kind::Jack {
            let mut recorder = self.command("jack_rec");
            recorder.arg("-f").arg(take).args(["-d", "600", "-b", "32"]);
            // Once it has no room left it loses parts of a sample, and writes noise from then on.
            recorder.args(["-B", "1000000"]);
            recorder.args(["system:monitor_1", "system:monitor_2"]);
            recorder.stdout(Stdio::null());
            return recorder;
        }
        let mut recorder = self.command("parec");
        recorder
            .args(["--raw", "--rate=48000", "--channels=2"])
            .args(["--format=float32le", "--latency-msec=20", "-d"])
            .arg(format!("{sink}.monitor"))
            .stdout(File::create(take).unwrap());
        recorder
    }

    fn begin_to_record(&mut self, sink: &str) -> bool {
        let mut recorder = self.recorder(sink);
        recorder.stdin(Stdio::null()).stderr(Stdio::null());
        let recorder = recorder.spawn().unwrap();
        let begun = Instant::now();
        while self.last_take(sink).is_empty() {
            if begun.elapsed() > Duration::from_secs(1) {
                end(recorder);
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.recorders.push(recorder);
        true
    }

    /// What a sink was sent in the last take.
    pub fn last_take(&self, sink: &str) -> Vec<[f32; 2]> {
        self.heard(sink, self.takes)
    }

    /// What a sink was sent in each take.
    pub fn all_takes(&self, sink: &str) -> Vec<Vec<[f32; 2]>> {
        let takes = 1..=self.takes;
        takes.map(|take| self.heard(sink, take)).collect()
    }

    fn heard(&self, sink: &str, take: usize) -> Vec<[f32; 2]> {
        let bytes = std::fs::read(self.take(sink, take)).unwrap_or_default();
        if self.kind == Kind::Jack {
            // A WAV file whose length is not written yet, or never was.
            let sound = bytes.windows(4).position(|word| word == b"data");
            let sound = sound.and_then(|at| bytes.get(at + 8..)).unwrap_or_default();
            return frames(sound, |b| i32::from_le_bytes(b) as f32 / JACK_SCALE);
        }
        frames(&bytes, f32::from_le_bytes)
    }
}

fn frames(bytes: &[u8], sample: impl Fn([u8; 4]) -> f32) -> Vec<[f32; 2]> {
    let [left, right] = [0..4, 4..8];
    let of = |b: &[u8]| sample(b.try_into().unwrap());
    let frames = bytes.chunks_exact(8);
    frames
        .map(|b| [of(&b[left.clone()]), of(&b[right.clone()])])
        .collect()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
