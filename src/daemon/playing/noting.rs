//! What is noted while a session plays, on its way to the disk.

use std::convert::Infallible;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::orders::plain;
use crate::aside::aside;
use crate::daemon::desk::Reply;
use crate::daemon::order::{Reason, Refused};
use crate::journal::{Entry, Journal, Note, Notes};

/// So many notes may wait for the disk.
const MOST: usize = 64;

/// Keeps the notes of a session, one after the other, and answers whoever sent them. On a thread of its own: a disk may hang.
#[derive(Debug)]
pub struct Noting {
    waiting: SyncSender<(Note, Reply)>,
    over: Receiver<Infallible>,
}

impl Noting {
    /// Keeps the notes of a journal from now on. Does not block.
    #[must_use]
    pub fn begin(journal: &Arc<Journal>) -> Self {
        let (waiting, notes) = sync_channel(MOST);
        let (alive, over) = channel();
        let kept = Notes::beside(journal.path());
        // One that hangs holds no journal open that is over.
        let journal = Arc::downgrade(journal);
        aside("notes", move || {
            // Dropped when the thread ends, however it does.
            let _alive: Sender<Infallible> = alive;
            keep_all(&notes, &kept, &journal);
        });
        Self { waiting, over }
    }

    /// Keeps a note, behind those that wait; it is answered once it is on the disk, or cannot be. Does not block.
    pub fn keep(&self, note: Note, reply: Reply) {
        let Err(back) = self.waiting.try_send((note, reply)) else {
            return;
        };
        let (TrySendError::Full((_, reply)) | TrySendError::Disconnected((_, reply))) = back;
        let sentence = "the disk takes no notes at the moment, and this one is not kept; write it down, look at the disk \
                        and note it again";
        reply.send(Err(Refused::new(Reason::Failed, sentence)));
    }

    /// Waits until all are kept, for `patience` at most. What a disk that hangs takes later is answered then. Blocking.
    pub fn close(self, patience: Duration) {
        let Self { waiting, over } = self;
        drop(waiting);
        let _ = over.recv_timeout(patience);
    }
}

/// What the thread does, until no more notes can come.
fn keep_all(waiting: &Receiver<(Note, Reply)>, notes: &Notes, journal: &Weak<Journal>) {
    for (note, reply) in waiting {
        let answer = match notes.keep(&note) {
            Ok(()) => {
                // Only when: so that the moment is found again by who is not to read the note.
                if let Some(journal) = journal.upgrade() {
                    journal.append(note.at, Entry::Mark { name: None });
                }
                Ok(plain("The note is kept.".to_owned()))
            }
            Err(error) => Err(Refused::new(Reason::Failed, error.to_string())),
        };
        reply.send(answer);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::daemon::desk::desk;
    use crate::daemon::order::Order;
    use crate::journal::{Started, read};
    use crate::time::{Frames, Rate};
    use crate::zone::{Caps, Listener};

    #[test]
    fn notes_are_kept_in_their_order_and_answered_and_waited_for_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let started = Started {
            title: "Noted".into(),
            script: "/noted.yaml".into(),
            hash: String::new(),
            rate: Rate::DEFAULT,
            zones: vec![Listener::Room],
            caps: Caps::default(),
            seed: 7,
            undersong: String::new(),
            boot: String::new(),
        };
        let journal = Arc::new(Journal::create(folder.path(), started).unwrap());
        let noting = Noting::begin(&journal);
        let (desk, counter) = desk();
        let texts: Vec<String> = (0..40).map(|number| format!("note {number}")).collect();
        let mut asked = Vec::new();
        for (text, at) in texts.iter().zip(0..) {
            let order = Order::Note { text: text.clone() };
            let mut answer = Box::pin(desk.order(order, false, String::new()));
            assert!((&mut answer).now_or_never().is_none());
            let call = counter.calls.try_recv().unwrap();
            noting.keep(Note::now(Some(Frames(at)), text), call.answer);
            asked.push(answer);
        }
        noting.close(Duration::from_secs(60));
        let kept = Notes::beside(journal.path()).read().unwrap();
        let kept: Vec<String> = kept.into_iter().map(|note| note.text).collect();
        assert_eq!(kept, texts);
        for answer in counter.answers.try_iter() {
            answer.hand_over();
        }
        for answer in asked {
            let answer = answer.now_or_never().unwrap().unwrap();
            assert_eq!(answer.message, "The note is kept.");
        }
        assert!(journal.flush(Duration::from_secs(60)));
        let marked = read(journal.path()).unwrap().records.into_iter();
        let marked = marked.filter(|record| record.entry == Entry::Mark { name: None });
        let marked: Vec<_> = marked.map(|record| record.at.unwrap().0).collect();
        assert_eq!(marked, (0..40).collect::<Vec<_>>());
    }
}
