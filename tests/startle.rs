//! What rises too fast in the music is held back, and nothing else is touched.

mod common;

use common::files::{Wav, wav};
use common::sounds::{noise, sine};
use common::stage::Stage;
use ebur128::{EbuR128, Mode};
use undersong::engine::StartleGuard;
use undersong::frame::Frame;
use undersong::level::Loudness;
use undersong::time::{Frames, Rate};
use undersong::timeline::Clip;

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const RATE: Rate = Rate::DEFAULT;

fn script(track: &str, more: &str) -> String {
    format!(
        "undersong: 1\ntitle: Startle\nmusic: {{ loudness: as-is, crossfade: 0s, fade-in: 0s, fade-out: 0s }}\n\
         phases: [{{ name: all, length: 20s, playlist: [{track}]{more} }}]\n"
    )
}

/// Momentary loudness every 10 ms, by another meter than ours.
fn momentary(sound: &[Frame]) -> Vec<f64> {
    let mut meter = EbuR128::new(2, RATE.hertz(), Mode::M).unwrap();
    let mut heard = Vec::new();
    for step in sound.chunks(480) {
        meter.add_frames_f32(step.as_flattened()).unwrap();
        heard.push(meter.loudness_momentary().unwrap());
    }
    heard
}

/// The largest rises within 100 ms and within a second above the loudest that sounded in the second before, from `after`
/// seconds on; what is 17 dB below what music usually is frightens nobody.
fn rises(sound: &[Frame], after: usize) -> [f64; 2] {
    let heard = momentary(sound);
    [10..100, 100..200].map(|ago| {
        let rise = |at: usize| {
            let before = &heard[at - ago.end..at - ago.start];
            heard[at] - before.iter().copied().fold(-40.0, f64::max)
        };
        (after * 100..heard.len()).map(rise).fold(0.0, f64::max)
    })
}

/// A quiet sound into which a loud one bursts at 10 s for so many frames.
fn burst(quiet: f32, loud: f32, frames: usize) -> Vec<Frame> {
    let mut sound = noise(3, quiet, 20 * 48_000);
    let burst = noise(4, loud, frames);
    sound[480_123..480_123 + frames].copy_from_slice(&burst);
    sound
}

#[test]
fn a_burst_rises_no_faster_than_people_bear() {
    let stage = Stage::new();
    for (quiet, loud, frames) in [
        (0.02, 0.8, 470_000),
        (0.009, 0.09, 470_000),
        (0.02, 0.3, 470_000),
        // As good as silent; ten seconds of silence are refused.
        (0.000_4, 0.8, 470_000),
        (0.004, 0.4, 40_000),
        (0.05, 0.9, 5_000),
    ] {
        let sound = burst(quiet, loud, frames);
        wav(&stage.path("a.wav"), &sound, 48_000, 2, Wav::Float);
        let before = rises(&sound, 2);
        assert!(
            before[0] > 6.5 || before[1] > 10.5,
            "the burst is none: {before:?}"
        );
        let heard = stage.hear(&script("a.wav", ""), RATE).frames();
        let after = rises(&heard, 2);
        assert!(
            after[0] <= 6.0 && after[1] <= 10.0,
            "{quiet} {loud} {frames}: {after:?}"
        );
        // In the end it is as loud as it is.
        if frames > 400_000 {
            let end = heard.len() - 48_000..heard.len() - 24_000;
            let apart =
                common::stage::power(&heard[end.clone()]) - common::stage::power(&sound[end]);
            assert!(apart > -1.0 || loud > 0.7, "{loud}: {apart}");
        }
    }
}

