use super::*;
use crate::engine::deck::Bus;
use crate::engine::envelope::Envelope;
use crate::fade::Fade;
use crate::level::Loudness;
use crate::zone::Layout;

const BLOCK: usize = 480;

fn envelope(from: Frames, length: usize) -> Envelope {
    Envelope {
        from,
        length: Frames::from(length),
        gain: Gain::UNITY,
        rise: Fade::NONE,
        fall: Fade::NONE,
        turn: None,
    }
}

fn voice(from: Frames) -> Command {
    let sound: Arc<[Frame]> = vec![[0.25; 2]; 48_000].into();
    let zones = Layout::single().all();
    let envelope = envelope(from, sound.len());
    Command::Voice(Box::new(Voice::new(Id(1), envelope, zones, sound)))
}

fn words(from: Frames) -> Command {
    let (mut ring, frames) = RingBuffer::new(1 << 16);
    for _ in 0..48_000 {
        ring.push([0.25; 2]).unwrap();
    }
    let (zones, bus) = (Layout::single().all(), Bus::Speech);
    let envelope = envelope(from, 48_000);
    let deck = Deck::new(Id(2), envelope, zones, bus, frames, Frames::ZERO);
    Command::Deck(Box::new(deck))
}

/// The largest step between two frames of a second, with a command that is given after the first blocks.
fn largest_step(command: impl Fn(Frames) -> Command, from: Frames) -> f32 {
    let (mut engine, mut handle) = Engine::new(&Setup {
        music: Loudness::USUAL,
        ..Setup::default()
    });
    let mut heard = Vec::new();
    let mut block = vec![0.0; BLOCK * 2];
    for at in 0..100 {
        if at == 7 {
            handle.send(command(from)).unwrap();
        }
        engine.render(&mut block);
        heard.extend(block.chunks_exact(2).map(|frame| frame[0]));
    }
    assert!(heard[30_000] > 0.2, "it does not come");
    let steps = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

#[test]
fn what_is_given_to_the_engine_too_late_comes_from_silence() {
    for late in [Frames(1), Frames(3_000)] {
        assert!(largest_step(voice, late) < 0.002, "a voice, {late:?}");
        assert!(largest_step(words, late) < 0.002, "words, {late:?}");
    }
    // In time it begins as it does.
    assert!(largest_step(voice, Frames(5_000)) > 0.2);
    assert!(largest_step(words, Frames(5_000)) > 0.2);
}
