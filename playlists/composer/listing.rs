//! The playlist files.

use std::fmt::Write;
use std::fs;
use std::io::Result;
use std::path::Path;

use crate::piece::Piece;

/// Writes a playlist for each phase, and one of all pieces; each with their intensities.
pub fn write(folder: &Path, pieces: &[Piece]) -> Result<()> {
    for phase in ["settling", "onset", "peak", "return", "integration"] {
        let of_phase = |piece: &&Piece| piece.phases.contains(&phase);
        let text = listing(phase, pieces.iter().filter(of_phase));
        fs::write(folder.join(format!("{phase}.yaml")), text)?;
    }
    let text = listing("All bundled pieces", pieces.iter());
    fs::write(folder.join("all.yaml"), text)
}

fn listing<'a>(title: &str, pieces: impl Iterator<Item = &'a Piece>) -> String {
    let mut text = format!("title: {title}\ntracks:\n");
    for piece in pieces {
        let _ = writeln!(
            text,
            "  - {{ file: {}.ogg, intensity: {} }}",
            piece.file, piece.intensity
        );
    }
    text
}