#[test]
fn a_burst_of_another_sound_than_the_one_before_it_rises_no_faster() {
    let stage = Stage::new();
    let sounds = [70.0, 450.0, 997.0, 2_232.0, 6_100.0];
    let jumps = [18.0, 27.0, 33.0].into_iter().cycle();
    let pairs = sounds
        .iter()
        .flat_map(|before| sounds.map(|burst| (*before, burst)));
    for ((before, burst), jump) in pairs.zip(jumps) {
        let mut sound = sine(before, -39.0, 48_000, 480_123);
        sound.extend(sine(burst, jump - 39.0, 48_000, 20 * 48_000 - 480_123));
        wav(&stage.path("a.wav"), &sound, 48_000, 2, Wav::Float);
        let heard = stage.hear(&script("a.wav", ""), RATE).frames();
        let after = rises(&heard, 2);
        assert!(
            after[0] <= 6.0 && after[1] <= 10.0,
            "{before} Hz, {burst} Hz, {jump} dB: {after:?}"
        );
    }
}

#[test]
fn what_is_held_back_is_the_same_however_long_the_blocks_are() {
    let mut sound = burst(0.02, 0.3, 5_003);
    sound[600_321..600_521].copy_from_slice(&noise(6, 0.9, 200));
    for rate in [48_000, 44_100, 11_025] {
        let heard = |block: usize| {
            let mut guard = StartleGuard::new(Rate::new(rate).unwrap(), Loudness::USUAL);
            let mut sound = sound.clone();
            sound.chunks_mut(block).for_each(|block| guard.watch(block));
            sound
        };
        let at_once = heard(sound.len());
        assert!(at_once != sound, "nothing was held back");
        for block in [1, 3, 7, 64, 441] {
            assert!(heard(block) == at_once, "{rate} Hz, blocks of {block}");
        }
    }
}

#[test]
fn what_rises_slowly_is_not_touched_at_all() {
    let stage = Stage::new();
    let mut sound = noise(5, 0.3, 20 * 48_000);
    for (at, frame) in sound.iter_mut().enumerate() {
        // 8 dB in a second, up and down, and a stroke of 20 ms every second.
        let seconds = at as f32 / 48_000.0;
        let swell = 10.0_f32.powf(-4.0 / 20.0 * (1.0 - (seconds * 1.5).cos()));
        let stroke = if at % 48_000 < 960 { 1.5 } else { 1.0 };
        *frame = frame.map(|s| s * swell * stroke * 0.6);
    }
    wav(&stage.path("a.wav"), &sound, 48_000, 2, Wav::Float);
    let heard = stage.hear(&script("a.wav", ""), RATE).frames();
    assert!(
        heard[..19 * 48_000] == sound[..19 * 48_000],
        "it was changed"
    );
}

/// What is heard of two pieces with a silence between them, each as long as this, crossing for so long; and the clip of the
/// second.
fn with_rest(
    stage: &Stage,
    [before, after]: [&[Frame]; 2],
    lengths: [u32; 3],
    crossfade: &str,
) -> (Vec<Frame>, Clip) {
    wav(&stage.path("a.wav"), before, 48_000, 2, Wav::Float);
    wav(&stage.path("b.wav"), after, 48_000, 2, Wav::Float);
    let [first, rest, last] = lengths;
    let script = format!(
        "undersong: 1\ntitle: Rest\nmusic: {{ loudness: as-is, phase-crossfade: {crossfade}, fade-in: 0s, fade-out: 0s }}\n\
         phases:\n  - {{ name: before, length: {first}s, playlist: [a.wav] }}\n  \
         - {{ name: rest, length: {rest}s, music: silence }}\n  \
         - {{ name: after, length: {last}s, playlist: [b.wav] }}\n"
    );
    let heard = stage.hear(&script, RATE).frames();
    let timeline = stage.prepare(&script, RATE).timeline;
    let clip = timeline.clips.last().unwrap().clone();
    assert_eq!(clip.from, Frames(u64::from(first + rest) * 48_000));
    (heard, clip)
}

/// A noise after a silence of so many seconds, as it is heard and as it is faded.
fn with_silence(stage: &Stage, seconds: u32, crossfade: &str) -> (Vec<Frame>, Vec<Frame>) {
    let sound = noise(7, 0.06, 60 * 48_000);
    let (heard, clip) = with_rest(stage, [&sound; 2], [20, seconds, 20], crossfade);
    let meant = sound.iter().enumerate().map(|(at, frame)| {
        let gain = clip.gain_at(clip.from + Frames::from(at)).0;
        frame.map(|sample| sample * gain)
    });
    let from = clip.from.index();
    (heard[from..from + 19 * 48_000].to_vec(), meant.collect())
}

