//! Sessions by chance, so short and so odd as nobody writes them: fades longer than their tracks, cues on every edge.

use std::fmt::Write as _;

use undersong::time::{Frames, Rate};
use undersong::timeline::{PhaseSpan, Timeline};
use undersong::zone::Listener;

use super::dice::Dice;
use super::pool::{ALBUM, BRIEF, CUES, LONG, rates};

/// A session by a seed.
pub struct Chance {
    pub rate: Rate,
    dice: Dice,
    head: String,
    phases: Vec<String>,
    cues: Vec<Cue>,
    couple: bool,
}

/// A cue of it.
struct Cue {
    phase: usize,
    words: String,
    to: Option<Listener>,
    /// The frame on which it must stand, where the script leaves it no choice.
    due: Option<Frames>,
}

fn pick<T: Copy>(dice: &mut Dice, from: &[T]) -> T {
    from[(dice.unit() * from.len() as f64) as usize]
}

fn likely(dice: &mut Dice, how: f64) -> bool {
    dice.unit() < how
}

/// A fade: none, one that a person would write, or one that is longer than any track here.
fn fade(dice: &mut Dice) -> f64 {
    match dice.unit() {
        ..0.25 => 0.0,
        ..0.75 => dice.between(0.001, 4.0),
        _ => dice.between(5.0, 60.0),
    }
}

fn tracks(dice: &mut Dice) -> String {
    if likely(dice, 0.2) {
        return ALBUM.join(", ");
    }
    let mut tracks = vec![pick(dice, &LONG)];
    while tracks.len() < 4 && likely(dice, 0.6) {
        let most: &[&str] = if likely(dice, 0.1) { &BRIEF } else { &LONG };
        tracks.push(pick(dice, most));
    }
    tracks.join(", ")
}

fn phase(dice: &mut Dice, number: usize) -> String {
    let length = dice.between(10.0, 14.0);
    let mut phase = format!("  - name: phase {number}\n    length: {length:.4}s\n");
    if likely(dice, 0.4) {
        let (min, max) = (dice.between(10.0, length), length * dice.between(1.0, 1.5));
        let _ = writeln!(phase, "    min: {min:.4}s\n    max: {max:.4}s");
    }
    if likely(dice, 0.2) {
        return phase + "    music: silence\n";
    }
    let order = pick(dice, &["", ", order: shuffle"]);
    let list = tracks(dice);
    let _ = writeln!(phase, "    playlist: {{ tracks: [{list}]{order} }}");
    if likely(dice, 0.3) {
        let _ = writeln!(phase, "    level: {:.2} dB", dice.between(-9.0, 3.0));
    }
    if likely(dice, 0.2) {
        let _ = writeln!(phase, "    crossfade: {:.4}s", fade(dice));
    }
    phase
}

