//! Random sessions, as a therapist would write them and as nobody would, by the seed: with their files, so that they can be
//! heard.

pub mod pool;

use std::fmt::Write as _;

use undersong::level::Decibels;
use undersong::zone::{Caps, Listener};

use super::dice::Dice;
use pool::{File, Pool};

/// A session to be heard.
#[derive(Debug, Clone)]
pub struct Written {
    pub text: String,
    /// The rate it is played at, in hertz.
    pub rate: u32,
    pub caps: Caps,
    /// How the level stands from the first frame on.
    pub level: Option<Decibels>,
    /// Each cue's phase and time from its start, in milliseconds, where it is to come exactly then.
    pub times: Vec<(String, usize, u64)>,
}

const RATES: [u32; 10] = [
    8_000, 8_000, 8_000, 11_025, 11_025, 12_000, 16_000, 22_050, 44_100, 48_000,
];

/// The session of a seed.
pub fn written(seed: u64, pool: &Pool) -> Written {
    let mut dice = Dice::new(seed);
    let of = |list: &[&str], dice: &mut Dice| list[(dice.unit() * list.len() as f64) as usize].to_owned();
    let loudness = of(&["-23 LUFS", "-30 LUFS", "-18 LUFS", "as-is", "as-is"], &mut dice);
    let fades = ["0s", "0s", "40ms", "1s", "3s", "17s", "60s"];
    let (crossfade, phase_crossfade) = (of(&fades, &mut dice), of(&fades, &mut dice));
    let (fade_in, fade_out) = (of(&fades[..6], &mut dice), of(&fades[..6], &mut dice));
    let mut text = format!(
        "undersong: 1\ntitle: Random {seed}\nseed: {seed}\nmusic: {{ loudness: {loudness}, crossfade: {crossfade}, \
         phase-crossfade: {phase_crossfade}, fade-in: {fade_in}, fade-out: {fade_out}, bed: bed.wav }}\nphases:\n"
    );
    let mut times = Vec::new();
    let couple = dice.unit() < 0.5;
    let count = 1 + (dice.unit().powi(2) * 3.2) as usize;
    for phase in 0..count {
        let seconds = dice.between(10.0, if count > 2 { 12.0 } else { 17.0 });
        let milliseconds = (seconds * 1000.0) as u64;
        let _ = write!(text, "  - name: phase {phase}\n    length: {milliseconds}ms\n");
        if dice.unit() < 0.3 {
            let _ = writeln!(text, "    max: {}ms", milliseconds + 4_000);
        }
        let mut joins = vec![0.0];
        if dice.unit() < 0.2 {
            text += "    music: silence\n";
        } else {
            let tracks = tracks(&mut dice, pool);
            for track in &tracks {
                joins.push(joins[joins.len() - 1] + track.seconds);
            }
            let names: Vec<String> = tracks.iter().map(|f| format!("\"{}\"", f.name)).collect();
            let _ = writeln!(text, "    playlist: [{}]", names.join(", "));
            if dice.unit() < 0.3 {
                let _ = writeln!(text, "    level: {} dB", (dice.unit() * 12.0) as i32 - 9);
            }
            if dice.unit() < 0.3 {
                let _ = writeln!(text, "    crossfade: {}", of(&fades, &mut dice));
            }
        }
        let cues = (dice.unit().powi(2) * 6.0) as usize;
        if cues > 0 {
            text += "    cues:\n";
        }
        for cue in 0..cues {
            let name = format!("cue {phase} {cue}");
            let join = joins[(dice.unit() * joins.len() as f64) as usize];
            let chance = (dice.unit() * milliseconds as f64) as u64;
            let exact = match (dice.unit() * 5.0) as u32 {
                0 => Some(0),
                1 => Some(((join * 1000.0) as u64).min(milliseconds)),
                2 => None,
                _ => Some(chance),
            };
            let at = match exact {
                Some(at) => format!("{at}ms"),
                None => of(&["end", "end - 1ms", "end - 1s", "end - 7s"], &mut dice),
            };
            let within = dice.unit() < 0.15;
            if let Some(at) = exact.filter(|_| !within) {
                times.push((name.clone(), phase, at));
            }
            let _ = writeln!(
                text,
                "      - {{ name: {name}, at: {at}, {}{}{} }}",
                sound(&mut dice, pool),
                if within { ", within: 3s, place: quiet" } else { "" },
                if couple {
                    of(&["", ", to: a", ", to: b", ", to: room", ", to: [a, b]"], &mut dice)
                } else {
                    String::new()
                }
            );
        }
    }
    let caps = if dice.unit() < 0.15 {
        let listeners = [Listener::A, Listener::B, Listener::Room];
        Caps::new(listeners.map(|of| (of, Decibels(dice.between(-12.0, 3.0) as f32))).into())
    } else {
        Caps::default()
    };
    let level = (dice.unit() < 0.15).then(|| Decibels(dice.between(-12.0, 6.0) as f32));
    let rate = RATES[(dice.unit() * RATES.len() as f64) as usize];
    Written { text, rate, caps, level, times }
}

fn tracks<'a>(dice: &mut Dice, pool: &'a Pool) -> Vec<&'a File> {
    if dice.unit() < 0.2 {
        let album = (dice.unit() * pool.albums.len() as f64) as usize;
        return pool.albums[album].iter().collect();
    }
    let count = 1 + (dice.unit() * 5.0) as usize;
    let any = |dice: &mut Dice| &pool.music[(dice.unit() * pool.music.len() as f64) as usize];
    (0..count).map(|_| any(dice)).collect()
}

fn sound(dice: &mut Dice, pool: &Pool) -> String {
    let file = &pool.cues[(dice.unit() * pool.cues.len() as f64) as usize].name;
    let level = (dice.unit() * 12.0) as i32 - 9;
    match (dice.unit() * 4.0) as u32 {
        0 => format!("chime: {file}, attack: 50ms, duck: true, level: {level} dB"),
        1 => format!("chime: {file}"),
        2 => format!("voice: {file}, level: {level} dB"),
        _ => format!("voice: {file}"),
    }
}
