//! What is kept of a check of the ears, and what a session needs of it.

use std::sync::Arc;

use super::Played;
use crate::aside::aside;
use crate::daemon::desk::Call;
use crate::daemon::order::{Reason, Refused};
use crate::daemon::playing::plain;
use crate::doctor::stale;
use crate::journal::{boot, now};
use crate::room::{Heard, Output, Room, Verified};
use crate::zone::Layout;

/// Keeps what somebody confirmed, and answers. On a thread of its own: a disk may hang.
pub fn keep(room: Arc<Room>, played: Played, call: Call) {
    aside("ears", move || {
        let heard = played.wiring.iter().map(|(listener, channels)| Heard {
            listener: *listener,
            channels: [channels.left + 1, channels.right + 1],
            wall: now(),
            boot: boot(),
        });
        let verified = Verified::read(&room.journal).with(&played.device, heard.collect());
        let answer = match verified.keep(&room.journal) {
            Ok(()) => Ok(plain(format!(
                "It is kept that {} is heard on the right ears.",
                played.device
            ))),
            Err(error) => {
                let folder = room.journal.display();
                let sentence = format!(
                    "it could not be kept in {folder}: {error}; see whose folder it is, and run `undersong ears` again"
                );
                Err(Refused::new(Reason::Failed, sentence))
            }
        };
        call.reply(answer);
    });
}

/// Whether a session with these zones may begin: what its therapist should know of the ears. A session that speaks to one
/// listener alone needs them checked. Blocking.
///
/// # Errors
/// A sentence where nobody ever heard that its listeners' channels are on the right ears.
pub fn checked(room: &Room, layout: &Layout) -> Result<Vec<String>, String> {
    let Output::Device(id) = &room.output else {
        return Ok(Vec::new());
    };
    if layout.len() < 2 {
        return Ok(Vec::new());
    }
    let verified = Verified::read(&room.journal);
    let wiring = room.wiring(layout.channels());
    let (now, boot) = (now(), boot());
    let mut remarks = Vec::new();
    for listener in layout.listeners(layout.all()) {
        let own = wiring.iter().find(|(of, _)| *of == listener);
        let heard = own.and_then(|(_, channels)| verified.of(id, listener, *channels));
        let Some(heard) = heard else {
            return Err(format!(
                "nobody has heard yet that what is said to {listener} alone comes out on the ears of {listener}; \
                 put the headphones on and run `undersong ears`"
            ));
        };
        remarks.extend(
            stale(heard, now, &boot).map(|why| {
                format!("{why}; run `undersong ears` again if anything was plugged since")
            }),
        );
    }
    Ok(remarks)
}
