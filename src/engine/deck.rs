//! The slot that plays a clip from a stream.

use rtrb::Consumer;

use crate::engine::curve::{Stretch, Tracer};
use crate::engine::envelope::Envelope;
use crate::engine::id::Id;
use crate::engine::mix;
use crate::engine::zone_bus::Piece;
use crate::frame::Frame;
use crate::level::Loudness;
use crate::time::Frames;
use crate::zone::Zones;

/// How long a deck takes to leave when its stream runs dry, and to come back, in frames. The bed
/// takes the same.
pub const REFUGE: usize = 4096;

/// A deck that has fewer frames than this ahead, and more to come, leaves while it still can.
pub const GUARD: usize = REFUGE + 512;

/// A deck that left comes back when it has this many frames ahead.
const RETURN: usize = 4 * GUARD;

/// Which bus a clip is mixed to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bus {
    /// Goes down for speech, and the bed stands in for it; so loud is the piece as it is played.
    Music(Loudness),
    /// Stands above the music: a spoken cue too long for memory.
    Speech,
}

/// Plays one clip from a ring of frames that a decoder thread fills.
#[derive(Debug)]
pub struct Deck {
    /// The clip it plays.
    pub id: Id,
    /// Who hears it.
    pub zones: Zones,
    /// Where it is mixed to.
    pub bus: Bus,
    envelope: Tracer<Envelope>,
    frames: Consumer<Frame>,
    /// Frames of the clip that were taken from the ring.
    taken: Frames,
    /// 0 where the deck has left, [`REFUGE`] where it is wholly there.
    presence: usize,
    leaving: bool,
    /// It began to leave, and nobody was told yet.
    alarm: bool,
    /// It was taken out before it began.
    dropped: bool,
    /// Frames of the clip that come before the ring's first.
    skipped: Frames,
}

impl Deck {
    /// A deck that waits for its first frame. The ring's first frame is the clip's frame `skipped`. Not real-time safe:
    /// made before it crosses.
    #[must_use]
    pub fn new(
        id: Id,
        envelope: Envelope,
        zones: Zones,
        bus: Bus,
        frames: Consumer<Frame>,
        skipped: Frames,
    ) -> Self {
        Self {
            id,
            zones,
            bus,
            envelope: Tracer::new(envelope),
            frames,
            taken: skipped,
            presence: REFUGE,
            leaving: false,
            alarm: false,
            dropped: false,
            skipped,
        }
    }

    /// The first frame it sounds at.
    #[must_use]
    pub fn from(&self) -> Frames {
        self.envelope.curve().from
    }

    /// The frame after its last.
    #[must_use]
    pub fn end(&self) -> Frames {
        if self.dropped {
            return Frames::ZERO;
        }
        self.envelope.curve().end()
    }

    /// What a zone hears of it, where that is music.
    #[must_use]
    pub fn piece(&self) -> Option<Piece> {
        let Bus::Music(loudness) = self.bus else {
            return None;
        };
        if self.dropped {
            return None;
        }
        Some(Piece {
            from: self.from(),
            end: self.end(),
            comes: self.envelope.curve().rise.length,
            loudness,
        })
    }

    /// Whether it plays music.
    #[must_use]
    pub const fn is_music(&self) -> bool {
        matches!(self.bus, Bus::Music(_))
    }

    /// Goes another way from here on. Real-time safe.
    pub fn reshape(&mut self, envelope: Envelope) {
        self.envelope.revise(|old| *old = envelope);
    }

    /// It is given to an engine that is past its first frame: it comes from silence, and that is told. Real-time safe.
    pub fn come_late(&mut self) {
        self.presence = 0;
        self.alarm = self.is_music();
    }

    /// Does not come. Real-time safe.
    pub fn drop_out(&mut self) {
        self.dropped = true;
    }

    /// Whether its stream runs dry, or ran dry and has not come back.
    #[must_use]
    pub fn is_starved(&self) -> bool {
        self.leaving || self.presence < REFUGE
    }

