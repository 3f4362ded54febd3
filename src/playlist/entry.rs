//! One line of a playlist: the track it names.

use std::path::Path;

use super::file::Kind;
use super::track::Track;
use crate::level::Decibels;
use crate::mistake::Wrong;
use crate::reading::mistakes::Mistakes;
use crate::reading::named_file;
use crate::reading::yaml::Span;

/// The track that `written` names from `folder`. `None` where it is missing or no track, which is
/// then among the mistakes.
pub(super) fn track(
    written: &str,
    span: &Span,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Option<Track> {
    let found = if Kind::of(Path::new(written)).is_some() {
        Err(nested(written, folder, mistakes))
    } else {
        named_file::find(folder, written, mistakes.may_suggest())
    };
    match found {
        Ok(path) => Some(Track {
            path,
            title: None,
            intensity: None,
            gain: Decibels::ZERO,
            place: mistakes.place(span),
        }),
        Err(wrong) => {
            mistakes.error(span, wrong);
            None
        }
    }
}

fn nested(written: &str, folder: &Path, mistakes: &Mistakes) -> Wrong {
    let wrong = if folder.join(written) == mistakes.source().path {
        Wrong::new("this playlist names itself")
    } else {
        Wrong::new(format!(
            "`{written}` is a playlist, and a playlist can only name tracks"
        ))
    };
    wrong.help("name the audio files themselves")
}
