//! The daemon on sound servers that are killed, stopped, started again, and whose sinks are suspended and moved: judged by
//! what was recorded at the sinks. `make servers` runs it; it needs the servers installed, and says how.
#![cfg(target_os = "linux")]

mod common;

use std::time::{Duration, Instant};

use common::files::{Wav, wav};
use common::place::Reference;
use common::room::Room;
use common::server::{Kind, Server};
use common::sounds::noise;

/// The sound is back so soon after the server is.
const BACK: Duration = Duration::from_secs(3);
/// A server that moves a stream is noticed, and the stream is silent, within so many frames: a quarter of a second.
const ELSEWHERE: usize = 12_000;
const SECONDS: usize = 75;
const SCRIPT: &str = "undersong: 1\ntitle: On a server\nmusic: { loudness: as-is, fade-in: 0s }\nphases:\n  \
    - { name: all, length: 75s, playlist: { tracks: [long.wav] } }\n";

#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "pulseaudio"), allow(dead_code))]
enum Fault {
    Killed,
    Restarted,
    Stopped,
    Suspended,
    DefaultMoved,
    /// The device itself is the server's default, and then another is.
    NoDefaultAnyMore,
    /// The device is taken away, where the server has others to play on, and comes back.
    Unplugged,
}

fn sleep(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

struct Stage {
    server: Server,
    room: Room,
    name: String,
}

impl Stage {
    fn plays(&self) -> bool {
        self.room.status()["output"]["state"] == "playing"
    }

    /// Waits until the device plays and the sink is sent something but silence from then on.
    fn is_back(&self) -> Duration {
        let begun = Instant::now();
        self.room.until("it plays", |_| self.plays());
        let given = self.server.last_take("room").len();
        self.room.until("it sounds", |_| {
            let take = self.server.last_take("room");
            take.get(given..)
                .is_some_and(|new| new.iter().any(|frame| *frame != [0.0; 2]))
        });
        begun.elapsed()
    }

    fn suffer(&mut self, fault: Fault) -> Duration {
        match fault {
            Fault::Killed | Fault::Restarted => {
                self.server.signal(if matches!(fault, Fault::Killed) {
                    "-KILL"
                } else {
                    "-TERM"
                });
                self.server.kill();
                self.room.until("it is lost", |_| !self.plays());
                sleep(700);
                self.server.start();
                let begun = Instant::now();
                self.server.record();
                self.is_back();
                return begun.elapsed();
            }
            Fault::Stopped => {
                self.server.signal("-STOP");
                sleep(4_000);
                assert!(!self.plays(), "stopped, and not noticed");
                self.server.signal("-CONT");
            }
            Fault::Suspended => {
                self.server.pactl(&["suspend-sink", "room", "1"]);
                sleep(4_000);
                assert!(!self.plays(), "suspended, and not noticed");
                self.server.pactl(&["suspend-sink", "room", "0"]);
            }
            Fault::DefaultMoved => {
                // A server moves what plays on its default, so the room's sink is none.
                self.server.pactl(&["set-default-sink", "third"]);
                sleep(1_500);
                self.server.pactl(&["set-default-sink", "other"]);
            }
            Fault::NoDefaultAnyMore => {
                self.server.pactl(&["set-default-sink", "room"]);
                sleep(300);
                self.server.pactl(&["set-default-sink", "other"]);
                self.room.until("it is lost", |_| !self.plays());
            }
            Fault::Unplugged => {
                self.server.unplug("room");
                self.room.until("it is lost", |_| !self.plays());
                sleep(1_500);
                assert!(!self.plays(), "it plays on a device that is not there");
                self.server.plug("room");
                let begun = Instant::now();
                self.server.record();
                self.is_back();
                return begun.elapsed();
            }
        }
        self.is_back()
    }

    /// No other sink was sent more frames than `most` of the session.
    fn stays(&self, most: usize) {
        for sink in self.server.sinks().iter().skip(1) {
            let others = self.server.all_takes(sink);
            let heard = others.iter().flatten().filter(|frame| **frame != [0.0; 2]);
            let heard = heard.count();
            println!("| {} | elsewhere | {heard} frames on `{sink}` |", self.name);
            assert!(heard <= most, "`{sink}` was sent {heard} frames");
        }
    }
}

fn survives(kind: Kind, device: &str, faults: &[Fault]) {
    let mut server = Server::new(kind);
    server.record();
    let room = format!("device: {device}\nperiod: 1024\n");
    let room = Room::dressed(&room, server.dressed(), |desk| {
        let music = noise(12, 0.2, (SECONDS + 1) * 48_000);
        wav(&desk.path("long.wav"), &music, 48_000, 2, Wav::Float);
        desk.write("session.yaml", SCRIPT);
    });
    let mut render = room.desk.command(&["render", "session.yaml", "-o", "-"]);
    let rendered = render.output().unwrap().stdout;
    let rendered: Vec<f32> = rendered
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
        .collect();
    let reference = Reference::of_a_server(&server.as_recorded(&rendered), 2);
    let name = format!("{kind:?}, {device}");
    let mut stage = Stage { server, room, name };
    stage.room.done(&["start", "session.yaml"]);
    stage.is_back();
    let (begun, from) = (Instant::now(), stage.room.position());
    for fault in faults {
        sleep(1_500);
        let back = stage.suffer(*fault);
        let late = begun.elapsed().as_secs_f64() - (stage.room.position() - from);
        let (name, back_s) = (&stage.name, back.as_secs_f64());
        println!("| {name} | {fault:?} | back after {back_s:.2} s | {late:.2} s late |");
        assert!(back < BACK, "{fault:?}: back after {back:?}");
    }
    let late = begun.elapsed().as_secs_f64() - (stage.room.position() - from);
    sleep(1_500);
    for take in stage.server.all_takes("room") {
        let take: Vec<Vec<f32>> = take.iter().map(|frame| frame.to_vec()).collect();
        match reference.place(&take) {
            Ok(stretches) => {
                assert!(!stretches.is_empty());
                println!("| {} | stretches | {} |", stage.name, stretches.len());
            }
            Err(why) => panic!("{}: {why}", stage.name),
        }
    }
    let moves = |fault: &&Fault| matches!(fault, Fault::NoDefaultAnyMore | Fault::Unplugged);
    stage.stays(faults.iter().filter(moves).count() * ELSEWHERE);
    assert!(late.abs() < 1.0, "{late} s late");
}

const ALL: [Fault; 5] = [
    Fault::Killed,
    Fault::Restarted,
    Fault::Stopped,
    Fault::Suspended,
    Fault::DefaultMoved,
];

#[test]
#[ignore = "needs PulseAudio; `make servers` runs it"]
fn on_pulseaudio_through_alsa() {
    survives(Kind::Pulse, "alsa:room", &ALL);
}

#[test]
#[ignore = "needs PulseAudio; `make servers` runs it"]
#[cfg(feature = "pulseaudio")]
fn on_pulseaudio() {
    survives(Kind::Pulse, "pulseaudio:room", &ALL);
}

#[test]
#[ignore = "needs PulseAudio; `make servers` runs it"]
#[cfg(feature = "pulseaudio")]
fn on_pulseaudio_that_moves_streams() {
    let faults = [Fault::NoDefaultAnyMore, Fault::Unplugged];
    survives(Kind::Pulse, "pulseaudio:room", &faults);
}

/// `PipeWire` does not suspend a sink that is played on.
#[cfg(any(feature = "pulseaudio", feature = "pipewire"))]
const OF_PIPEWIRE: [Fault; 4] = [
    Fault::Killed,
    Fault::Restarted,
    Fault::Stopped,
    Fault::DefaultMoved,
];

#[test]
#[ignore = "needs PipeWire; `make servers` runs it"]
#[cfg(feature = "pulseaudio")]
fn on_pipewire_through_its_door_for_pulseaudio() {
    survives(Kind::PipeWire, "pulseaudio:room", &OF_PIPEWIRE);
}

#[test]
#[ignore = "needs PipeWire and its headers; `make servers` runs it"]
#[cfg(feature = "pipewire")]
fn on_pipewire() {
    survives(Kind::PipeWire, "pipewire:room", &OF_PIPEWIRE);
}

#[test]
#[ignore = "needs JACK and its headers; `make servers` runs it"]
#[cfg(feature = "jack")]
fn on_jack() {
    let faults = [Fault::Killed, Fault::Restarted, Fault::Stopped];
    survives(Kind::Jack, "jack:output", &faults);
}