    /// Mixes what falls into the block that begins at `at` into the buses of its zones. Real-time safe.
    pub fn mix(&mut self, at: Frames, buses: &mut [&mut [Frame]]) {
        let length = buses.first().map_or(0, |bus| bus.len());
        let mut offset = (self.from() - at).0.min(length as u64) as usize;
        let end = (self.end() - at).0.min(length as u64) as usize;
        if offset < end {
            self.catch_up(at + Frames::from(offset));
            self.watch(at + Frames::from(offset));
        }
        while offset < end {
            let now = at + Frames::from(offset);
            let stretch = self.envelope.stretch(now, end - offset);
            self.sound(now, &stretch, offset, buses);
            offset += stretch.frames;
        }
    }

    /// Drops the frames whose time passed while the stream was dry.
    fn catch_up(&mut self, now: Frames) {
        let due = now - self.from();
        if due > self.taken {
            // What comes after a hole comes from silence.
            self.presence = 0;
        }
        let late = (due - self.taken).index().min(self.frames.slots());
        if late > 0
            && let Ok(chunk) = self.frames.read_chunk(late)
        {
            chunk.commit_all();
            self.taken += Frames::from(late);
        }
    }

    fn watch(&mut self, now: Frames) {
        let ahead = self.frames.slots();
        let to_come = (self.end() - now).index();
        if ahead < GUARD && ahead < to_come {
            if self.taken == self.skipped {
                // Too little to come and to leave again: it had better not come.
                self.presence = 0;
            }
            self.leave();
        } else if ahead >= RETURN.min(to_come) && self.taken == now - self.from() {
            self.leaving = false;
        }
    }

    fn leave(&mut self) {
        self.alarm |= !self.leaving;
        self.leaving = true;
    }

    /// Whether the stream ran dry since this was last asked. Real-time safe.
    pub fn take_alarm(&mut self) -> bool {
        std::mem::take(&mut self.alarm)
    }

    fn sound(&mut self, now: Frames, stretch: &Stretch, offset: usize, buses: &mut [&mut [Frame]]) {
        if self.taken != now - self.from() {
            return;
        }
        let ready = stretch.frames.min(self.frames.slots());
        if ready < stretch.frames {
            // The stream ended before the clip did, and nothing foretold it.
            self.leave();
        }
        let settled = !self.leaving && self.presence == REFUGE;
        let Ok(chunk) = self.frames.read_chunk(ready) else {
            return;
        };
        let (head, tail) = chunk.as_slices();
        let mut presence = self.presence;
        for zone in self.zones.iter() {
            let Some(bus) = buses.get_mut(zone.index()) else {
                continue;
            };
            let Some(bus) = bus.get_mut(offset..offset + ready) else {
                continue;
            };
            let (first, second) = bus.split_at_mut(head.len());
            if settled {
                let mut rest = *stretch;
                rest.index += head.len();
                mix::add(first, head, stretch);
                mix::add(second, tail, &rest);
            } else {
                presence = fade_through(
                    first
                        .iter_mut()
                        .zip(head)
                        .chain(second.iter_mut().zip(tail)),
                    stretch,
                    self.presence,
                    self.leaving,
                );
            }
        }
        chunk.commit_all();
        self.presence = presence;
        self.taken += Frames::from(ready);
    }
}

