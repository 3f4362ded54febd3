use super::*;
use crate::engine::{Command, Envelope, Voice};
use crate::engine::{Handle, Id, Setup};
use crate::fade::Fade;
use crate::level::Gain;
use crate::time::Frames;
use crate::zone::{Layout, Listener, Zones};

/// An engine for two listeners that plays one ramp to `a` and its negative to `b`, so that every frame differs.
fn engine() -> (Box<Engine>, Handle) {
    let layout = Layout::couple(false);
    let (engine, mut handle) = Engine::new(&Setup {
        layout: layout.clone(),
        ..Setup::default()
    });
    for (id, listener, sign) in [(1, Listener::A, 1.0), (2, Listener::B, -1.0)] {
        let sound: Vec<[f32; 2]> = (0..10_000_u16)
            .map(|at| {
                [
                    sign * f32::from(at) / 20_000.0,
                    sign * f32::from(at) / 40_000.0,
                ]
            })
            .collect();
        let envelope = Envelope {
            from: Frames::ZERO,
            length: Frames::from(sound.len()),
            gain: Gain::UNITY,
            rise: Fade::NONE,
            fall: Fade::NONE,
            turn: None,
        };
        let zones = Zones::NONE.with(layout.zone(listener).unwrap());
        let voice = Voice::new(Id(id), envelope, zones, sound.into());
        handle.send(Command::Voice(Box::new(voice))).unwrap();
    }
    (Box::new(engine), handle)
}

fn both_ends(patch: Patch) -> (Loan, Lent) {
    loan(patch, Arc::default())
}

const PATIENCE: Duration = Duration::from_secs(10);

/// What an engine renders in one go.
fn straight(frames: usize) -> Vec<f32> {
    let (mut engine, _handle) = engine();
    let mut out = vec![0.0; frames * 4];
    engine.render(&mut out);
    out
}

#[test]
fn the_engine_comes_back_and_goes_on_at_the_same_frame() {
    let (engine, handle) = engine();
    let (mut heard, mut lent_engine) = (Vec::new(), Some(engine));
    for frames in [481, 64, 1_000, 7] {
        let (mut loan, mut lent) = both_ends(Patch::All);
        loan.lend(lent_engine.take().unwrap()).unwrap();
        let mut block = vec![f32::NAN; frames * 4];
        lent.fill(&mut block, 4);
        heard.extend(block);
        drop(lent);
        lent_engine = loan.take(PATIENCE);
    }
    assert_eq!(handle.position(), Frames(1_552));
    assert_eq!(heard, straight(1_552));
}

#[test]
fn what_was_cut_off_comes_from_silence_and_what_was_never_heard_as_it_is() {
    let (mut loan, mut lent) = both_ends(Patch::All);
    let mut block = vec![f32::NAN; 999 * 4];
    // Silence may be cut off, and nobody hears it.
    lent.fill(&mut block, 4);
    loan.lend(engine().0).unwrap();
    lent.come_back(Duration::from_millis(50));
    lent.fill(&mut block, 4);
    let straight = straight(4_996);
    assert_eq!(block, straight[..999 * 4]);
    lent.come_back(Duration::from_millis(50));
    let mut block = vec![f32::NAN; 3_997 * 4];
    lent.fill(&mut block, 4);
    let own = &straight[999 * 4..];
    let gains: Vec<f32> = block.iter().zip(own).map(|(a, b)| a / b).collect();
    assert!(gains[0] == 0.0, "it begins at {}", gains[0]);
    let steps = gains.windows(5).map(|two| two[4] - two[0]);
    assert!(steps.into_iter().all(|step| (-1e-4..0.01).contains(&step)));
    assert_eq!(block[2_400 * 4..], own[2_400 * 4..], "after 50 ms");
}

#[test]
fn an_engine_that_was_never_played_comes_back_too() {
    let (mut loan, lent) = both_ends(Patch::All);
    loan.lend(engine().0).unwrap();
    drop(lent);
    assert!(loan.take(PATIENCE).is_some());

    let (mut loan, lent) = both_ends(Patch::All);
    drop(lent);
    assert!(loan.lend(engine().0).is_err());
    assert!(loan.take(PATIENCE).is_none());
}

#[test]
fn an_engine_is_taken_from_a_callback_that_is_never_closed_and_lent_again() {
    let (mut loan, mut lent) = both_ends(Patch::All);
    let mut block = vec![f32::NAN; 64 * 4];
    loan.lend(engine().0).unwrap();
    assert!(
        loan.lend(engine().0).is_err(),
        "one engine is lent, never two"
    );
    lent.fill(&mut block, 4);
    let taken = loan.take(PATIENCE).unwrap();
    lent.fill(&mut block, 4);
    assert!(block.iter().all(|sample| *sample == 0.0));
    loan.lend(taken).unwrap();
    lent.fill(&mut block, 4);
    assert_eq!(block, straight(128)[64 * 4..]);
}

#[test]
fn one_zone_of_a_session_fills_two_channels_of_a_wider_device_as_integers() {
    let (frames, width) = (1_337, 6);
    let zone = Layout::couple(false).zone(Listener::B).unwrap();
    let (mut loan, mut lent) = both_ends(Patch::One(zone));
    loan.lend(engine().0).unwrap();
    let mut block = vec![1_i32; frames * width];
    lent.fill(&mut block, width);
    for (out, of) in block.chunks(width).zip(straight(frames).chunks(4)) {
        for (out, of) in out.iter().zip(&of[2..]) {
            assert!((f64::from(*out) / 2_147_483_648.0 - f64::from(*of)).abs() < 1e-7);
        }
        assert_eq!(out[2..], [0; 4]);
    }
}

#[test]
fn while_nothing_is_lent_there_is_silence_and_the_frames_are_counted() {
    let health = Arc::new(Health::default());
    let (_loan, mut lent) = loan(Patch::All, Arc::clone(&health));
    let mut block = vec![7_u16; 2 * 241];
    lent.fill(&mut block, 2);
    assert!(block.iter().all(|sample| *sample == 1 << 15));
    assert_eq!(
        (health.frames(), health.played()),
        (Frames(241), Frames::ZERO)
    );
}