#[test]
fn what_the_script_lets_come_out_of_silence_comes_as_it_has_it_come() {
    let stage = Stage::new();
    // The silence is so short that what was before it is remembered; or long.
    for (seconds, crossfade) in [(10, "2s"), (12, "2s"), (16, "4s"), (31, "9s")] {
        let (heard, meant) = with_silence(&stage, seconds, crossfade);
        let off = |(heard, meant): (&Frame, &Frame)| (heard[0] - meant[0]).abs();
        let off = heard.iter().zip(&meant).map(off).fold(0.0, f32::max);
        assert!(off < 1e-3, "{seconds} s, {crossfade}: {off}");
    }
    // But not as a blow.
    let (heard, meant) = with_silence(&stage, 16, "0s");
    let power = |sound: &[Frame]| sound.iter().map(|f| f64::from(f[0]).powi(2)).sum::<f64>();
    let part = |from: usize| {
        let stretch = from * 48..(from + 50) * 48;
        power(&heard[stretch.clone()]) / power(&meant[stretch])
    };
    let [early, half, late] = [0, 450, 1_200].map(part);
    assert!(
        early < 0.2 && half < 0.3 && late > 0.98,
        "{early} {half} {late}"
    );
}

/// Nor is a piece held back that begins louder than it is on the whole.
#[test]
fn a_slow_fade_holds_nothing_back() {
    let stage = Stage::new();
    let mut sound = noise(8, 0.06, 60 * 48_000);
    for frame in &mut sound[..20 * 48_000] {
        *frame = frame.map(|sample| sample * 1.8);
    }
    let before = noise(7, 0.06, 30 * 48_000);
    let (heard, after) = with_rest(&stage, [&before, &sound], [10, 61, 60], "20s");
    assert_eq!(after.fade_in.length, Frames(20 * 48_000));
    let from = after.from.index();
    for at in (0..18 * 48_000).step_by(7) {
        let meant = sound[at][0] * after.gain_at(Frames::from(from + at)).0;
        let off = (heard[from + at][0] - meant).abs();
        assert!(off < 2e-3, "{off} at {at}");
    }
}

/// A slow fade lets nobody expect what bursts in on its way.
#[test]
fn a_burst_in_music_that_comes_out_of_silence_rises_no_faster() {
    let stage = Stage::new();
    let mut sound = noise(8, 0.003, 60 * 48_000);
    let loud = noise(9, 0.3, 46 * 48_000);
    sound[14 * 48_000..].copy_from_slice(&loud);
    let before = noise(7, 0.1, 30 * 48_000);
    let (heard, _) = with_rest(&stage, [&before, &sound], [10, 61, 60], "20s");
    let after = rises(&heard, 72);
    assert!(after[0] <= 6.0 && after[1] <= 10.0, "{after:?}");
    let heard = momentary(&heard);
    assert!(heard[71 * 100 + 2_500] > -15.0, "it comes all the same");
}

#[test]
fn a_cue_that_the_script_asks_for_is_not_held_back() {
    let stage = Stage::new();
    wav(
        &stage.path("a.wav"),
        &noise(3, 0.003, 20 * 48_000),
        48_000,
        2,
        Wav::Float,
    );
    let bell = sine(440.0, -8.0, 48_000, 96_000);
    wav(&stage.path("bell.wav"), &bell, 48_000, 2, Wav::Float);
    let cue = ", cues: [{ at: 10s, chime: bell.wav, attack: 50ms }]";
    let heard = stage.hear(&script("a.wav", cue), RATE).frames();
    let loudest = heard[500_000..570_000]
        .iter()
        .map(|f| f[0].abs())
        .fold(0.0, f32::max);
    assert!(loudest > 0.35, "{loudest}");
}

