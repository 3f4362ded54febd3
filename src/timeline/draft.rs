//! What is settled of a timeline when it is changed, and what follows from it.

use std::collections::HashSet;
use std::time::Duration;

use crate::fade::{Fade, Ramp, Shape};
use crate::level::{Decibels, Gain};
use crate::time::{Frames, Rate};
use crate::timeline::around::Music;
use crate::timeline::compose::ending;
use crate::timeline::course::{Course, LEAD};
use crate::timeline::duck::{Need, ramps};
use crate::timeline::fill::Opening;
use crate::timeline::late::Late;
use crate::timeline::model::{Clip, CueId, CueSort, PhaseSpan, PlacedCue, Timeline, stander};
use crate::timeline::place::Ground;
use crate::timeline::ramps::join;
use crate::timeline::score::Score;
use crate::zone::Zone;

/// How far the music goes down for the therapist's own voice.
const SPEAK: Decibels = Decibels(15.0);

/// Speech that comes out of its order waits this long for the music to go down.
const ATTACK: Duration = Duration::from_secs(3);

/// What comes where something else ends takes so long at least, and so does that.
const SOON: Duration = Duration::from_millis(10);

/// What is faded further than this gives no cover to what comes at once.
const HEARD: Decibels = Decibels(-10.0);

/// A timeline that is changed at a frame.
#[derive(Debug)]
pub struct Draft<'a> {
    pub course: &'a Course,
    pub old: &'a Timeline,
    pub rate: Rate,
    /// From here on the change holds.
    pub at: Frames,
    /// What begins before this is settled.
    pub settled: Frames,
    /// The clips that have begun, or are about to.
    pub clips: Vec<Clip>,
    /// The phases that have begun, or are about to.
    pub phases: Vec<PhaseSpan>,
    /// The cues that have begun or are about to, and those that were asked for by hand.
    pub cues: Vec<PlacedCue>,
    pub levels: Vec<Ramp>,
    pub speaking: Option<Frames>,
}

impl<'a> Draft<'a> {
    /// What is settled at `at`.
    #[must_use]
    pub fn of(course: &'a Course, at: Frames) -> Self {
        let old = course.timeline();
        let settled = if at == Frames::ZERO {
            at
        } else {
            at + old.rate.frames(LEAD)
        };
        let clips = old.clips.iter().filter(|clip| clip.from < settled);
        // The first phase has begun before its first frame.
        let phases = old.phases.iter();
        let phases = phases.filter(|span| span.from < settled || span.from == Frames::ZERO);
        let stays = |cue: &&PlacedCue| cue.by_hand || cue.at < first(cue.sort, at, settled);
        Self {
            course,
            old,
            rate: old.rate,
            at,
            settled,
            clips: clips.cloned().collect(),
            phases: phases.cloned().collect(),
            cues: old.cues.iter().filter(stays).cloned().collect(),
            levels: old.levels.clone(),
            speaking: old.speaking,
        }
    }

    /// The first frame at which speech can be heard that was not planned.
    #[must_use]
    pub fn soonest(&self) -> Frames {
        self.settled + self.rate.frames(ATTACK)
    }

    /// Lets all that sounds, or is about to, go within `length`.
    pub fn leave(&mut self, length: Frames) {
        let left = |clip: &Clip| self.left(clip, length);
        self.clips = self.clips.iter().map(left).collect();
    }

    /// A clip that goes within `length`, but for one that is gone by then.
    #[must_use]
    pub fn left(&self, clip: &Clip, length: Frames) -> Clip {
        let (at, mut clip) = (self.at, clip.clone());
        let turn_ends = clip.turn.map_or(Frames::ZERO, |turn| turn.end());
        let goes_already = clip.leaves() && turn_ends <= at + length;
        if clip.end() <= at || goes_already {
            return clip;
        }
        let goes_on = self.goes_on(&clip);
        // What ends all at once or nearly goes as long as the others, where there is more of it.
        let bare = clip.fade_out.length < self.rate.frames(LEAD) && !goes_on;
        let reach = if bare { self.reach(&clip) } else { clip.end() };
        // What is over by then sounds until something else can.
        let is_over = reach < at + length && !goes_on && turn_ends <= at;
        let soon = self.rate.frames(SOON);
        let from = if is_over {
            self.settled.min(reach - soon).max(at)
        } else {
            at
        };
        let gone = if bare || is_over {
            reach.min(at + length)
        } else {
            at + length
        };
        clip.turn = Some(turn(&clip, from, gone - from, Gain::SILENCE));
        if clip.going().start >= at && clip.end() != gone && (bare || clip.end() > gone) {
            clip.length = gone - clip.from;
            clip.fade_out = Fade::NONE;
        }
        clip
    }

    /// How far a clip can be made to go on.
    fn reach(&self, clip: &Clip) -> Frames {
        let facts = self.course.library().facts(&clip.track);
        match facts.ok().filter(|_| clip.going().start >= self.settled) {
            Some(facts) => {
                let frames = self.rate.convert(facts.frames - facts.tail, facts.rate);
                clip.end().max(clip.from + (frames - clip.offset))
            }
            None => clip.end(),
        }
    }

    /// Whether another clip goes on where this one ends, without a seam or all but at once.
    fn goes_on(&self, clip: &Clip) -> bool {
        let comes = |next: &Clip| next.from > self.at && next.takes_over(clip);
        let mut others = self.clips.iter();
        others.any(|next| next.joins(clip) || comes(next))
    }

    /// The clip that sounds on when the others go.
    #[must_use]
    pub fn staying(&self) -> Option<&Clip> {
        self.clips.get(stander(&self.clips, self.at)?)
    }

