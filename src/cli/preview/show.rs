//! A preview that runs: the player's clock, the keys, the screen, and an eye on the output.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::cli::Exit;
use crate::cli::preview::keys::{HELP, Press, presses};
use crate::cli::preview::screen::Screen;
use crate::cli::preview::{silently, tell};
use crate::cli::signals::Signals;
use crate::engine::Stop;
use crate::level::{Decibels, Loudness};
use crate::output::Live;
use crate::player::Player;
use crate::time::{Frames, clock};
use crate::timeline::Change;

/// How often the player is called.
const TICK: Duration = Duration::from_millis(20);
/// After the hardest stop the program ends within this, whatever the device does.
const LAST: Duration = Duration::from_secs(1);

/// A running preview.
pub struct Show {
    player: Player,
    output: Option<Live>,
    silent: bool,
    stop: Option<Stop>,
    /// When the program ends though the session did not.
    deadline: Option<Instant>,
}

impl Show {
    /// A preview whose output plays.
    pub const fn new(player: Player, output: Live, silent: bool) -> Self {
        Self {
            player,
            output: Some(output),
            silent,
            stop: None,
            deadline: None,
        }
    }

    /// Shows the session to its end, or until it is stopped. Blocking.
    ///
    /// # Errors
    /// Where the system gives no timers or signals.
    pub fn run(self, from: Frames) -> io::Result<Exit> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(self.follow(from))
    }

    async fn follow(mut self, from: Frames) -> io::Result<Exit> {
        let mut signals = Signals::listen()?;
        let mut screen = Screen::take();
        let mut keys = presses(screen.is_terminal());
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for line in tell::already(self.player.timeline(), from) {
            screen.line(&line);
        }
        while !self.is_over() {
            tokio::select! {
                _ = tick.tick() => {
                    self.tell(&mut screen);
                    if let Some(exit) = self.look_after_output(&mut screen) {
                        return Ok(exit);
                    }
                }
                Some(press) = keys.recv() => self.obey(press, &mut screen),
                () = signals.asked_to_stop() => self.stop(),
            }
            screen.status(self.status());
        }
        // What the device holds is still to be heard, and a device that is closed early pops.
        if let Some(output) = self.output.take() {
            sleep(output.tail()).await;
            let _ = output.close();
        }
        Ok(Exit::Done)
    }

    fn is_over(&self) -> bool {
        self.player.is_over() || self.deadline.is_some_and(|end| Instant::now() >= end)
    }

    fn tell(&mut self, screen: &mut Screen) {
        let timeline = self.player.timeline().clone();
        for happening in self.player.tick() {
            for line in tell::lines(&timeline, &happening) {
                screen.line(&line);
            }
        }
    }

    fn obey(&mut self, press: Press, screen: &mut Screen) {
        match press {
            Press::Pause => {
                self.player.pause(!self.player.is_paused());
            }
            Press::Louder => self.steer(&self.louder(1.0), screen),
            Press::Softer => self.steer(&self.louder(-1.0), screen),
            Press::Next => self.steer(&Change::Skip, screen),
            Press::Keep if self.is_held() => self.steer(&Change::Continue, screen),
            Press::Keep => self.steer(&Change::Hold, screen),
            Press::BringBack => self.steer(&Change::BringBack { to: None }, screen),
            Press::Undo => self.steer(&Change::Undo, screen),
            Press::Stop => self.stop(),
            Press::Help => screen.line(HELP),
        }
    }

    fn louder(&self, by: f32) -> Change {
        let to = self.player.level() + Decibels(by);
        Change::Level { to }
    }

    fn is_held(&self) -> bool {
        let phase = self.player.timeline().phase_at(self.player.position());
        phase.is_some_and(|span| span.wish.open)
    }

    fn steer(&mut self, change: &Change, screen: &mut Screen) {
        // The engine confirms a change within milliseconds; a key that is held down asks again soon.
        if self.player.is_changing() {
            return;
        }
        if let Err(refusal) = self.player.steer(change) {
            screen.line(&tell::refused(&refusal));
        }
    }

    /// Stops; each time faster.
    fn stop(&mut self) {
        let stop = match self.stop {
            None => Stop::Soft,
            Some(Stop::Soft) => Stop::Quick,
            Some(_) => Stop::Hard,
        };
        self.stop = Some(stop);
        self.player.stop(stop);
        if stop == Stop::Hard && self.deadline.is_none() {
            self.deadline = Some(Instant::now() + LAST);
        }
    }

    /// Goes on silently where the device died; tells how to end where the engine died with it.
    fn look_after_output(&mut self, screen: &mut Screen) -> Option<Exit> {
        if self.silent || !self.output.as_mut().is_some_and(Live::is_dead) {
            return None;
        }
        let engine = self.output.take().and_then(Live::close);
        let goes_on = engine.and_then(|engine| silently(&self.player, engine).ok());
        let Some(output) = goes_on else {
            screen.line("The sound device hangs, and the session with it: start again with --from, on another device.");
            return Some(Exit::Machine);
        };
        screen.line(
            "The sound device does not play any more: the session goes on silently in real time.",
        );
        self.output = Some(output);
        self.silent = true;
        None
    }

    /// How loud it is in the first zone, and what holds it down where something does.
    fn heard(&self) -> String {
        let zone = self.player.timeline().layout.zones().next();
        let Some(meters) = zone.map(|zone| self.player.meters(zone)) else {
            return String::new();
        };
        let loudness = if meters.momentary > Loudness::GATE {
            format!("{:.0} LUFS", meters.momentary.0)
        } else {
            "silent".to_owned()
        };
        let works = [
            ("limited", meters.limiter),
            ("a burst held back", meters.startle),
        ];
        let works = works.into_iter().filter(|(_, gain)| gain.0 < -0.1);
        works.fold(loudness, |said, (what, gain)| {
            format!("{said}, {what} by {:.1} dB", -gain.0)
        })
    }

    fn status(&self) -> String {
        let timeline = self.player.timeline();
        let time = |frames| clock(timeline.rate.duration(frames));
        let position = self.player.position();
        let phase = timeline.phase_at(position);
        let state = match self.stop {
            Some(Stop::Soft) => "stopping (again: faster)",
            Some(_) => "stopping",
            None if self.player.is_paused() => "paused (space: go on)",
            None if self.silent => "silent",
            None => "playing",
        };
        let end = timeline.end();
        format!(
            "{} / {}   {}   level {}   {}   {state}   ?: keys",
            time(position.min(timeline.length)),
            end.map_or_else(|| "held".to_owned(), time),
            phase.map_or("", |phase| &phase.name),
            self.player.level(),
            self.heard(),
        )
    }
}