/// Mixes frame by frame while the deck leaves or comes back; returns how far it is there.
fn fade_through<'a>(
    frames: impl Iterator<Item = (&'a mut Frame, &'a Frame)>,
    stretch: &Stretch,
    mut presence: usize,
    leaving: bool,
) -> usize {
    for (at, (sum, frame)) in frames.enumerate() {
        let gain = stretch.gain + stretch.slope * (stretch.index + at) as f32;
        let gain = gain * (presence as f32 / REFUGE as f32);
        sum[0] += frame[0] * gain;
        sum[1] += frame[1] * gain;
        presence = if leaving {
            presence.saturating_sub(1)
        } else {
            (presence + 1).min(REFUGE)
        };
    }
    presence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fade::Fade;
    use crate::level::Gain;
    use crate::zone::Layout;
    use rtrb::{Producer, RingBuffer};

    fn deck(from: u64, length: u64) -> (Producer<Frame>, Deck) {
        let (producer, consumer) = RingBuffer::new(1 << 16);
        let envelope = Envelope {
            from: Frames(from),
            length: Frames(length),
            gain: Gain::UNITY,
            rise: Fade::NONE,
            fall: Fade::NONE,
            turn: None,
        };
        let deck = Deck::new(
            Id(1),
            envelope,
            Layout::single().all(),
            Bus::Music(Loudness::USUAL),
            consumer,
            Frames::ZERO,
        );
        (producer, deck)
    }

    fn play(deck: &mut Deck, at: &mut u64, frames: usize) -> Vec<Frame> {
        let mut heard = Vec::new();
        while heard.len() < frames {
            let mut bus = vec![[0.0; 2]; 101.min(frames - heard.len())];
            deck.mix(Frames(*at), &mut [&mut bus]);
            *at += bus.len() as u64;
            heard.extend(bus);
        }
        heard
    }

    #[test]
    fn a_clip_sounds_at_its_frames_and_nowhere_else() {
        let (mut ring, mut deck) = deck(1_003, 20_001);
        for i in 0..20_001 {
            ring.push([i as f32, -(i as f32)]).unwrap();
        }
        let heard = play(&mut deck, &mut 0, 22_000);
        assert!(heard[..1_003].iter().all(|f| *f == [0.0; 2]));
        for i in 0..20_001 {
            assert_eq!(heard[1_003 + i][0], i as f32);
        }
        assert!(heard[21_004..].iter().all(|f| *f == [0.0; 2]));
        assert!(!deck.is_starved());
    }

    #[test]
    fn a_stream_that_is_late_comes_from_silence() {
        // Its ring is empty at its first frame, or nearly; or the deck itself comes late.
        for (begin, early) in [(0, 0), (0, 100), (2_000, 0)] {
            let (mut ring, mut deck) = deck(0, 60_000);
            for _ in 0..early {
                ring.push([1.0, 1.0]).unwrap();
            }
            let mut at = begin;
            let waiting = play(&mut deck, &mut at, 5_000);
            assert!(waiting[early..].iter().all(|frame| *frame == [0.0, 0.0]));
            assert!(deck.is_starved());
            for _ in 0..60_000 {
                ring.push([1.0, 1.0]).unwrap();
            }
            let back = play(&mut deck, &mut at, 20_000);
            assert_eq!(back[19_999][0], 1.0);
            assert!(back[0][0] < 0.001, "it comes in hard");
            for pair in back.windows(2) {
                assert!((pair[1][0] - pair[0][0]).abs() < 0.001, "a step");
            }
        }
    }

    #[test]
    fn a_dry_stream_leaves_softly_and_comes_back_in_its_place() {
        let (mut ring, mut deck) = deck(0, 60_000);
        let mut at = 0;
        for _ in 0..10_000 {
            ring.push([1.0, 1.0]).unwrap();
        }
        let left = play(&mut deck, &mut at, 15_000);
        assert!(deck.is_starved());
        for pair in left.windows(2) {
            assert!((pair[1][0] - pair[0][0]).abs() < 0.001, "a step");
        }
        assert_eq!(left[14_999][0], 0.0);
        // late by 5,000 frames: those are dropped, what follows is in its place
        for i in 10_000..60_000 {
            ring.push([i as f32, i as f32]).unwrap();
        }
        let back = play(&mut deck, &mut at, 45_000);
        assert_eq!(back[44_999][0], 59_999.0);
        assert_eq!(back[20_000][0], 35_000.0);
    }
}