    /// How what comes anew comes: within `fade`, or sooner where what leaves is gone sooner.
    #[must_use]
    pub fn coming(&self, leaving: impl Iterator<Item = Clip>, fade: Frames) -> Frames {
        let ends = leaving.map(|clip| {
            let heard = clip.gain_at(self.settled).0 > clip.gain.0 * HEARD.gain().0;
            let end = clip.end();
            // Of what is hardly heard any more nothing is left that could be met.
            if heard {
                end
            } else {
                end.min(self.settled - Frames(1))
            }
        });
        match ends.max().filter(|gone| *gone < self.at + fade) {
            // Where nothing sounds any more, it comes softly.
            Some(gone) if gone < self.settled => self.rate.frames(LEAD).min(fade),
            Some(gone) => (gone - self.settled).max(self.rate.frames(SOON)).min(fade),
            None => fade,
        }
    }

    /// The clip of the phase that sounds on, where it can: how the phase's music is laid out anew from what sounds.
    #[must_use]
    pub fn standing(&self) -> Option<Opening> {
        let (span, clip) = (self.phases.last()?, self.staying()?);
        let falls = clip.end() - clip.fade_out.length;
        let stands = clip.from >= span.from && falls >= self.settled;
        stands.then_some(Opening::Standing(self.settled))
    }

    /// The clips that were told to go and are not gone.
    pub fn leaving(&self) -> impl Iterator<Item = &Clip> {
        let goes = |clip: &&Clip| clip.leaves() && clip.end() > self.at;
        self.clips.iter().filter(goes)
    }

    /// The frame after the last of what was told to go.
    #[must_use]
    pub fn end_of_leaving(&self) -> Frames {
        self.leaving().map(Clip::end).fold(self.at, Frames::max)
    }

    /// The frame after the last of what sounds.
    #[must_use]
    pub fn end_of_sound(&self) -> Frames {
        let ends = self.clips.iter().map(Clip::end);
        ends.fold(self.at, Frames::max)
    }

    /// The rest of the session after these clips and phases.
    #[must_use]
    pub fn complete(&self, mut score: Score) -> Timeline {
        score.add_rest(&mut Vec::new());
        let Score { clips, phases, .. } = score;
        self.settle(clips, phases)
    }

    /// The timeline of this music, with its cues and ducks.
    #[must_use]
    pub fn settle(&self, clips: Vec<Clip>, phases: Vec<PhaseSpan>) -> Timeline {
        let ground = self.ground(&clips);
        let mut cues = self.cues.clone();
        let mut late = Late::default();
        let planned: HashSet<CueId> = self.old.cues.iter().map(|cue| cue.id).collect();
        for span in &phases {
            for cue in ground.place(span, &cues, &mut Vec::new()) {
                if cue.at >= self.first(&cue) {
                    cues.push(cue);
                } else if let Some(due) = self.due(cue.id) {
                    cues.push(due.clone());
                } else if planned.contains(&cue.id) {
                    late.add(cue, span.end());
                }
            }
        }
        late.make_up(self, &ground, &mut cues);
        self.with_cues(clips, phases, cues)
    }

    /// The first frame at which such a cue can come that was not planned.
    #[must_use]
    pub fn first(&self, cue: &PlacedCue) -> Frames {
        first(cue.sort, self.at, self.settled)
    }

    /// The reminder of this name that is due in a moment.
    #[must_use]
    pub fn due(&self, id: CueId) -> Option<&PlacedCue> {
        let cues = &self.old.cues;
        let soon = cues.partition_point(|cue| cue.at < self.at);
        let mut soon = cues[soon..].iter().take_while(|cue| cue.at < self.settled);
        soon.find(|cue| cue.id == id && cue.sort == CueSort::Remind)
    }

    pub fn ground<'g>(&'g self, clips: &'g [Clip]) -> Ground<'g> {
        Ground {
            session: self.course.session(),
            library: self.course.library(),
            rate: self.rate,
            clips: Music::new(clips),
            from: self.settled,
        }
    }

    /// The timeline of this music and these cues, with its ducks.
    #[must_use]
    pub fn with_cues(
        &self,
        clips: Vec<Clip>,
        phases: Vec<PhaseSpan>,
        mut cues: Vec<PlacedCue>,
    ) -> Timeline {
        cues.sort_by_key(|cue| cue.at);
        let length = ending(&phases, &cues);
        let zones = self.old.layout.zones();
        let ducks = zones.flat_map(|zone| {
            let mut needs = self.ground(&clips).needs(zone, &cues);
            needs.extend(self.speaking.map(|from| Need {
                from,
                end: length,
                depth: SPEAK,
            }));
            let ramps = join(
                &self.ducks(zone),
                &ramps(&needs, self.rate),
                self.at,
                self.rate,
            );
            ramps.into_iter().map(move |ramp| (zone, ramp))
        });
        let ducks = ducks.collect();
        Timeline {
            length,
            phases,
            cues,
            ducks,
            clips,
            levels: self.levels.clone(),
            speaking: self.speaking,
            ..self.old.clone()
        }
    }

    fn ducks(&self, zone: Zone) -> Vec<Ramp> {
        let ducks = self.old.ducks.iter();
        let own = ducks.filter(|(of, _)| *of == zone);
        own.map(|(_, ramp)| *ramp).collect()
    }
}

/// A reminder is shown at its frame, and nothing is loaded for it: until then it can still go elsewhere, or come.
fn first(sort: CueSort, at: Frames, settled: Frames) -> Frames {
    match sort {
        CueSort::Remind => at,
        _ => settled,
    }
}

/// The way of a clip from where it stands at `at` to `target`.
#[must_use]
pub fn turn(clip: &Clip, at: Frames, length: Frames, target: Gain) -> Ramp {
    Ramp {
        from: at,
        length,
        start: clip.turned(at),
        target,
        shape: Shape::Power,
    }
}
