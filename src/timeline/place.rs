//! Puts cues on frames.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::level::Decibels;
use crate::library::Library;
use crate::mistake::{Mistake, Rank};
use crate::script::{At, Cue, CueKind, Seek, Session};
use crate::time::{Frames, LONGEST, Rate, clock};
use crate::timeline::around::Music;
use crate::timeline::duck::{DEEPEST, Need};
use crate::timeline::edge::edges;
use crate::timeline::fill::GRACE;
use crate::timeline::loudness::{Heard, Window, music_over, normalise};
use crate::timeline::model::{CueId, CueSort, PhaseSpan, PlacedCue};
use crate::zone::{Layout, Zone, Zones};

/// A cue that looks for a better place looks at each of these.
const STEP: Duration = Duration::from_millis(500);

/// So many times may the cues of a phase come that is held for as long as any.
const MOST_HELD: usize = 20_000;

/// Where cues are put.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// What the script asks for.
    pub session: &'a Session,
    /// What is known of the files.
    pub library: &'a Library,
    /// The session's rate.
    pub rate: Rate,
    /// The music that was laid out.
    pub clips: Music<'a>,
    /// Nothing finds a place before this.
    pub from: Frames,
}

impl Ground<'_> {
    /// Places a phase's cues, but for those that are `there`, and beside them. What could not be done as asked is told in
    /// `remarks`.
    #[must_use]
    pub fn place(
        &self,
        phase: &PhaseSpan,
        there: &[PlacedCue],
        remarks: &mut Vec<Mistake>,
    ) -> Vec<PlacedCue> {
        let of_phase = there.iter().filter(|cue| cue.id.phase == phase.number);
        let known: HashSet<CueId> = of_phase.map(|cue| cue.id).collect();
        let mut placed: Vec<PlacedCue> = Vec::new();
        let written = self.written(phase).iter().enumerate();
        let (fixed, mut free): (Vec<_>, Vec<_>) =
            written.partition(|(_, cue)| cue.within.is_zero());
        // What may move further makes way for what may less, and what is for one for what is for all.
        free.sort_by_key(|(_, cue)| (!cue.to.is_empty(), cue.within));
        for (number, cue) in fixed.into_iter().chain(free) {
            // What lies behind the phase's end comes only if the phase is lengthened while it plays.
            let latest = self.latest(phase);
            let asked = self.asked(phase, cue.at).filter(|at| *at <= latest);
            for (time, asked) in asked.map(|at| at.min(phase.end())).enumerate() {
                let id = CueId {
                    phase: phase.number,
                    cue: number,
                    time,
                    again: 0,
                };
                if known.contains(&id) {
                    continue;
                }
                let one = self.place_one(id, asked, |cue, length, zones| {
                    let others = there.iter().chain(&placed);
                    self.best_place(phase, cue, asked, length, zones, others, remarks)
                });
                placed.extend(one);
            }
        }
        placed
    }

    /// What is asked for later lies behind a phase: behind its length where it ended with its music a moment before.
    fn latest(&self, phase: &PhaseSpan) -> Frames {
        let meant = phase.from + phase.wish.lengths[1];
        if meant <= phase.end() + self.rate.frames(GRACE) {
            meant.max(phase.end())
        } else {
            phase.end()
        }
    }

    /// A cue at a frame, wherever else it was to be.
    #[must_use]
    pub fn put(&self, id: CueId, at: Frames) -> Option<PlacedCue> {
        self.place_one(id, at, |_, _, _| at)
    }

    /// The cues of a phase, as written.
    fn written(&self, phase: &PhaseSpan) -> &[Cue] {
        let written = self.session.phases.get(phase.number);
        written.map_or(&[], |phase| &phase.cues)
    }

    /// A phase's cues that come more often than the session has room for: `left` times, and where it is held.
    #[must_use]
    pub fn too_often(&self, phase: &PhaseSpan, left: usize) -> Option<Mistake> {
        let beyond = |phase: &PhaseSpan, most: usize| {
            let mut times = 0;
            self.written(phase).iter().find(|cue| {
                times += self.asked(phase, cue.at).size_hint().0;
                times > most
            })
        };
        let held = PhaseSpan {
            length: self.rate.frames(LONGEST),
            ..phase.clone()
        };
        let (cue, what) = if let Some(cue) = beyond(phase, left) {
            let what =
                "with this one, the cues come more often than a session can hold (5,000 times)";
            (cue, what.to_owned())
        } else if phase.hold
            && let Some(cue) = beyond(&held, MOST_HELD)
        {
            let name = &phase.name;
            let what = format!(
                "with this one, the cues of `{name}` come more often than a phase can hold that goes on until it is told \
                 (20,000 times a day)"
            );
            (cue, what)
        } else {
            return None;
        };
        Some(Mistake::error(cue.place.clone(), what).help("let them come less often"))
    }

    /// The frames a cue asks for.
    fn asked(&self, phase: &PhaseSpan, at: At) -> impl Iterator<Item = Frames> + use<> {
        let frames = |length| self.rate.frames(length);
        let (first, every, times) = match at {
            At::Start(after) => (phase.from + frames(after), 0, 1),
            At::End(before) => ((phase.end() - frames(before)).max(phase.from), 0, 1),
            At::Every(length) => {
                let every = frames(length).max(Frames(1));
                let times = (phase.length - Frames(1)).0 / every.0;
                (phase.from + every, every.0, times)
            }
        };
        (0..times).map(move |n| first + Frames(every * n))
    }

    fn place_one(
        &self,
        id: CueId,
        asked: Frames,
        place: impl FnOnce(&Cue, Frames, Zones) -> Frames,
    ) -> Option<PlacedCue> {
        let cue = self.session.phases.get(id.phase)?.cues.get(id.cue)?;
        let sound = cue.kind.sound();
        let facts = sound.and_then(|sound| self.library.facts(&sound.path).ok());
        let length = facts.map_or(Frames::ZERO, |facts| {
            self.rate.convert(facts.frames, facts.rate)
        });
        let zones = self.zones(cue);
        let at = match &cue.kind {
            CueKind::Remind { .. } => asked,
            _ => place(cue, length, zones),
        };
        let change = facts.map_or(Decibels::ZERO, |facts| {
            normalise(facts, self.session.music.loudness)
        });
        let [fade_in, fade_out] = edges(&cue.kind, length, self.rate);
        Some(PlacedCue {
            id,
            name: cue.name.clone(),
            sort: sort(&cue.kind),
            at,
            length,
            zones,
            sound: sound.map(|sound| Arc::from(sound.path.as_path())),
            text: text(&cue.kind),
            gain: (change + cue.level).gain(),
            fade_in,
            fade_out,
            ducks: ducks(&cue.kind),
            asked,
            by_hand: false,
        })
    }

    fn zones(&self, cue: &Cue) -> Zones {
        let layout: &Layout = &self.session.layout;
        if matches!(cue.kind, CueKind::Remind { .. }) {
            return Zones::NONE;
        }
        if cue.to.is_empty() {
            return layout.all();
        }
        let zones = cue.to.iter().filter_map(|listener| layout.zone(*listener));
        zones.fold(Zones::NONE, Zones::with)
    }

    /// The place nearest to the asked one, or the quietest, that the cue may move to; speech is kept out of crossfades, and
    /// from what all who hear it hear already.
    #[expect(clippy::too_many_arguments, reason = "what a place depends on, once")]
    fn best_place<'a>(
        &self,
        phase: &PhaseSpan,
        cue: &Cue,
        asked: Frames,
        length: Frames,
        zones: Zones,
        others: impl Iterator<Item = &'a PlacedCue>,
        remarks: &mut Vec<Mistake>,
    ) -> Frames {
        let speaks = speaks(&cue.kind);
        let reach = self.rate.frames(cue.within);
        let around = asked - reach..asked + reach + length;
        let crossfades = self.crossfades_over(&around);
        // What is for one alone moves nothing that others hear.
        let speak_to_all = |other: &&PlacedCue| {
            let touches = other.at < around.end && around.start < other.end();
            touches && other.speaks() && zones.iter().all(|it| other.zones.contains(it))
        };
        let voices: Vec<_> = if speaks {
            let voices = others.filter(speak_to_all);
            voices.map(|other| other.at..other.end()).collect()
        } else {
            Vec::new()
        };
        let over = |stretches: &[Range<Frames>], at| {
            let mut stretches = stretches.iter();
            stretches.any(|stretch| touch(stretch, &(at..at + length)))
        };
        let crossed = |at: Frames| over(&crossfades, at);
        let quiet = cue.seek == Seek::Quiet;
        let in_the_way = speaks && (crossed(asked) || over(&voices, asked));
        if !quiet && !in_the_way {
            return asked;
        }
        let clips = self.clips.around(&around);
        let zones = zones.iter();
        let mut zones: Vec<_> = zones
            .map(|zone| Heard::by(zone, clips, self.library, self.rate, Window::Second))
            .collect();
        let mut loudness = |at: Frames| {
            let heard = zones.iter_mut();
            let heard = heard.filter_map(|zone| zone.over(at..at + length));
            heard.map(|l| l.0).fold(-99.0, f32::max)
        };
        let mut candidates = self.candidates(asked, cue.within);
        let first = phase.from.max(self.from);
        candidates.retain(|at| *at == asked || (*at >= first && *at + length <= phase.end()));
        candidates.retain(|at| !over(&voices, *at));
        let distance = |at: &Frames| at.0.abs_diff(asked.0);
        let clear = candidates.iter().copied().filter(|at| !crossed(*at));
        let best = if quiet {
            clear
                .map(|at| (at, loudness(at)))
                .min_by(|a, b| {
                    let louder = a.1.total_cmp(&b.1);
                    louder.then_with(|| distance(&a.0).cmp(&distance(&b.0)))
                })
                .map(|(at, _)| at)
        } else {
            clear.min_by_key(distance)
        };
        // Two voices are worse than one while the music changes.
        let alone = || candidates.iter().copied().min_by_key(distance);
        let at = best.or_else(alone).unwrap_or(asked);
        if speaks && crossed(at) {
            remarks.push(self.remark_crossfade(cue, at, length));
        }
        at
    }

    fn candidates(&self, asked: Frames, within: Duration) -> Vec<Frames> {
        let step = self.rate.frames(STEP).0.max(1);
        let reach = self.rate.frames(within).0;
        let mut candidates = vec![asked];
        for away in (1..=reach / step).map(|n| n * step) {
            candidates.push(asked + Frames(away));
            if away <= asked.0 {
                candidates.push(asked - Frames(away));
            }
        }
        candidates
    }

    /// The crossfades that a stretch of the session touches: where two clips sound at once.
    fn crossfades_over(&self, stretch: &Range<Frames>) -> Vec<Range<Frames>> {
        let mut sounding: Vec<Range<Frames>> = Vec::new();
        let mut crossfades = Vec::new();
        for clip in self.clips.around(stretch) {
            sounding.retain(|other| other.end > clip.from);
            let both = sounding
                .iter()
                .map(|other| clip.from..clip.end().min(other.end));
            crossfades.extend(both.filter(|cross| touch(cross, stretch)));
            sounding.push(clip.from..clip.end());
        }
        crossfades
    }

    fn remark_crossfade(&self, cue: &Cue, asked: Frames, length: Frames) -> Mistake {
        let cross = self
            .crossfades_over(&(asked..asked + length))
            .into_iter()
            .next();
        let cross = cross.unwrap_or(asked..asked);
        let time = |at: Frames| clock(self.rate.duration(at));
        Mistake::warning(
            cue.place.clone(),
            format!(
                "`{}` is spoken at {} while the music changes ({} to {})",
                cue.name,
                time(asked),
                time(cross.start),
                time(cross.end)
            ),
        )
        .rank(Rank::Heard)
        .help("let it look for a better place, for example with `within: 60s`")
    }

    /// What the cues that a zone hears ask of its music.
    #[must_use]
    pub fn needs(&self, zone: Zone, cues: &[PlacedCue]) -> Vec<Need> {
        let over = self.session.voice.over_music;
        let mut needs = Vec::new();
        for cue in cues {
            if !cue.zones.contains(zone) || !cue.ducks {
                continue;
            }
            let Some((height, heard)) = self.height(zone, cue) else {
                continue;
            };
            let missing = over - height;
            if missing.0 > 0.1 {
                needs.push(Need {
                    from: heard.start,
                    end: heard.end,
                    depth: missing.min(DEEPEST),
                });
            }
        }
        needs
    }

    /// How far a cue stands above the music of a zone that does not go down for it, and the frames in which it is heard: the
    /// silence at its file's ends asks for nothing. `None` where there is no music.
    #[must_use]
    pub fn height(&self, zone: Zone, cue: &PlacedCue) -> Option<(Decibels, Range<Frames>)> {
        let facts = self.library.facts(cue.sound.as_ref()?).ok()?;
        let loudness = facts.loudness? + cue.gain.decibels();
        let heard = facts.heard(Frames::ZERO, cue.at..cue.end(), self.rate);
        let clips = self.clips.around(&heard);
        let music = music_over(clips, self.library, self.rate, zone, heard.clone())?;
        Some((loudness - music, heard))
    }
}

fn touch(a: &Range<Frames>, b: &Range<Frames>) -> bool {
    a.start < b.end && b.start < a.end
}

fn speaks(kind: &CueKind) -> bool {
    matches!(kind, CueKind::Voice { .. } | CueKind::Say { .. })
}

fn ducks(kind: &CueKind) -> bool {
    match kind {
        CueKind::Voice { .. } | CueKind::Say { .. } => true,
        CueKind::Chime { duck, .. } => *duck,
        CueKind::Remind { .. } => false,
    }
}

fn sort(kind: &CueKind) -> CueSort {
    match kind {
        CueKind::Chime { .. } => CueSort::Chime,
        CueKind::Voice { .. } => CueSort::Voice,
        CueKind::Say { .. } => CueSort::Say,
        CueKind::Remind { .. } => CueSort::Remind,
    }
}

fn text(kind: &CueKind) -> Option<String> {
    match kind {
        CueKind::Say { text, .. } | CueKind::Remind { text } => Some(text.clone()),
        _ => None,
    }
}
