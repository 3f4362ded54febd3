//! The decoder thread: one for all streams, the hungriest first.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};

use crate::aside::aside;
use crate::decode::{DecodeError, unbroken};
use crate::engine::Id;
use crate::frame::Frame;
use crate::stream::feed::{Feed, Progress, Recipe, StreamError, Went};
use crate::stream::sound;
use crate::stream::source::Reading;
use crate::time::{Frames, Rate};

/// The thread looks at its rings this often: they hold seconds.
const REST: Duration = Duration::from_millis(500);
/// And this often while one of them waits for the disk.
const WAIT: Duration = Duration::from_millis(20);

/// What the decoder thread is asked for.
enum Request {
    Open(Id, Box<Recipe>, Producer<Frame>, Arc<Progress>),
    Load(Id, Arc<Path>, Rate, Frames),
}

/// What the decoder thread tells.
#[derive(Debug)]
pub enum Report {
    /// A sound is in memory.
    Loaded(Id, Arc<[Frame]>),
    /// A stream or a sound cannot go on.
    Failed(Id, StreamError),
}

/// The player's end of a stream.
#[derive(Debug)]
pub struct Stream {
    /// The frames, for a deck.
    pub frames: Consumer<Frame>,
    /// How far it is.
    pub progress: Arc<Progress>,
}

/// Rung by the decoder thread whenever something is ready.
#[derive(Debug, Default)]
struct Bell {
    rung: Mutex<bool>,
    ringing: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ringing.notify_all();
    }

    fn wait(&self, most: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ringing.wait_timeout_while(rung, most, |rung| !*rung);
        let (mut rung, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *rung = false;
    }
}

/// The decoder thread, as the player sees it. Dropping it asks the thread to end and does not wait: a read that hangs
/// must not hold up a stop.
#[derive(Debug)]
pub struct Streams {
    requests: Sender<Request>,
    reports: Receiver<Report>,
    bell: Arc<Bell>,
    over: Arc<AtomicBool>,
    hurry: Arc<AtomicBool>,
    thread: JoinHandle<()>,
    /// How many frames a ring holds.
    ring: Frames,
}

impl Streams {
    /// Starts the decoder thread; each stream has a ring of `ring` frames.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(ring: Frames, reading: Reading) -> std::io::Result<Self> {
        let (requests, inbox) = channel();
        let (outbox, reports) = channel();
        let bell = Arc::new(Bell::default());
        let over = Arc::new(AtomicBool::new(false));
        let hurry = Arc::new(AtomicBool::new(false));
        let decoder = DecoderThread {
            inbox,
            outbox,
            bell: Arc::clone(&bell),
            over: Arc::clone(&over),
            hurry: Arc::clone(&hurry),
            feeds: Vec::new(),
            reading,
        };
        let thread = std::thread::Builder::new()
            .name("decoder".into())
            .spawn(move || decoder.run())?;
        Ok(Self {
            requests,
            reports,
            bell,
            over,
            hurry,
            thread,
            ring,
        })
    }

    /// Opens a stream; its frames come as they are decoded. Does not block.
    #[must_use]
    pub fn open(&self, id: Id, recipe: Recipe) -> Stream {
        let capacity = self.ring.0.min(recipe.length.0).max(1) as usize;
        let (producer, frames) = RingBuffer::new(capacity);
        let progress = Arc::new(Progress::default());
        let sent = self.requests.send(Request::Open(
            id,
            Box::new(recipe),
            producer,
            Arc::clone(&progress),
        ));
        if sent.is_err() {
            progress.end();
        }
        self.thread.thread().unpark();
        Stream { frames, progress }
    }

    /// Decodes a sound to memory, in a thread of its own; a [`Report`] brings it. Does not block.
    pub fn load(&self, id: Id, path: Arc<Path>, rate: Rate, most: Frames) {
        // The thread outlives this handle, whatever a file does to it.
        let _ = self.requests.send(Request::Load(id, path, rate, most));
        self.thread.thread().unpark();
    }

    /// What the thread told, oldest first. Does not block.
    #[must_use]
    pub fn report(&self) -> Option<Report> {
        self.reports.try_recv().ok()
    }

    /// Asks for rings as full as can be: somebody waits for them. Does not block.
    pub fn hurry(&self) {
        self.hurry.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
    }

    /// Waits until something is ready, or for `most`. Blocking.
    pub fn wait(&self, most: Duration) {
        self.bell.wait(most);
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
    }
}

