//! The session's music as it grows, phase by phase; from the start, or from what was heard of it.

use std::time::Duration;

use crate::fade::Fade;
use crate::library::Library;
use crate::mistake::Mistake;
use crate::playlist::{Playlist, Track};
use crate::script::{Content, Phase, Session};
use crate::time::{Frames, LONGEST, Rate};
use crate::timeline::crossing::cross;
use crate::timeline::fill::{CUT, Filling, Opening};
use crate::timeline::model::{Clip, PhaseSpan, Wish, stander};

/// Behind a piece that ended by itself the next one is there within this, whatever was asked: or people would lie in silence.
const SOON: Duration = Duration::from_secs(1);

impl Wish {
    /// What the script asks for.
    #[must_use]
    pub fn written(phase: &Phase, rate: Rate) -> Self {
        let lengths = [phase.shortest(), phase.length, phase.longest()];
        Self {
            lengths: lengths.map(|length| rate.frames(length)),
            open: false,
            intensity: None,
        }
    }
}

/// Music that grows.
#[derive(Debug)]
pub struct Score<'a> {
    session: &'a Session,
    library: &'a Library,
    rate: Rate,
    /// The clips so far, in the order they begin.
    pub clips: Vec<Clip>,
    /// The phases so far.
    pub phases: Vec<PhaseSpan>,
    last: Option<&'a Track>,
    /// For how long phases that hold are held, where somebody is there to let them go on.
    holding: Option<Frames>,
}

impl<'a> Score<'a> {
    /// The music of a session that nobody steers: phases that hold have their written length.
    #[must_use]
    pub fn written(session: &'a Session, library: &'a Library, rate: Rate) -> Self {
        Self {
            session,
            library,
            rate,
            clips: Vec::new(),
            phases: Vec::new(),
            last: None,
            holding: None,
        }
    }

    /// The music of a session after these clips and phases; none of them at its start.
    #[must_use]
    pub fn after(
        session: &'a Session,
        library: &'a Library,
        rate: Rate,
        clips: Vec<Clip>,
        phases: Vec<PhaseSpan>,
    ) -> Self {
        let tracks = || session.phases.iter().filter_map(playlist);
        let path = clips.last().map(|clip| &*clip.track);
        let last = path.and_then(|path| {
            let mut all = tracks().flat_map(|list| &list.tracks);
            all.find(|track| track.path == path)
        });
        Self {
            session,
            library,
            rate,
            clips,
            phases,
            last,
            holding: None,
        }
    }

    /// Phases that hold are held, for so long.
    #[must_use]
    pub fn holding(self, length: Frames) -> Self {
        let holding = Some(length);
        Self { holding, ..self }
    }

    /// Adds the phases that are left, up to one that is held; what crosses gets its law.
    pub fn add_rest(&mut self, remarks: &mut Vec<Mistake>) {
        let next = self.phases.last().map_or(0, |span| span.number + 1);
        for number in next..self.session.phases.len() {
            if self.phases.last().is_some_and(|span| span.wish.open) {
                break;
            }
            self.add_phase(number, None, remarks);
        }
        cross(&mut self.clips, self.library, self.rate);
    }

    /// Adds a phase after those that are there; `coming` within this, instead of as the script has it.
    pub fn add_phase(&mut self, number: usize, coming: Option<Frames>, remarks: &mut Vec<Mistake>) {
        let Some(phase) = self.session.phases.get(number) else {
            return;
        };
        let from = self.phases.last().map_or(Frames::ZERO, PhaseSpan::end);
        let mut wish = Wish::written(phase, self.rate);
        wish.open = self.holding.is_some() && phase.hold;
        let opening = Opening::Fresh(from);
        let end = self.fill(number, from, wish, opening, &[], coming, remarks);
        self.phases.push(PhaseSpan {
            number,
            name: phase.name.clone(),
            from,
            length: end - from,
            hold: phase.hold,
            wish,
            silent: matches!(phase.content, Content::Silence),
            level: phase.level,
        });
    }