impl Chance {
    /// Everything but the cues: where those must stand is known once this is composed.
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let loudness = pick(
            &mut dice,
            &["as-is", "-23 LUFS", "-23 LUFS", "-35 LUFS", "-10 LUFS"],
        );
        let [crossfade, between, fade_in, fade_out] = [(); 4].map(|()| fade(&mut dice));
        let head = format!(
            "undersong: 1\ntitle: Session {seed}\nseed: {seed}\nmusic: {{ loudness: {loudness}, crossfade: {crossfade:.4}s, \
             phase-crossfade: {between:.4}s, fade-in: {fade_in:.4}s, fade-out: {fade_out:.4}s, largest-step: 60 LU, bed: bed.wav }}\nphases:\n"
        );
        // The higher a rate, the longer it takes: the lower ones come more often.
        let (one, other) = (pick(&mut dice, &rates()), pick(&mut dice, &rates()));
        let phases = 1 + (dice.unit() * dice.unit() * 3.0) as usize;
        Self {
            rate: one.min(other),
            head,
            phases: (0..phases).map(|number| phase(&mut dice, number)).collect(),
            cues: Vec::new(),
            couple: likely(&mut dice, 0.5),
            dice,
        }
    }

    /// Adds cues, most of them on edges of this session as it is without them.
    pub fn add_cues(&mut self, bare: &Timeline) {
        for span in &bare.phases {
            for _ in 0..(self.dice.unit() * 5.0) as usize {
                self.add_cue(bare, span);
            }
        }
    }

    fn add_cue(&mut self, bare: &Timeline, span: &PhaseSpan) {
        let dice = &mut self.dice;
        let to = match dice.unit() {
            _ if !self.couple => None,
            ..0.35 => Some(Listener::A),
            ..0.7 => Some(Listener::B),
            ..0.8 => Some(Listener::Room),
            _ => None,
        };
        let seconds = |frames: Frames| format!("{:.9}s", self.rate.seconds(frames));
        let (when, due) = match dice.unit() {
            ..0.1 => ("at: end".to_owned(), Some(span.end())),
            ..0.25 => {
                let before = edge(dice, bare, span);
                let due = (span.end() - before).max(span.from);
                (format!("at: end - {}", seconds(before)), Some(due))
            }
            ..0.33 => ("every: 10s".to_owned(), None),
            _ => {
                let after = edge(dice, bare, span);
                (format!("at: {}", seconds(after)), Some(span.from + after))
            }
        };
        let mut sound = pick(dice, &CUES);
        if sound == "speech.wav" && likely(dice, 0.7) {
            sound = "word.wav";
        }
        let (kind, place) = match dice.unit() {
            ..0.3 => (format!("voice: {sound}"), ""),
            ..0.45 => (format!("voice: {sound}"), ", within: 4s"),
            ..0.55 => (format!("voice: {sound}"), ", place: quiet, within: 3s"),
            _ => {
                let attack = dice.between(0.05, 3.0);
                let duck = likely(dice, 0.5);
                (
                    format!("chime: {sound}, attack: {attack:.4}s, duck: {duck}"),
                    "",
                )
            }
        };
        let level = if likely(dice, 0.3) {
            ", level: -2.5 dB"
        } else {
            ""
        };
        let to_whom = to.map_or(String::new(), |to| {
            format!(", to: {}", format!("{to:?}").to_lowercase())
        });
        let name = self.cues.len();
        self.cues.push(Cue {
            phase: span.number,
            words: format!("{{ name: cue {name}, {when}, {kind}{place}{level}{to_whom} }}"),
            to,
            due: due.filter(|_| place.is_empty()),
        });
    }

    /// The script, without the cues that are for this listener alone.
    pub fn script(&self, without: Option<Listener>) -> String {
        let mut script = self.head.clone();
        for (number, phase) in self.phases.iter().enumerate() {
            script += phase;
            let cues = self.cues.iter().filter(|cue| cue.phase == number);
            let cues = cues.filter(|cue| cue.to.is_none() || cue.to != without);
            let cues: Vec<_> = cues.map(|cue| format!("      - {}\n", cue.words)).collect();
            if !cues.is_empty() {
                script += "    cues:\n";
                script += &cues.concat();
            }
        }
        script
    }

    /// Somebody who is addressed alone.
    pub fn addressed(&self) -> Option<Listener> {
        self.cues.iter().find_map(|cue| cue.to)
    }

    /// Whether nobody else is addressed.
    pub fn addresses_only(&self, listener: Listener) -> bool {
        let mut addressed = self.cues.iter().filter_map(|cue| cue.to);
        addressed.all(|to| to == listener)
    }

    /// The cues that have no choice, by their names, and the frames on which they must stand.
    pub fn due(&self) -> impl Iterator<Item = (String, Frames)> {
        let cues = self.cues.iter().enumerate();
        cues.filter_map(|(name, cue)| Some((format!("cue {name}"), cue.due?)))
    }
}

/// A place in a phase, counted from its start: an edge of something, or the frame beside one, or anywhere.
fn edge(dice: &mut Dice, bare: &Timeline, span: &PhaseSpan) -> Frames {
    let clips = bare.clips.iter();
    let edges = clips.flat_map(|clip| {
        let (coming, going) = (clip.coming(), clip.going());
        [
            clip.from,
            coming.end,
            going.start,
            clip.end(),
            clip.end() - Frames(1),
        ]
    });
    let mut edges: Vec<Frames> = edges.collect();
    edges.extend([span.from, span.end() - Frames(1), span.end()]);
    edges.push(span.from + Frames((span.length.0 as f64 * dice.unit()) as u64));
    // What is written for longer than a phase may last is a mistake, and what lies behind its end does not come.
    let last = span
        .length
        .min(bare.rate.frames(std::time::Duration::from_secs(10)));
    edges.retain(|at| *at >= span.from && *at <= span.from + last);
    pick(dice, &edges) - span.from
}
