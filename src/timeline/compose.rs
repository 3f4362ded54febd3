//! From a checked script and the facts of its files to the timeline. Pure: no clock, no files; the seed decides every choice.

use std::sync::Arc;
use std::time::Duration;

use crate::fade::Fade;
use crate::level::{Decibels, Loudness};
use crate::library::Library;
use crate::mistake::{Mistake, Weight};
use crate::playlist::Track;
use crate::script::{Content, Phase, Session};
use crate::time::{Frames, Rate, clock};
use crate::timeline::duck::ramps;
use crate::timeline::fill::{CUT, Filling};
use crate::timeline::loudness::normalise;
use crate::timeline::model::{BedChoice, Clip, PhaseSpan, PlacedCue, Timeline};
use crate::timeline::place::Ground;
use crate::timeline::review::review;

/// The bed stands this far below the music it stands in for.
const BED: Decibels = Decibels(-6.0);

/// So many cues may sound at once.
pub const MOST_AT_ONCE: usize = 32;

/// So many of them may be longer than [`LONG`]: those are streamed, as music is.
const MOST_LONG: usize = 6;

/// A cue of this length is held in memory; a longer one is streamed.
pub const LONG: Duration = Duration::from_secs(20);

/// So many times may all cues of a session come, those that return counted each time.
const MOST_TIMES: usize = 5_000;

/// A session that can be played, and what its writer should know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// Everything that will sound.
    pub timeline: Timeline,
    /// What is not as it was perhaps meant; all of them warnings.
    pub remarks: Vec<Mistake>,
}

/// Composes a session at a rate.
///
/// # Errors
/// All reasons for which the session cannot be played, and all remarks with them.
pub fn compose(
    session: &Session,
    library: &Library,
    rate: Rate,
) -> Result<Composition, Vec<Mistake>> {
    let mut remarks = review(session, library);
    if remarks.iter().any(|m| m.weight == Weight::Error) {
        return Err(remarks);
    }
    let mut score = Score {
        session,
        library,
        rate,
        clips: Vec::new(),
        phases: Vec::new(),
        last: None,
    };
    for at in 0..session.phases.len() {
        score.add_phase(at, &mut remarks);
    }
    let Score { clips, phases, .. } = score;
    let ground = Ground {
        session,
        library,
        rate,
        clips: &clips,
    };
    let mut cues = Vec::new();
    for (span, phase) in phases.iter().zip(&session.phases) {
        if let Some(mistake) = ground.too_often(span, phase, MOST_TIMES - cues.len()) {
            remarks.push(mistake);
            return Err(remarks);
        }
        cues.extend(ground.place(span, &phase.cues, &mut remarks));
    }
    cues.sort_by_key(|cue| cue.at);
    if let Some(mistake) = crowd(session, &cues, rate) {
        remarks.push(mistake);
        return Err(remarks);
    }
    let ducks = session.layout.zones().flat_map(|zone| {
        let needs = ground.needs(zone, &cues);
        ramps(&needs, rate)
            .into_iter()
            .map(move |ramp| (zone, ramp))
    });
    let ducks = ducks.collect();
    let music = phases.last().map_or(Frames::ZERO, PhaseSpan::end);
    let length = cues.iter().map(PlacedCue::end).fold(music, Frames::max);
    let timeline = Timeline {
        title: session.title.clone(),
        script: session.hash.clone(),
        rate,
        layout: session.layout.clone(),
        length,
        phases,
        clips,
        cues,
        ducks,
        bed: bed(session, library),
    };
    Ok(Composition { timeline, remarks })
}

/// Where more cues sound at once than anybody could hear.
fn crowd(session: &Session, cues: &[PlacedCue], rate: Rate) -> Option<Mistake> {
    let long = rate.frames(LONG);
    let heard = cues.iter().filter(|cue| cue.sound.is_some());
    let (mut sounding, mut streamed) = (Vec::new(), 0);
    for cue in heard {
        sounding.retain(|other: &&PlacedCue| other.end() > cue.at);
        sounding.push(cue);
        streamed = sounding.iter().filter(|cue| cue.length > long).count();
        if sounding.len() > MOST_AT_ONCE || streamed > MOST_LONG {
            break;
        }
    }
    let time = clock(rate.duration(sounding.last()?.at));
    let what = if streamed > MOST_LONG {
        format!("more than {MOST_LONG} cues of over 20 s sound at once, at {time}")
    } else if sounding.len() > MOST_AT_ONCE {
        format!("more than {MOST_AT_ONCE} cues sound at once, at {time}")
    } else {
        return None;
    };
    Some(Mistake::error(session.place.clone(), what).help("move some of them apart"))
}

