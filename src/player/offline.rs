//! Playing as fast as the machine can: the rendering loop turns the clock.

use std::io;
use std::time::Duration;

use crate::engine::Engine;
use crate::player::happening::{Happening, What};
use crate::player::sequencer::Trouble;
use crate::player::session::Player;
use crate::time::Frames;

/// How many frames are rendered in one go. Any number gives the same samples.
const BLOCK: usize = 8192;

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
    mut write: impl FnMut(&Player, &[f32]) -> Result<(), E>,
) -> Result<Vec<Trouble>, E> {
    let mut troubles = Vec::new();
    let mut keep = |happenings: Vec<Happening>| {
        troubles.extend(happenings.into_iter().filter_map(|h| match h.what {
            What::Trouble(trouble) => Some(trouble),
            _ => None,
        }));
    };
    let channels = engine.channels();
    let mut block = vec![0.0; BLOCK * channels];
    let length = player.timeline().length;
    while player.position() < length {
        keep(player.tick());
        let frames = (length - player.position()).0.min(BLOCK as u64) as usize;
        let mut waited = Duration::ZERO;
        while !player.wait_ready(Frames::from(frames), STEP) {
            write(player, &[])?;
            waited += STEP;
            if waited >= PATIENCE {
                player.give_up(Frames::from(frames));
                break;
            }
        }
        let block = &mut block[..frames * channels];
        engine.render(block);
        write(player, block)?;
    }
    keep(player.tick());
    Ok(troubles)
}
