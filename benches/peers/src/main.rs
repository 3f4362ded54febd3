//! What mixing costs, ours and others': many voices, each with its own sound in memory and a running ramp, into one stereo
//! block. Only ratios, of one run of one binary that was built with the same flags for all; absolute times are the machine's.
//!
//! `make bench`, or `cargo run --release --manifest-path benches/peers/Cargo.toml`
//!
//! The reference is a plain loop, one multiplication and one addition for each sample with a gain that runs on
//! (`plain.rs`). Every mixer reads a copy of the sounds of its own, in the session's rate, and is asked for blocks through
//! the same door (`mixer.rs`). It is not the same work everywhere:
//!
//! - *ours, mixing* is what all others are to be compared with: voices with equal-power ramps into a bus, at most one
//!   chord of each curve for 128 frames. There is no limiter, as there is none in the others. All voices begin at one frame,
//!   so that blocks of 64 frames draw all chords or none: that is how far worst and median lie apart there. A few voices
//!   are in the processor's nearest memory, where a chord and a gain that is the same whatever the blocks are dearer than
//!   the loop; many are waited for.
//! - *ours, whole engine* adds what a session has beside its voices: the guard against startles, the duck, the level, the
//!   limiter that watches true peaks, and the meters. These cost the same for one voice as for 256.
//! - oddio interpolates between two frames, so that a sound could have another rate; its ramps are linear and take 0.1 s,
//!   so that each is given a new target before it ends.
//! - firewheel copies each sample through a node for playing and one for the volume, which is smoothed and gets a new
//!   target as oddio's does. Its blocks have their channels apart.
//! - kira resamples each voice, by four points, and its ramps run in decibels.
//! - rodio asks each source for each sample by a call.
//!
//! Times are the thread's own on the processor, so that what else the machine does is not in them; each stretch of blocks,
//! and in the second table each block, counts with its shortest time of all rounds, which the mixers take in turn.

mod clock;
mod firewheel;
mod kira;
mod mixer;
mod oddio;
mod ours;
mod plain;
mod rodio;
mod rounds;
mod work;

use crate::mixer::MIXERS;
use crate::rounds::Rounds;
use crate::work::Work;

const VOICES: [usize; 4] = [1, 16, 64, 256];
/// Frames in a block.
const BLOCKS: [usize; 3] = [64, 128, 256];

fn main() {
    for block in BLOCKS {
        let columns = VOICES.map(|voices| Rounds::of(&Work::new(voices, block)).ratios());
        let names = VOICES.map(|voices| voices.to_string());
        println!("Mixing in blocks of {block} frames, times the plain loop; by voices");
        print(&names, &columns);
    }
    let columns = BLOCKS.map(|block| Rounds::block_by_block(&Work::new(256, block)).spreads());
    println!("Worst to median block, 256 voices; by frames in a block");
    print(&BLOCKS.map(|block| block.to_string()), &columns);
}

/// A row for each mixer, a column for each of `names`.
fn print(names: &[String], columns: &[Vec<f64>]) {
    print!("{:>20}", "");
    for name in names {
        print!(" {name:>8}");
    }
    println!();
    for (row, (name, _)) in MIXERS.iter().enumerate() {
        print!("{name:>20}");
        for column in columns {
            print!(" {:>8.2}", column[row]);
        }
        println!();
    }
    println!();
}