/// What the thread itself owns.
struct DecoderThread {
    inbox: Receiver<Request>,
    outbox: Sender<Report>,
    bell: Arc<Bell>,
    over: Arc<AtomicBool>,
    hurry: Arc<AtomicBool>,
    feeds: Vec<(Id, Arc<Progress>, Feed)>,
    reading: Reading,
}

impl DecoderThread {
    fn run(mut self) {
        while !self.over.load(Ordering::Relaxed) && self.survives(Self::turn) {}
    }

    /// Does a turn. What was not foreseen in it costs the streams that are open, and none that comes later.
    fn survives(&mut self, turn: impl FnOnce(&mut Self) -> bool) -> bool {
        unbroken(|| Ok(turn(self))).unwrap_or_else(|_: DecodeError| {
            for (id, progress, _) in std::mem::take(&mut self.feeds) {
                progress.end();
                self.tell(Report::Failed(id, DecodeError::Broken.into()));
            }
            true
        })
    }

    /// Answers a request, feeds a ring, or rests; false when nobody is there any more.
    fn turn(&mut self) -> bool {
        // One request a turn: no ring runs dry while many sounds are loaded.
        let asked = match self.inbox.try_recv() {
            Ok(request) => {
                self.answer(request);
                true
            }
            Err(TryRecvError::Empty) => false,
            Err(TryRecvError::Disconnected) => return false,
        };
        self.feeds.retain(|(_, _, feed)| !feed.is_abandoned());
        if self.hurry.swap(false, Ordering::Relaxed) {
            for (.., feed) in &mut self.feeds {
                feed.hurry();
            }
        }
        let rest = match self.feed_hungriest() {
            Went::Waits => WAIT,
            Went::Full => REST,
            Went::On | Went::Done => return true,
        };
        if !asked {
            std::thread::park_timeout(rest);
        }
        true
    }

    fn answer(&mut self, request: Request) {
        match request {
            Request::Open(id, recipe, ring, progress) => {
                tracing::debug!(id = id.0, files = recipe.pieces.len(), "a stream opens");
                let told = Arc::clone(&progress);
                let reading = self.reading.clone();
                match unbroken(|| Feed::open(*recipe, ring, told, reading)) {
                    Ok(feed) => self.feeds.push((id, progress, feed)),
                    Err(error) => {
                        progress.end();
                        self.tell(Report::Failed(id, error));
                    }
                }
            }
            Request::Load(id, path, rate, most) => {
                let (reading, outbox) = (self.reading.clone(), self.outbox.clone());
                let bell = Arc::clone(&self.bell);
                // Each by itself: one that hangs holds up neither music nor another cue.
                aside("file", move || {
                    let all = Frames(1);
                    let load = || {
                        let sound = sound::load(reading.open(&path, all, all)?, rate, most)?;
                        // A word that breaks off is worse than none.
                        if sound.len() < most.index() {
                            return Err(StreamError::Short);
                        }
                        Ok(sound)
                    };
                    let report = match unbroken(|| reading.insist(load)) {
                        Ok(sound) => Report::Loaded(id, sound),
                        Err(error) => Report::Failed(id, error),
                    };
                    let _ = outbox.send(report);
                    bell.ring();
                });
            }
        }
    }

    /// Gives the emptiest ring a stretch: [`Went::On`], or [`Went::Waits`] or [`Went::Full`] where none could be given one.
    fn feed_hungriest(&mut self) -> Went {
        let mut rest = Went::Full;
        // Looked at once each: the rings are read meanwhile, and what changes while it is sorted has no order.
        let fills = self.feeds.iter().map(|(.., feed)| feed.fill());
        let mut order: Vec<(usize, f32)> = fills.enumerate().collect();
        order.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        for (at, _) in order {
            let (id, progress, feed) = &mut self.feeds[at];
            match unbroken(|| feed.go()) {
                Ok(Went::Full) => continue,
                Ok(Went::Waits) => {
                    rest = Went::Waits;
                    continue;
                }
                Ok(Went::On) => {}
                Ok(Went::Done) => drop(self.feeds.remove(at)),
                Err(error) => {
                    progress.end();
                    let report = Report::Failed(*id, error);
                    self.feeds.remove(at);
                    self.tell(report);
                }
            }
            self.bell.ring();
            return Went::On;
        }
        self.bell.ring();
        rest
    }

