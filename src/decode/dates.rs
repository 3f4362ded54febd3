//! Whether the times of packets follow from their lengths. What is copied from one container to another keeps times that were
//! rounded to the clock of the first, some milliseconds off.

use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

use crate::time::Rate;

/// No rounding is off by more than so much of a second. It does not grow, and it is less than any packet that may be lost.
const LEEWAY: u32 = 200;

/// The frames that a time may be off though nothing is missing.
pub(super) fn leeway(rate: Rate) -> i64 {
    i64::from(rate.hertz() / LEEWAY)
}

/// How the packets of an Ogg file follow one another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates {
    /// Where the next packet should begin.
    next: Option<Timestamp>,
    /// Whether one did not, so that only counting from the start tells where a frame lies.
    pub uneven: bool,
    /// Whether the first seconds were looked at.
    pub looked: bool,
}

impl Dates {
    pub fn new(uneven: bool) -> Self {
        Self {
            next: None,
            uneven,
            looked: false,
        }
    }

    /// The next packet may lie anywhere.
    pub fn begin(&mut self) {
        self.next = None;
    }

    /// `last` is the stream's last time.
    pub fn add(&mut self, packet: &Packet, last: Option<i64>) {
        let follows = self.next.is_none_or(|next| next == packet.pts);
        self.uneven |= !follows || is_cut(packet, last);
        self.next = packet.pts.checked_add(packet.block_dur());
    }
}

/// Takes back what the demuxer cut away because its page ends before.
pub(super) fn keep_all(packet: &mut Packet, last: Option<i64>) {
    if is_cut(packet, last) {
        packet.dur = packet.dur.saturating_add(packet.trim_end);
        packet.trim_end = symphonia::core::units::Duration::ZERO;
    }
}

/// Whether the packet's end was cut away in the middle of the stream, where nothing is padding, as far as its last time is known.
fn is_cut(packet: &Packet, last: Option<i64>) -> bool {
    let kept = packet.dur.saturating_add(packet.trim_start);
    let end = packet.pts.saturating_add(kept).get();
    packet.trim_end.get() > 0 && last.is_some_and(|last| end < last)
}
