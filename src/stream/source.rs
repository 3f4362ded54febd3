//! Where a stream's frames come from: a file that is opened, and read ahead, in a thread of its own.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::aside::aside;
use crate::decode::{AGAIN, Ahead, Damage, DecodeError, Decoder, Disk, unbroken};
use crate::frame::Frame;
use crate::stream::feed::{Piece, StreamError};
use crate::time::{Frames, Rate};

/// Live, so much of each file lies in memory: a disk that stalls for half a minute is not heard.
pub const BRIDGE: Duration = Duration::from_secs(45);

/// Frames that are handed over in one go when a decoder decodes ahead.
const CHUNK: usize = 32_768;

/// And so many more at most, but for what few files do: a chunk ends with a packet.
const PACKET: usize = 8_192;

/// How many of these it is ahead at most: 24 s at 44.1 kHz. A piece that comes is decoded that far while the one before it
/// still needs a core for itself; with 3 of them a rendering takes a fourth longer.
const CHUNKS: usize = 32;

/// A file that is decoded ahead is waited for in steps of this: one that hangs holds up no other.
const STEP: Duration = Duration::from_millis(20);

/// Chunks that go round where nobody is ahead: so many stay near to the processor.
const IN_USE: usize = 2;

/// When a file is decoded.
#[derive(Debug, Clone)]
pub enum Reading {
    /// When its frames are needed: one thread decodes all, for playing live; the bytes are read ahead from this disk.
    OnDemand(Arc<dyn Disk>),
    /// Ahead, each file in a thread of its own, so that decoding and resampling share the cores: for rendering.
    Ahead,
}

impl Reading {
    /// Opens a file; where it is read ahead, `part` of its `whole` length. Blocking, and it may hang.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn open(&self, path: &Path, part: Frames, whole: Frames) -> Result<Decoder, DecodeError> {
        match self {
            Self::OnDemand(disk) => Decoder::open_ahead(Ahead {
                disk: Arc::clone(disk),
                path: path.to_owned(),
                frames: part,
                whole,
            }),
            Self::Ahead => Decoder::open(path),
        }
    }

    /// Does what needs the disk; live, a disk that fails is tried again for as long as it may be bridged. Blocking.
    ///
    /// # Errors
    /// What keeps it from being done, and goes on to do so.
    pub fn insist<T>(&self, work: impl Fn() -> Result<T, StreamError>) -> Result<T, StreamError> {
        let begun = Instant::now();
        loop {
            match work() {
                Err(StreamError::Decode(DecodeError::Io(_)))
                    if matches!(self, Self::OnDemand(_)) && begun.elapsed() < BRIDGE =>
                {
                    thread::sleep(AGAIN);
                }
                done => return done,
            }
        }
    }
}

/// A file's frames, from one of them to its end.
pub enum Source {
    /// It is being opened.
    Opening(Receiver<Result<Box<Decoder>, StreamError>>),
    /// Decoded when its frames are needed.
    Direct(Box<Decoder>),
    /// Decoded ahead.
    Ahead {
        /// Chunks of frames; an empty one at the end.
        full: Receiver<Result<Vec<Frame>, StreamError>>,
        /// Chunks to be filled again.
        empty: SyncSender<Vec<Frame>>,
    },
}

/// What a read brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brought {
    /// So many frames; none at the end.
    Frames(usize),
    /// Nothing yet: the disk takes its time.
    Waits,
}

