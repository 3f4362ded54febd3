//! Singing bowls, soft bells and glass.

use crate::dice::Dice;
use crate::modal::{Mode, ring};
use crate::score::Note;
use crate::sound::Sound;

/// What rings.
#[derive(Clone, Copy)]
pub enum Metal {
    /// A hand-hammered bowl, rubbed or struck with felt: few partials, far apart, slowly beating.
    Bowl,
    /// A soft bell with a hum below and a sweet, nearly harmonic body.
    Bell,
    /// Small glasses: almost pure, quick to lose their upper tones.
    Glass,
}

/// One partial: ratio, level, share of the decay, beats a second.
type Partial = (f64, f64, f64, f64);

impl Metal {
    /// Its partials.
    fn partials(self) -> &'static [Partial] {
        match self {
            Self::Bowl => &[
                (1.0, 1.0, 1.0, 0.55),
                (2.71, 0.42, 0.72, 0.9),
                (5.15, 0.16, 0.45, 1.7),
                (8.13, 0.05, 0.28, 2.6),
                (11.7, 0.018, 0.18, 3.1),
            ],
            Self::Bell => &[
                (0.5, 0.35, 1.0, 0.3),
                (1.0, 1.0, 0.85, 0.45),
                (1.5, 0.16, 0.6, 0.6),
                (2.0, 0.38, 0.55, 0.8),
                (2.997, 0.15, 0.38, 1.2),
                (4.02, 0.09, 0.28, 1.5),
                (5.43, 0.03, 0.18, 2.0),
            ],
            Self::Glass => &[
                (1.0, 1.0, 1.0, 0.4),
                (2.003, 0.18, 0.5, 0.7),
                (3.01, 0.1, 0.32, 1.1),
                (4.17, 0.045, 0.2, 1.6),
                (6.3, 0.012, 0.12, 2.2),
            ],
        }
    }
}

/// How bells are played.
pub struct Bells {
    /// What rings.
    pub metal: Metal,
    /// Seconds for the lowest partial to fall by 60 dB.
    pub decay: f64,
    /// Seconds to rise; the upper partials are a little quicker.
    pub attack: f64,
    /// How far apart the notes stand between left and right.
    pub width: f64,
}

impl Bells {
    /// Plays notes.
    pub fn play(&self, notes: &[Note], rate: u32, frames: usize, dice: &mut Dice) -> Sound {
        let mut sound = Sound::silent(rate, frames);
        for note in notes {
            let modes: Vec<Mode> = self
                .metal
                .partials()
                .iter()
                .map(|(ratio, level, share, beat)| Mode {
                    hz: note.hz * ratio * (1.0 + dice.between(-0.001, 0.001)),
                    level: note.level * level / (1.0 + (note.hz * ratio / 3_400.0).powi(2)),
                    decay: self.decay * share * (330.0 / note.hz).clamp(0.6, 1.5).sqrt(),
                    attack: self.attack / ratio.max(1.0).powf(0.3),
                    beat: beat * dice.between(0.8, 1.2),
                })
                .collect();
            let place = dice.between(-self.width, self.width);
            ring(&mut sound, note.at, &modes, place, dice);
        }
        sound
    }
}
