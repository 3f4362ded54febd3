//! The playlist files.

use std::fmt::Write;
use std::fs;
use std::io::Result;
use std::path::Path;

use crate::piece::Piece;

/// Writes a playlist for each phase, and one of all pieces with their intensities.
pub fn write(folder: &Path, pieces: &[Piece]) -> Result<()> {
    for phase in ["settling", "onset", "peak", "return", "integration"] {
        let mut text = format!("#EXTM3U\n#PLAYLIST:{phase}\n");
        for piece in pieces.iter().filter(|piece| piece.phases.contains(&phase)) {
            let _ = writeln!(
                text,
                "#EXTINF:{:.0},Undersong - {}",
                piece.seconds, piece.title
            );
            let _ = writeln!(text, "{}.ogg", piece.file);
        }
        fs::write(folder.join(format!("{phase}.m3u8")), text)?;
    }
    let mut text = String::from("title: All bundled pieces\ntracks:\n");
    for piece in pieces {
        let _ = writeln!(
            text,
            "  - {{ file: {}.ogg, intensity: {} }}",
            piece.file, piece.intensity
        );
    }
    fs::write(folder.join("all.yaml"), text)
}