impl Source {
    /// Begins to open a file whose frames are wanted from `begin` on. Does not block; `reader` is called when it is open.
    #[must_use]
    pub fn open(
        piece: &Piece,
        begin: Frames,
        rate: Rate,
        reading: &Reading,
        reader: Thread,
    ) -> Self {
        let (piece, how) = (piece.clone(), reading.clone());
        let open = move || {
            let mut decoder = how.open(&piece.path, rate.frames(BRIDGE), piece.frames)?;
            if decoder.rate() != rate {
                return Err(StreamError::Changed);
            }
            if begin > Frames::ZERO {
                decoder.seek(begin)?;
            }
            Ok(Box::new(decoder))
        };
        match reading {
            Reading::OnDemand(_) => {
                let (tell, opened) = sync_channel(1);
                let reading = reading.clone();
                aside("file", move || {
                    // Nobody may wait for it any more.
                    let _ = tell.send(unbroken(|| reading.insist(open)));
                    reader.unpark();
                });
                Self::Opening(opened)
            }
            Reading::Ahead => {
                let (full_in, full) = sync_channel(CHUNKS);
                let (empty, empty_out) = sync_channel(IN_USE);
                aside("file", move || match unbroken(open) {
                    Ok(decoder) => decode_ahead(*decoder, &full_in, &empty_out),
                    Err(error) => drop(full_in.send(Err(error))),
                });
                Self::Ahead { full, empty }
            }
        }
    }

    /// Lays the next frames into `out`, which has to be empty. Live it does not wait for the disk, as far as that can be
    /// told; while rendering it does, some milliseconds.
    ///
    /// # Errors
    /// Where the file cannot be opened or read.
    pub fn read(&mut self, out: &mut Vec<Frame>) -> Result<Brought, StreamError> {
        match self {
            Self::Opening(opened) => match opened.try_recv() {
                Ok(decoder) => {
                    *self = Self::Direct(decoder?);
                    self.read(out)
                }
                Err(TryRecvError::Empty) => Ok(Brought::Waits),
                // No thread was to be had, or it failed in a way that was not foreseen.
                Err(TryRecvError::Disconnected) => Err(DecodeError::Broken.into()),
            },
            Self::Direct(decoder) if !decoder.is_fed() => Ok(Brought::Waits),
            Self::Direct(decoder) => Ok(Brought::Frames(read(decoder, out)?)),
            Self::Ahead { full, empty } => {
                let chunk = match full.recv_timeout(STEP) {
                    Ok(chunk) => chunk?,
                    Err(RecvTimeoutError::Timeout) => return Ok(Brought::Waits),
                    Err(RecvTimeoutError::Disconnected) => return Err(DecodeError::Broken.into()),
                };
                // The thread may have ended, having read everything; or it has enough of them.
                let _ = empty.try_send(std::mem::replace(out, chunk));
                Ok(Brought::Frames(out.len()))
            }
        }
    }
}

/// Appends the next frames of a file, and none of a hole that would be heard: a file with such a hole is refused when it is
/// looked at, and one that rotted since ends there, so that the bed stands in.
pub fn read(decoder: &mut Decoder, out: &mut Vec<Frame>) -> Result<usize, StreamError> {
    let before = out.len();
    let count = decoder.read(out)?;
    if decoder.rate().duration(decoder.damage().silenced) > Damage::HOLE {
        out.truncate(before);
        return Err(StreamError::Damaged);
    }
    Ok(count)
}

/// Decodes until the end, or until nobody takes the frames any more.
fn decode_ahead(
    mut decoder: Decoder,
    full: &SyncSender<Result<Vec<Frame>, StreamError>>,
    empty: &Receiver<Vec<Frame>>,
) {
    loop {
        let new = |_| Vec::with_capacity(CHUNK + PACKET);
        let mut chunk = empty.try_recv().unwrap_or_else(new);
        let mut ended = false;
        while chunk.len() < CHUNK && !ended {
            match read(&mut decoder, &mut chunk) {
                Ok(count) => ended = count == 0,
                Err(error) => {
                    // What was decoded before is good.
                    let _ = full.send(Ok(chunk)).and_then(|()| full.send(Err(error)));
                    return;
                }
            }
        }
        let rest = !chunk.is_empty();
        if rest && full.send(Ok(chunk)).is_err() {
            return;
        }
        if ended {
            let _ = full.send(Ok(Vec::new()));
            return;
        }
    }
}