    fn tell(&self, report: Report) {
        let _ = self.outbox.send(report);
        self.bell.ring();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;
    use crate::stream::source::Source;

    const CHUNK: usize = 30_000;
    const PATIENCE: Duration = Duration::from_secs(10);

    fn decoder() -> (DecoderThread, Sender<Request>, Receiver<Report>) {
        let (requests, inbox) = channel();
        let (outbox, reports) = channel();
        let decoder = DecoderThread {
            inbox,
            outbox,
            bell: Arc::default(),
            over: Arc::default(),
            hurry: Arc::default(),
            feeds: Vec::new(),
            reading: Reading::Ahead,
        };
        (decoder, requests, reports)
    }

    #[test]
    fn while_rendering_a_file_that_hangs_stops_no_other_and_goes_on_where_it_comes() {
        let (mut decoder, _requests, reports) = decoder();
        let sound: Vec<Frame> = (0..70_001_u32).map(|at| [at as f32, -1.0]).collect();
        let mut stream = |id| {
            let (chunks, full) = sync_channel(8);
            let (empty, _) = sync_channel(1);
            let (ring, frames) = RingBuffer::new(sound.len());
            let source = Source::Ahead { full, empty };
            let feed = Feed::of(source, Frames::from(sound.len()), ring);
            decoder.feeds.push((Id(id), Arc::default(), feed));
            (chunks, frames)
        };
        let ((hangs, mut late), (comes, mut heard)) = (stream(1), stream(2));
        for chunk in sound.chunks(CHUNK) {
            comes.send(Ok(chunk.to_vec())).unwrap();
        }
        let (over, is_over) = sync_channel(0);
        std::thread::spawn(move || {
            while over.send(()).is_ok() {
                decoder.turn();
            }
        });
        // Each begins a turn.
        let turns = |count: usize| {
            for _ in 0..count {
                is_over.recv_timeout(PATIENCE).expect("nothing hangs");
            }
        };
        turns(4);
        assert_eq!((heard.slots(), late.slots()), (sound.len(), 0));
        for chunk in sound.chunks(CHUNK) {
            hangs.send(Ok(chunk.to_vec())).unwrap();
        }
        turns(4);
        for frames in [&mut heard, &mut late] {
            let all = frames.read_chunk(sound.len()).unwrap();
            let (one, two) = all.as_slices();
            assert!([one, two].concat() == sound);
        }
        assert!(reports.try_recv().is_err(), "nothing failed");
    }

    #[test]
    fn what_was_not_foreseen_ends_the_open_streams_and_not_the_thread() {
        let (mut decoder, requests, reports) = decoder();
        let recipe = || {
            Box::new(Recipe {
                pieces: Vec::new(),
                source: Rate::DEFAULT,
                rate: Rate::DEFAULT,
                offset: Frames::ZERO,
                length: Frames(10),
            })
        };
        let (ring, _frames) = RingBuffer::new(4);
        let progress = Arc::new(Progress::default());
        decoder.answer(Request::Open(Id(7), recipe(), ring, Arc::clone(&progress)));
        assert!(decoder.survives(|_| panic!("in a test")));
        assert!(progress.is_over());
        let report = reports.try_recv().unwrap();
        assert!(matches!(
            report,
            Report::Failed(Id(7), StreamError::Decode(DecodeError::Broken))
        ));
        // The next stream is opened as if nothing had been.
        let (ring, _frames) = RingBuffer::new(4);
        let next = Request::Open(Id(8), recipe(), ring, Arc::default());
        requests.send(next).unwrap();
        assert!(decoder.survives(DecoderThread::turn));
        let report = reports.try_recv().unwrap();
        assert!(
            matches!(report, Report::Failed(Id(8), StreamError::Short)),
            "{report:?}"
        );
    }
}