/// Sounds of half a minute that come again and again, none louder than the one before.
fn rhythms() -> [(&'static str, Vec<Frame>); 6] {
    let length = 30 * 48_000;
    let beats = |every: usize, fade: f32, level: f32, rest: f32| {
        let mut sound = noise(3, rest, length);
        let stroke = noise(4, level, length);
        for (at, frame) in sound.iter_mut().enumerate() {
            let since = (at % every) as f32 / 48_000.0;
            let gain = (since / 0.002).min(1.0) * (-since / fade).exp();
            *frame = [0, 1].map(|side| frame[side] + stroke[at][side] * gain);
        }
        sound
    };
    let pad = |depth: f32, seconds: f32| {
        let mut sound = noise(5, 0.1, length);
        for (at, frame) in sound.iter_mut().enumerate() {
            let turn = (at as f32 / 48_000.0 / seconds * std::f32::consts::TAU).cos();
            *frame = frame.map(|sample| sample * (1.0 - depth / 2.0 * (1.0 - turn)));
        }
        sound
    };
    [
        ("a heartbeat", beats(48_000, 0.05, 0.3, 0.0)),
        ("a drum over a soft drone", beats(48_000, 0.08, 0.3, 0.01)),
        ("a drum over a drone", beats(32_000, 0.08, 0.3, 0.04)),
        ("a slow drum", beats(72_000, 0.15, 0.3, 0.003)),
        ("a pad that rests", pad(1.0, 1.7)),
        ("a pad that pulses", pad(0.8, 1.0)),
    ]
}

/// Nor does a rest within a rhythm make the next stroke a new one.
#[test]
fn a_rhythm_is_not_held_back_again_and_again() {
    let stage = Stage::new();
    for (name, sound) in rhythms() {
        wav(&stage.path("a.wav"), &sound, 48_000, 2, Wav::Float);
        let heard = stage.hear(&script("a.wav", ""), RATE).frames();
        let pairs = heard.iter().zip(&sound).enumerate();
        let held = |(at, (heard, sound)): (usize, (&Frame, &Frame))| {
            (sound[0].abs() > 1e-3).then(|| (at, heard[0] / sound[0]))
        };
        let gains = pairs.skip(4 * 48_000).take(15 * 48_000).filter_map(held);
        let least = gains.min_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap();
        assert!(least.1 > 0.95, "{name}: {least:?}");
    }
}

/// A burst in a soft piece with which the session begins, or goes on after it was broken off, so many seconds later.
#[test]
fn a_burst_soon_after_the_begin_rises_no_faster_than_a_piece_comes() {
    let stage = Stage::new();
    let mut sound = noise(3, 0.003, 30 * 48_000);
    let burst = noise(4, 0.3, 2 * 48_000);
    sound[10 * 48_000..12 * 48_000].copy_from_slice(&burst);
    for before in [1.4, 2.7] {
        let start = (10.0 - before) * 48_000.0;
        let from_there = &sound[start as usize..];
        for begin in [0.0, start] {
            let piece = if begin == 0.0 { from_there } else { &sound };
            wav(&stage.path("a.wav"), piece, 48_000, 2, Wav::Float);
            let prepared = stage.prepare(&script("a.wav", ""), RATE);
            let heard = common::stage::play(&prepared, Frames(begin as u64)).frames();
            let levels = momentary(&heard);
            let rise = |at: usize| {
                levels[at]
                    - levels[at - 100..at - 10]
                        .iter()
                        .copied()
                        .fold(-40.0, f64::max)
            };
            let at_once = (100..levels.len()).map(rise).fold(0.0, f64::max);
            assert!(at_once <= 6.0, "{before} {begin}: {at_once}");
            let end = ((before + 1.5) * 48_000.0) as usize;
            let later = common::stage::power(&heard[end..end + 10_000]);
            assert!(later > -35.0, "{before} {begin}: {later}");
        }
    }
}
