//! What can be said of a session's files before it is composed.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use crate::library::{Facts, Library};
use crate::mistake::{Mistake, Place, Rank};
use crate::playlist::{LeftOut, Playlist, Track};
use crate::script::{Content, Session};
use crate::time::Frames;
use crate::timeline::revise::RETURN;
use crate::timeline::sudden::sudden;

/// A track lasts this long at least, in seconds.
const SHORTEST: f64 = 1.0;

/// A bed is held in memory, so it is no longer than this.
pub const LONGEST_BED: Duration = Duration::from_secs(60);

/// Every file that a session names, with where it is named: tracks, cues, and its own bed.
pub fn files(session: &Session) -> impl Iterator<Item = (&Path, &Place)> {
    let tracks = tracks(session);
    let cues = session.phases.iter().flat_map(|phase| &phase.cues);
    let sounds = cues.filter_map(|cue| cue.kind.sound());
    tracks
        .map(|track| (track.path.as_path(), &track.place))
        .chain(
            sounds
                .chain(&session.music.bed)
                .map(|s| (s.path.as_path(), &s.place)),
        )
}

fn tracks(session: &Session) -> impl Iterator<Item = &Track> {
    session
        .phases
        .iter()
        .flat_map(|phase| match &phase.content {
            Content::Playlist(playlist) => playlist.tracks.as_slice(),
            Content::Silence => &[],
        })
}

/// Whether a file is a piece of music: it sounds for a second at least.
#[must_use]
pub fn is_music(facts: &Facts) -> bool {
    facts.rate.seconds(facts.sounding()) >= SHORTEST
}

/// The tracks of a playlist that are pieces of music.
pub fn music<'a>(playlist: &'a Playlist, library: &Library) -> impl Iterator<Item = &'a Track> {
    let sounds = |track: &&Track| {
        library
            .facts(&track.path)
            .is_ok_and(|facts| is_music(facts))
    };
    playlist.tracks.iter().filter(sounds)
}

/// What is wrong with the files of a session, and what its writer should know of them: each file once, where it is
/// named first.
#[must_use]
pub fn review(session: &Session, library: &Library) -> Vec<Mistake> {
    let mut seen = HashSet::new();
    let tracks: HashSet<&Path> = tracks(session).map(|track| track.path.as_path()).collect();
    let mut mistakes = Vec::new();
    for (path, place) in files(session) {
        if !seen.insert(path) {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match library.facts(path) {
            Err(fault) => {
                mistakes.push(Mistake::error(place.clone(), format!("`{name}`: {fault}")));
            }
            Ok(facts) => {
                let say = |what: &str| format!("`{name}` {what}");
                // A file is told of once: by the worst that is known of it, and else by all that is.
                let sentence = |sentence: &String| format!("`{name}`: {sentence}");
                if let Some(worst) = facts.mistakes.first() {
                    mistakes.push(Mistake::error(place.clone(), sentence(worst)));
                    continue;
                }
                if facts.sounding() == Frames::ZERO {
                    let what = say("is silent from its first to its last frame");
                    mistakes.push(Mistake::warning(place.clone(), what));
                    continue;
                }
                let remarks = facts.remarks.iter().map(sentence);
                mistakes.extend(
                    remarks
                        .map(|what| Mistake::warning(place.clone(), what).rank(Rank::MayBeHeard)),
                );
                if tracks.contains(path) {
                    let found = sudden(&name, place, facts);
                    mistakes.extend(found.into_iter().map(|it| it.rank(Rank::MayBeHeard)));
                }
                if !is_music(facts) && tracks.contains(path) {
                    let what = say("sounds for less than a second and is left out");
                    mistakes.push(Mistake::warning(place.clone(), what));
                } else if facts.loudness.is_none() {
                    let what = say("is silent from its first to its last frame");
                    mistakes.push(Mistake::warning(place.clone(), what));
                }
                let is_bed = session
                    .music
                    .bed
                    .as_ref()
                    .is_some_and(|bed| bed.path == path);
                if is_bed && facts.rate.duration(facts.frames) > LONGEST_BED {
                    let what = say("is too long for a bed, which is a loop of at most a minute");
                    mistakes.push(Mistake::error(place.clone(), what));
                }
            }
        }
    }
    let mut told = HashSet::new();
    for phase in &session.phases {
        let Content::Playlist(playlist) = &phase.content else {
            continue;
        };
        if !playlist.left_out.is_empty() && told.insert(folder_of(playlist)) {
            mistakes.extend(left_out(playlist));
        }
        let mut facts = playlist.tracks.iter().map(|t| library.facts(&t.path));
        if facts.all(|facts| facts.is_ok_and(|facts| !is_music(facts))) {
            let what = format!("nothing in the playlist `{}` can be heard", playlist.name);
            mistakes.push(Mistake::error(playlist.place.clone(), what));
        }
    }
    mistakes
}

/// That a session of several phases has no place to which people are brought back.
#[must_use]
pub fn no_return(session: &Session) -> Option<Mistake> {
    let mut later = session.phases.iter().skip(1).peekable();
    later.peek()?;
    if later.any(|phase| phase.name.eq_ignore_ascii_case(RETURN)) {
        return None;
    }
    let what = format!(
        "no later phase is named `{RETURN}`, so `undersong bring-back` knows no place to bring people back to"
    );
    let help = format!(
        "name the one in which they come back `{RETURN}`, or say another each time: `undersong bring-back NAME`"
    );
    let last = session.phases.last()?;
    Some(Mistake::warning(last.place.clone(), what).help(help))
}

/// The folder that a playlist is; of one whose tracks lie elsewhere there is nothing left out.
fn folder_of(playlist: &Playlist) -> Option<&Path> {
    playlist.tracks.first()?.path.parent()
}

/// That a folder holds music that cannot be played: what is of another kind, what has a broken name, and
/// what is on a disk that is not plugged in.
fn left_out(playlist: &Playlist) -> impl Iterator<Item = Mistake> {
    let (mut foreign, mut misnamed, mut lost) = (Vec::new(), Vec::new(), Vec::new());
    for file in &playlist.left_out {
        match file {
            LeftOut::Foreign(name) => foreign.push(name),
            LeftOut::Misnamed(name) => misnamed.push(name),
            LeftOut::Lost(name) => lost.push(name),
        }
    }
    let kinds = [
        (
            foreign,
            ["cannot be played here and is", "convert it to FLAC"],
            ["cannot be played here and are", "convert them to FLAC"],
        ),
        (
            misnamed,
            ["has a name that is not UTF-8 and is", "rename it"],
            ["have names that are not UTF-8 and are", "rename them"],
        ),
        (
            lost,
            [
                "is a link to something that is not there and is",
                "plug in the disk that holds it, or copy it here",
            ],
            [
                "are links to something that is not there and are",
                "plug in the disk that holds them, or copy them here",
            ],
        ),
    ];
    kinds.into_iter().filter_map(|(files, of_one, of_several)| {
        let (first, more) = files.split_first()?;
        let (which, [why, help]) = match more.len() {
            0 => (format!("`{first}`"), of_one),
            more => (format!("`{first}` and {more} more"), of_several),
        };
        let what = format!("{which} in `{}` {why} left out", playlist.name);
        Some(Mistake::warning(playlist.place.clone(), what).help(help))
    })
}
