//! Where a stream's frames come from: a decoder that is read when they are needed, or one that reads ahead in a thread of its own.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use crate::decode::{DecodeError, Decoder};
use crate::frame::Frame;

/// Frames that are handed over in one go when a decoder reads ahead.
const CHUNK: usize = 8192;

/// How many of these it is ahead at most.
const AHEAD: usize = 6;

/// When a file is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// When its frames are needed: one thread for all, for playing live.
    OnDemand,
    /// Ahead, each file in a thread of its own, so that decoding and resampling share the cores: for rendering.
    Ahead,
}

/// A file's frames, from where its decoder stands to its end.
pub enum Source {
    /// Decoded when they are needed.
    Direct(Box<Decoder>),
    /// Decoded ahead.
    Ahead {
        /// Chunks of frames; an empty one at the end.
        full: Receiver<Result<Vec<Frame>, DecodeError>>,
        /// Chunks to be filled again.
        empty: Sender<Vec<Frame>>,
    },
}

impl Source {
    /// Takes a decoder that stands at the first frame.
    #[must_use]
    pub fn new(decoder: Decoder, reading: Reading) -> Self {
        let decoder = Box::new(decoder);
        if reading == Reading::OnDemand {
            return Self::Direct(decoder);
        }
        let (full_in, full) = sync_channel(AHEAD);
        let (empty, empty_out) = channel();
        // Where there is no thread to be had, the channel is closed at once and reading fails.
        let _ = std::thread::Builder::new()
            .name("read-ahead".into())
            .spawn(move || read_ahead(*decoder, &full_in, &empty_out));
        Self::Ahead { full, empty }
    }

    /// Appends the next frames to `out` and says how many; 0 at the end. Blocking.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn read(&mut self, out: &mut Vec<Frame>) -> Result<usize, DecodeError> {
        match self {
            Self::Direct(decoder) => decoder.read(out),
            Self::Ahead { full, empty } => {
                let mut chunk = full.recv().unwrap_or(Err(DecodeError::Silent))?;
                let count = chunk.len();
                out.append(&mut chunk);
                // The thread may have ended, having read everything.
                let _ = empty.send(chunk);
                Ok(count)
            }
        }
    }
}

/// Decodes until the end, or until nobody takes the frames any more.
fn read_ahead(
    mut decoder: Decoder,
    full: &SyncSender<Result<Vec<Frame>, DecodeError>>,
    empty: &Receiver<Vec<Frame>>,
) {
    loop {
        let mut chunk = empty.try_recv().unwrap_or_default();
        let mut ended = false;
        while chunk.len() < CHUNK && !ended {
            match decoder.read(&mut chunk) {
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