    /// Lays the rest of the last phase out anew.
    pub fn go_on(&mut self, opening: Opening, coming: Frames) {
        let Some(mut span) = self.phases.pop() else {
            return;
        };
        let begun = self.clips.partition_point(|clip| clip.from < span.from);
        let mut heard = self.clips.split_off(begun);
        let mut going = Vec::new();
        if let Opening::Standing(_) = opening {
            // What came after it was taken back and goes, or came back for its end alone.
            going = heard.split_off(stander(&heard, Frames::ZERO).map_or(0, |place| place + 1));
            let before = heard.len().saturating_sub(1);
            self.clips.extend(heard.iter().take(before).cloned());
        } else {
            self.clips.extend(heard.iter().cloned());
        }
        let (number, from, wish) = (span.number, span.from, span.wish);
        let ignored = &mut Vec::new();
        let end = self.fill(number, from, wish, opening, &heard, Some(coming), ignored);
        self.clips.extend(going);
        self.clips.sort_by_key(|clip| clip.from);
        span.length = end - from;
        self.phases.push(span);
    }

    /// Fills a phase, and says where it ends.
    #[expect(clippy::too_many_arguments, reason = "what a phase is filled by, once")]
    fn fill(
        &mut self,
        number: usize,
        from: Frames,
        wish: Wish,
        opening: Opening,
        heard: &[Clip],
        coming: Option<Frames>,
        remarks: &mut Vec<Mistake>,
    ) -> Frames {
        let Some(phase) = self.session.phases.get(number) else {
            return from;
        };
        let lengths = if wish.open {
            let longest = self.rate.frames(LONGEST);
            [self.holding.unwrap_or(longest); 3]
        } else {
            wish.lengths
        };
        let Some(playlist) = playlist(phase) else {
            return from + lengths[1];
        };
        let (own, leaving) = self.fades(number);
        let filling = Filling {
            playlist,
            library: self.library,
            rate: self.rate,
            seed: self.session.seed ^ ((number as u64) << 32),
            last: self.last,
            zones: self.session.layout.all(),
            target: self.session.music.loudness,
            level: phase.level,
            crossfade: self.rate.frames(phase.crossfade),
            coming: coming.unwrap_or(own),
            leaving,
            leaves_before_end: number + 1 == self.session.phases.len(),
            from,
            ends: lengths.map(|length| from + length),
            intensity: wish.intensity,
            heard,
            opening,
        };
        let mut filled = filling.fill();
        if filled.rounds > 1 {
            remarks.push(too_short(phase, playlist, filled.rounds));
        }
        let last = filled.last;
        if heard.is_empty() && coming.is_none() {
            self.meet(&mut filled.clips);
        }
        self.clips.extend(filled.clips);
        self.last = last.or(self.last);
        filled.end
    }

    /// How long a phase takes to come and to go.
    #[must_use]
    pub fn fades(&self, number: usize) -> (Frames, Frames) {
        let music = &self.session.music;
        let last = number + 1 == self.session.phases.len();
        let coming = if number == 0 {
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
            let phase = self.session.phases.get(at)?;
            Some(phase.shortest() / 3)
        };
        let bounded = |fade: Duration, other: Option<usize>| {
            let thirds = [third(number), other.and_then(third)];
            thirds.into_iter().flatten().fold(fade, Duration::min)
        };
        let coming = bounded(coming, number.checked_sub(1));
        let leaving = bounded(leaving, Some(number + 1));
        (self.rate.frames(coming), self.rate.frames(leaving))
    }

    /// Makes the clip that leaves the phase before and the one that comes cross each other: both fades alike, as long as
    /// the shorter of the two allows. What has begun to go goes on as it is.
    fn meet(&mut self, coming: &mut [Clip]) {
        let Some(first) = coming.first_mut() else {
            return;
        };
        let Some(before) = stander(&self.clips, first.from) else {
            if self.clips.iter().any(|clip| clip.end() == first.from) {
                // What ends with its phase leaves nothing to cross with.
                let soon = self.rate.frames(SOON).min(first.fade_in.length);
                first.fade_in = Fade::equal_power(soon);
            }
            return;
        };
        let before = &mut self.clips[before];
        if before.going().start < first.from {
            return;
        }
        let overlap = before.end() - first.from;
        let least = self.rate.frames(CUT).min(Frames(first.length.0 / 3));
        let fade = overlap.min(first.fade_in.length.max(least));
        before.length -= overlap - fade;
        before.fade_out = Fade::equal_power(fade);
        first.fade_in = Fade::equal_power(fade);
    }
}

fn playlist(phase: &Phase) -> Option<&Playlist> {
    match &phase.content {
        Content::Silence => None,
        Content::Playlist(playlist) => Some(playlist),
    }
}

fn too_short(phase: &Phase, playlist: &Playlist, rounds: usize) -> Mistake {
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
