//! How what was sent to the engine, and what was not, becomes what another timeline has.

use std::collections::VecDeque;

use super::on_its_way::OnItsWay;
use super::{Held, Sequencer};
use crate::engine::{Command, Revision};
use crate::library::Library;
use crate::player::part::{Key, Part, What, envelope, parts, stream};
use crate::time::Frames;
use crate::timeline::{Clip, CueId, Timeline};

impl Sequencer {
    /// Goes on with a timeline that differs from frame `at` on: what was sent goes another way or is taken out, what was
    /// not is what the new one has.
    pub fn revise(&mut self, timeline: &Timeline, library: &Library, at: Frames) {
        self.made();
        let mut revision = Revision {
            at,
            shapes: Vec::new(),
            dropped: Vec::new(),
            faders: Vec::new(),
        };
        let mut change = OnItsWay {
            first: self.next,
            waiting: VecDeque::new(),
            parts: VecDeque::new(),
            decks: Vec::new(),
            sounds: Vec::new(),
            held: Vec::new(),
            faders: self.faders.clone(),
            ends: self.decks.ends(),
        };
        let mut left = Vec::new();
        for part in parts(timeline, library) {
            self.reconcile(part, library, at, &mut revision, &mut left);
        }
        self.drop_what_is_gone(timeline, at, &mut revision, &mut change);
        let (faders, later) = self.faders.steer(timeline, at);
        revision.faders = faders;
        left.extend(later);
        left.sort_by_key(|part| part.from);
        change.parts = std::mem::replace(&mut self.parts, left.into());
        self.change = Some(Box::new(change));
        self.unsent.push_back(Command::Revise(Box::new(revision)));
    }

    /// What of a part is yet to be sent.
    fn reconcile(
        &mut self,
        part: Part,
        library: &Library,
        at: Frames,
        revision: &mut Revision,
        left: &mut Vec<Part>,
    ) {
        let What::Heard { key, envelope, .. } = &part.what else {
            return;
        };
        match key {
            Key::Run(run) => self.reconcile_run(run, library, at, revision, left),
            Key::Cue(cue) => {
                let begun = self.sounds.has(*cue, envelope);
                let deck = self.decks.has_cue(*cue, part.from);
                let heard = self.heard.contains(cue);
                if !begun && !deck && !heard && part.from >= at {
                    left.push(part);
                }
            }
        }
    }

    /// Several decks may play a run: what was joined to it while it played has one of its own, and the first may be over.
    fn reconcile_run(
        &mut self,
        run: &[Clip],
        library: &Library,
        at: Frames,
        revision: &mut Revision,
        left: &mut Vec<Part>,
    ) {
        let mut run = run;
        while !run.is_empty() {
            let sent = run.iter().position(|clip| self.decks.begins(clip));
            let (unsent, rest) = run.split_at(sent.unwrap_or(run.len()));
            let unsent = stream(unsent.to_vec(), library, self.rate);
            left.extend(unsent.filter(|part| part.end > at));
            run = rest;
            let Some((deck, same)) = self.decks.playing(run) else {
                return;
            };
            let (kept, later) = run.split_at(same);
            if let Some(kept) = envelope(kept) {
                deck.end = kept.end();
                revision.shapes.push((deck.id, kept));
            }
            run = later;
        }
    }

    fn drop_what_is_gone(
        &mut self,
        timeline: &Timeline,
        at: Frames,
        revision: &mut Revision,
        change: &mut OnItsWay,
    ) {
        let stays = |cue: CueId, from: Frames| {
            let mut cues = timeline.cues.iter();
            from < at || cues.any(|placed| placed.id == cue && placed.at == from)
        };
        change.sounds = self
            .sounds
            .keep(|sound| stays(sound.cue, sound.envelope.from));
        let shapes = &revision.shapes;
        change.decks = self.decks.keep(|deck| match &deck.key {
            Key::Cue(cue) => stays(*cue, deck.from),
            Key::Run(_) => shapes.iter().any(|(id, _)| *id == deck.id) || deck.from < at,
        });
        let sounds = change.sounds.iter().map(|sound| sound.id);
        let dropped = sounds.chain(change.decks.iter().map(|deck| deck.id));
        revision.dropped = dropped.collect();
        let gone = |held: &mut Held| revision.dropped.contains(&held.id);
        change.held = self.held.extract_if(.., gone).collect();
    }
}
