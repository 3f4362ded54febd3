//! Composes the bundled sound: every piece, chime and the bed, and the playlist files.
//!
//! ```text
//! cargo run --release --example composer              all of it
//! cargo run --release --example composer -- tidal     only what has `tidal` in its name
//! ```
//!
//! The same program writes the same files: chance is seeded by each piece's name.

mod air;
mod bed;
mod bow;
mod bowl;
mod chime;
mod cubic;
mod dice;
mod drift;
mod drone;
mod encode;
mod filter;
mod fourier;
mod hall;
mod harp;
mod listing;
mod measure;
mod modal;
mod pad;
mod piece;
mod pieces;
mod score;
mod sound;
mod stage;
mod wash;

use std::path::Path;

use crate::dice::Dice;
use crate::encode::Mistake;
use crate::measure::Measure;
use crate::piece::Piece;

/// The quality of the Ogg Vorbis files, from 0 to 1.
const QUALITY: f32 = 0.4;

fn main() -> Result<(), Mistake> {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pieces = piece::all();
    let mut refused = 0;
    for piece in pieces.iter().filter(|piece| piece.file.contains(&wanted)) {
        if let Err(mistake) = write_piece(&root.join("playlists"), piece) {
            eprintln!("{:<16} refused: {mistake}", piece.file);
            refused += 1;
        }
    }
    write_cues(&root.join("cues"), &wanted)?;
    listing::write(&root.join("playlists"), &pieces)?;
    if refused > 0 {
        return Err(format!("{refused} refused").into());
    }
    Ok(())
}

/// Composes a piece and writes it, and says what came of it.
fn write_piece(folder: &Path, piece: &Piece) -> Result<(), Mistake> {
    let sound = piece.compose();
    let intensity = piece.intensity.to_string();
    let tags = [
        ("TITLE", piece.title),
        ("ARTIST", "Undersong"),
        ("LICENSE", "CC0-1.0"),
        ("INTENSITY", &intensity),
    ];
    let serial = (piece.seed() & 0x7FFF_FFFF) as i32;
    let path = folder.join(format!("{}.ogg", piece.file));
    let (measure, size) = encode::piece(&path, &sound, QUALITY, serial, &tags)?;
    say(piece.file, piece.seconds, piece.rate, &measure, size);
    Ok(())
}

/// Writes the chimes and the bed.
fn write_cues(folder: &Path, wanted: &str) -> Result<(), Mistake> {
    for (place, chime) in chime::all().iter().enumerate() {
        if chime.file.contains(wanted) {
            let mut dice = Dice::new(100 + place as u64);
            let sound = chime.make(&mut dice);
            let size = encode::flac(
                &folder.join(format!("{}.flac", chime.file)),
                &sound,
                &mut dice,
            )?;
            say(
                chime.file,
                sound.seconds(),
                sound.rate,
                &Measure::of(&sound),
                size,
            );
        }
    }
    if "bed".contains(wanted) {
        let mut dice = Dice::new(200);
        let sound = bed::make(&mut dice);
        let seam = bed::seam(&sound);
        if seam > 1.0 {
            return Err(format!("the bed has a seam: {seam:.2}").into());
        }
        let size = encode::flac(&folder.join("bed.flac"), &sound, &mut dice)?;
        say(
            "bed",
            sound.seconds(),
            sound.rate,
            &Measure::of(&sound),
            size,
        );
    }
    Ok(())
}

/// Says what was written.
fn say(name: &str, seconds: f64, rate: u32, measure: &Measure, size: usize) {
    println!(
        "{name:<16}{seconds:>6.1} s {rate} Hz {:>6.1} LUFS {:>6.1} dBTP  {:>4.1} LU/s  offset {:.0e}  click {:>4.1}  step {:.3}  {:>5} kB",
        measure.loudness,
        measure.peak,
        measure.jump,
        measure.offset,
        measure.click,
        measure.step,
        size / 1000,
    );
}
