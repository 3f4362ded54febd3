//! Where a sound server has put our stream: it moves streams from one device to another, and tells nobody.
//!
//! `PulseAudio` does so when a device is unplugged, when the server's default changes and our device was it, and when somebody
//! asks for it. A couple's headphones must not be heard from the speakers, so a stream that was moved plays no more.

use std::ffi::CString;
use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use pulseaudio::protocol::{
    AuthParams, AuthReply, ClientInfoList, Command, CommandReply, LookupReply, MAX_VERSION, Prop,
    Props, ProtocolError, SetClientNameReply, SinkInputInfo, SinkInputInfoList, read_reply_message,
    write_command_message,
};
use pulseaudio::{cookie_path_from_env, socket_path_from_env};

use crate::output::health::Health;
use crate::output::real_time::take as take_real_time;

/// How often it is looked where the stream is.
const LOOK: Duration = Duration::from_millis(50);
/// A server that does not answer for so long is asked again from the beginning.
const PATIENCE: Duration = Duration::from_secs(2);
/// The server names a new stream at its first look, or soon after.
const LOOKS: usize = 20;

/// Watches a stream of this program that was just opened on a sink, until its health is gone: where the server moves it, its
/// health says so. Starts a thread; does not block.
pub fn watch(sink: &str, health: &Arc<Health>) {
    let (sink, health) = (sink.to_owned(), Arc::downgrade(health));
    let watch = thread::Builder::new().name("whereabouts".to_owned());
    if let Err(error) = watch.spawn(move || follow(&sink, &health)) {
        tracing::warn!("the system gives no thread to watch where the sound goes: {error}");
    }
}

/// A stream, and the sink that it belongs on, as the server numbers them.
#[derive(Debug, Clone, Copy)]
struct Berth {
    stream: u32,
    sink: u32,
}

/// What a search brings.
struct Found {
    /// The newest stream of this program's on the sink; older ones are being closed.
    here: Option<Berth>,
    /// It has one on another sink.
    elsewhere: bool,
}

/// Where the stream is.
enum Sight {
    /// On its sink, or not there yet.
    Well,
    /// On another one.
    Moved,
    /// The server does not show it.
    Hidden,
}

/// Who looks.
struct Lookout {
    sink: String,
    berth: Option<Berth>,
    /// How often it was searched.
    looks: usize,
}

impl Lookout {
    fn look(&mut self, door: &mut Door) -> Result<Sight, ProtocolError> {
        if let Some(berth) = self.berth {
            let stream: SinkInputInfo = door.ask(&Command::GetSinkInputInfo(berth.stream))?;
            let is_moved = stream.sink_index != berth.sink;
            return Ok(if is_moved { Sight::Moved } else { Sight::Well });
        }
        self.looks += 1;
        let Found { here, elsewhere } = door.look_for(&self.sink)?;
        self.berth = here;
        Ok(match here {
            None if self.looks >= LOOKS && elsewhere => Sight::Moved,
            None if self.looks >= LOOKS => Sight::Hidden,
            _ => Sight::Well,
        })
    }
}

fn follow(sink: &str, health: &Weak<Health>) {
    // Until it is noticed the wrong ears hear it, however busy the machine is.
    let _ = take_real_time();
    let mut lookout = Lookout {
        sink: sink.to_owned(),
        berth: None,
        looks: 0,
    };
    let mut door: Option<Door> = None;
    while health.strong_count() > 0 {
        let open = match door.take() {
            Some(open) => Ok(open),
            None => Door::open(),
        };
        let seen = open.and_then(|open| lookout.look(door.insert(open)));
        match seen {
            Ok(Sight::Well) => {}
            Ok(Sight::Moved) => {
                tracing::warn!("the sound server moved the sound away from `{sink}`");
                if let Some(health) = health.upgrade() {
                    health.lead_astray();
                }
                return;
            }
            Ok(Sight::Hidden) => {
                return tracing::warn!("the sound server does not say where the sound is");
            }
            // It is closed already.
            Err(ProtocolError::ServerError(_)) if lookout.berth.is_some() => return,
            Err(error) => {
                tracing::debug!("the sound server does not say: {error}");
                door = None;
            }
        }
        thread::sleep(LOOK);
    }
}

/// A client of the server's that only asks.
struct Door {
    stream: BufReader<UnixStream>,
    version: u16,
    asked: u32,
}

impl Door {
    fn open() -> Result<Self, ProtocolError> {
        let place = socket_path_from_env();
        let place = place.ok_or_else(|| ProtocolError::Invalid("no server".to_owned()))?;
        let stream = UnixStream::connect(place)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut door = Self {
            stream: BufReader::new(stream),
            version: MAX_VERSION,
            asked: 0,
        };
        let cookie = cookie_path_from_env().and_then(|path| std::fs::read(path).ok());
        let answer: AuthReply = door.ask(&Command::Auth(AuthParams {
            version: MAX_VERSION,
            supports_shm: false,
            supports_memfd: false,
            cookie: cookie.unwrap_or_default(),
        }))?;
        door.version = answer.version.min(MAX_VERSION);
        let mut name = Props::new();
        name.set(Prop::ApplicationName, c"undersong");
        let _: SetClientNameReply = door.ask(&Command::SetClientName(name))?;
        Ok(door)
    }

    fn ask<R: CommandReply>(&mut self, question: &Command) -> Result<R, ProtocolError> {
        self.asked += 1;
        write_command_message(self.stream.get_mut(), self.asked, question, self.version)?;
        read_reply_message(&mut self.stream, self.version).map(|(_, answer)| answer)
    }

    fn look_for(&mut self, sink: &str) -> Result<Found, ProtocolError> {
        let name = CString::new(sink).unwrap_or_default();
        let LookupReply(sink) = self.ask(&Command::LookupSink(name))?;
        let clients: ClientInfoList = self.ask(&Command::GetClientInfoList)?;
        let us = CString::new(std::process::id().to_string()).unwrap_or_default();
        let ours = |client: &u32| {
            let client = clients.iter().find(|known| known.index == *client);
            client.and_then(|client| client.props.get(Prop::ApplicationProcessId))
                == Some(us.as_bytes_with_nul())
        };
        let streams: SinkInputInfoList = self.ask(&Command::GetSinkInputInfoList)?;
        let ours = streams
            .iter()
            .filter(|stream| stream.client_index.as_ref().is_some_and(ours));
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            ours.partition(|stream| stream.sink_index == sink);
        let newest = here.iter().map(|stream| stream.index).max();
        Ok(Found {
            here: newest.map(|stream| Berth { stream, sink }),
            elsewhere: !elsewhere.is_empty(),
        })
    }
}