fn bed(session: &Session, library: &Library) -> BedChoice {
    let own = session.music.bed.as_ref();
    let facts = own.and_then(|sound| library.facts(&sound.path).ok());
    let target = session.music.loudness.unwrap_or(Loudness(-23.0));
    // The bundled bed is made at -30 LUFS.
    let change = facts.map_or(target - Loudness(-30.0), |facts| {
        normalise(facts, Some(target))
    });
    BedChoice {
        file: own.map(|sound| Arc::from(sound.path.as_path())),
        gain: (change + BED).gain(),
    }
}

/// The session's music as it grows, phase by phase.
struct Score<'a> {
    session: &'a Session,
    library: &'a Library,
    rate: Rate,
    clips: Vec<Clip>,
    phases: Vec<PhaseSpan>,
    last: Option<&'a Track>,
}

impl<'a> Score<'a> {
    fn add_phase(&mut self, at: usize, remarks: &mut Vec<Mistake>) {
        let Some(phase) = self.session.phases.get(at) else {
            return;
        };
        let from = self.phases.last().map_or(Frames::ZERO, PhaseSpan::end);
        let end = match &phase.content {
            Content::Silence => from + self.rate.frames(phase.length),
            Content::Playlist(playlist) => {
                let mut filled = self.filling(at, phase, playlist, from).fill();
                let rounds = filled.rounds;
                if rounds > 1 {
                    remarks.push(too_short(phase, playlist, rounds));
                }
                self.cross(&mut filled.clips);
                self.clips.extend(filled.clips);
                self.last = filled.last.or(self.last);
                filled.end
            }
        };
        self.phases.push(PhaseSpan {
            name: phase.name.clone(),
            from,
            length: end - from,
            hold: phase.hold,
            silent: matches!(phase.content, Content::Silence),
            level: phase.level,
        });
    }

    fn filling(
        &self,
        at: usize,
        phase: &'a Phase,
        playlist: &'a crate::playlist::Playlist,
        from: Frames,
    ) -> Filling<'a> {
        let music = &self.session.music;
        let frames = |length| self.rate.frames(length);
        let last = at + 1 == self.session.phases.len();
        let coming = if at == 0 {
            music.fade_in
        } else {
            music.phase_crossfade
        };
        let leaving = if last {
            music.fade_out
        } else {
            music.phase_crossfade
        };
        // No change of phases takes more than a third of either.
        let third = |at: usize| {
            self.session
                .phases
                .get(at)
                .map(|phase| phase.shortest() / 3)
        };
        let bounded = |fade: Duration, other: Option<usize>| {
            let thirds = [third(at), other.and_then(third)];
            thirds.into_iter().flatten().fold(fade, Duration::min)
        };
        let coming = bounded(coming, at.checked_sub(1));
        let leaving = bounded(leaving, Some(at + 1));
        Filling {
            playlist,
            library: self.library,
            rate: self.rate,
            seed: self.session.seed ^ ((at as u64) << 32),
            last: self.last,
            zones: self.session.layout.all(),
            target: music.loudness,
            level: phase.level,
            crossfade: frames(phase.crossfade),
            coming: frames(coming),
            leaving: frames(leaving),
            leaves_before_end: last,
            from,
            ends: [phase.shortest(), phase.length, phase.max].map(|l| from + frames(l)),
        }
    }

    /// Makes the clip that leaves the phase before and the one that comes cross each other: both fades alike, as long as
    /// the shorter of the two allows.
    fn cross(&mut self, coming: &mut [Clip]) {
        let (Some(before), Some(first)) = (self.clips.last_mut(), coming.first_mut()) else {
            return;
        };
        let overlap = before.end() - first.from;
        if overlap == Frames::ZERO {
            return;
        }
        let least = self.rate.frames(CUT).min(Frames(first.length.0 / 3));
        let fade = overlap.min(first.fade_in.length.max(least));
        before.length -= overlap - fade;
        before.fade_out = Fade::equal_power(fade);
        first.fade_in = Fade::equal_power(fade);
    }
}

fn too_short(phase: &Phase, playlist: &crate::playlist::Playlist, rounds: usize) -> Mistake {
    let times = match rounds {
        2 => "starts over once".to_owned(),
        _ => format!("starts over {} times", rounds - 1),
    };
    let what = format!(
        "the playlist `{}` is shorter than the phase `{}` and {times}",
        playlist.name, phase.name
    );
    let place = playlist.place.clone();
    if playlist.tracks.len() == 1 {
        Mistake::warning(place, what).help("it has a single piece, which is heard again and again")
    } else {
        Mistake::warning(place, what).help("add music, or shorten the phase")
    }
}
