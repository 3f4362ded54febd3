//! Playing as fast as the machine can: the rendering loop turns the clock.

use std::io;
use std::time::Duration;

use crate::engine::Engine;
use crate::player::happening::{Happening, What};
use crate::player::sequencer::Trouble;
use crate::player::session::Player;
use crate::stream::StreamError;
use crate::time::Frames;

/// How many frames are rendered in one go. Any number gives the same samples.
pub(super) const BLOCK: usize = 16_384;

/// A file that does not answer for this long is given up, and the bed stands in.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often `write` is asked whether to go on while a file is waited for.
const STEP: Duration = Duration::from_millis(200);

/// Renders a session from where the player stands to its end. Each block goes to `write`, interleaved; an empty one where
/// a file is waited for, so that it can end the rendering then too. Gives the files that failed on the way, for which the
/// bed stood in. Blocking.
///
/// # Errors
/// The first error of `write`.
pub fn render<E: From<io::Error>>(
    player: &mut Player,
    engine: &mut Engine,
    write: impl FnMut(&Player, &[f32]) -> Result<(), E>,
) -> Result<Vec<Trouble>, E> {
    let mut offline = Offline::new(player, engine, write);
    let length = offline.player.timeline().length;
    while offline.player.position() < length {
        let left = length - offline.player.position();
        offline.go(left.index().min(BLOCK))?;
    }
    Ok(offline.over())
}

/// The rendering loop, block by block.
pub(super) struct Offline<'a, W> {
    pub player: &'a mut Player,
    pub engine: &'a mut Engine,
    write: W,
    block: Vec<f32>,
    troubles: Vec<Trouble>,
}

impl<'a, E, W> Offline<'a, W>
where
    E: From<io::Error>,
    W: FnMut(&Player, &[f32]) -> Result<(), E>,
{
    pub fn new(player: &'a mut Player, engine: &'a mut Engine, write: W) -> Self {
        let block = vec![0.0; BLOCK * engine.channels()];
        Self {
            player,
            engine,
            write,
            block,
            troubles: Vec::new(),
        }
    }

    /// Renders the next `frames` frames, at most [`BLOCK`]. Blocking.
    pub fn go(&mut self, frames: usize) -> Result<(), E> {
        self.tick();
        let ahead = Frames::from(frames);
        let mut waited = Duration::ZERO;
        while !self.player.wait_ready(ahead, STEP) {
            (self.write)(self.player, &[])?;
            waited += STEP;
            if waited >= PATIENCE {
                self.player.give_up(ahead);
                break;
            }
        }
        let block = &mut self.block[..frames * self.engine.channels()];
        self.engine.render(block);
        (self.write)(self.player, block)
    }

    /// Looks after the player.
    pub fn tick(&mut self) {
        let troubles = self.player.tick().into_iter().filter_map(trouble);
        self.troubles.extend(troubles);
    }

    /// What failed.
    pub fn over(mut self) -> Vec<Trouble> {
        self.tick();
        self.troubles
    }
}

fn trouble(happening: Happening) -> Option<Trouble> {
    match happening.what {
        What::Trouble(trouble) => Some(trouble),
        What::Missed(cue) => Some(Trouble {
            file: cue.sound?,
            error: StreamError::Late,
        }),
        _ => None,
    }
}
