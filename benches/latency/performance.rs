//! A session that plays in real time and is steered as the daemon steers its own.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use undersong::output::{Live, RealTime, paced};
use undersong::player::Player;
use undersong::prepare::Prepared;
use undersong::time::{Frames, Rate};

use super::choice::Choice;
use super::ear::{Ear, Heard};
use super::room::dice::Dice;
use super::tally::Tally;

/// Frames that leave at once.
const BLOCK: usize = 256;
/// As the daemon looks after a session.
const TICK: Duration = Duration::from_millis(20);
/// A command of which nothing is heard within this is unheard; the longest fade is shorter.
const PATIENCE: Duration = Duration::from_secs(2);
/// Where a piece ends or begins this near, nobody could say what is heard.
const NEAR: Duration = Duration::from_secs(3);

/// A session, its output, and what an ear hears of it.
pub struct Performance {
    player: Player,
    heard: Receiver<Heard>,
    output: Option<Live>,
    dice: Dice,
    rate: Rate,
    speaking: bool,
}

impl Performance {
    /// Begins to play. Blocking.
    pub fn begin(prepared: &Prepared, seed: u64) -> Self {
        let rate = prepared.timeline.rate;
        let player = Player::new(prepared.steered(), Frames::ZERO);
        let (mut player, engine) = player.expect("a session");
        assert!(player.wait_ready(rate.frames(Duration::from_secs(1)), PATIENCE * 10));
        let (tell, heard) = channel();
        let channels = engine.channels();
        let mut ear = Ear::new();
        let capture = move |block: &[f32]| {
            let left = block.iter().step_by(channels).copied();
            // The end of the measurement may come first.
            ear.hear(left, |heard| {
                let _ = tell.send(heard);
            });
        };
        let output = paced(channels, BLOCK, RealTime::new(rate), Box::new(capture));
        // As on a device.
        output.health().want_real_time();
        let Ok(output) = output.play(Box::new(engine)) else {
            panic!("the output does not start");
        };
        Self {
            player,
            heard,
            output: Some(output),
            dice: Dice::new(seed),
            rate,
            speaking: false,
        }
    }

    /// Gives so many commands at random moments, and times each.
    pub fn measure(mut self, count: usize) -> Tally {
        let mut tally = Tally::default();
        while tally.len() + (tally.unheard as usize) < count {
            self.rest();
            self.one(&mut tally);
        }
        let health = self
            .output
            .as_ref()
            .map(|output| output.health().real_time());
        if health == Some(Some(false)) {
            println!("the system gives no real-time priority, which a device's thread would have");
        }
        tally
    }

    /// Waits for `until`, looks after the session meanwhile, and gives what is heard first.
    fn wait(&mut self, until: Instant) -> Option<Heard> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let heard = self.heard.recv_timeout(left.min(TICK));
            self.player.tick();
            match heard {
                Ok(heard) => return Some(heard),
                Err(RecvTimeoutError::Timeout) if Instant::now() < until => {}
                Err(_) => return None,
            }
        }
    }

    /// Waits until the sound is steady, no piece begins or ends, and a random moment after that.
    fn rest(&mut self) {
        let mut steady = false;
        let mut moment = None;
        loop {
            let until = moment.unwrap_or_else(|| Instant::now() + TICK);
            match self.wait(until) {
                Some(Heard::Steady) => steady = true,
                Some(Heard::Changed { .. }) => (steady, moment) = (false, None),
                // Nothing changed since the last command: it was as steady as before it.
                None if moment.is_some() => return,
                None => {}
            }
            if steady && moment.is_none() && self.is_plain() {
                let wait = Duration::from_secs_f64(self.dice.between(0.0, 0.03));
                moment = Some(Instant::now() + wait);
            }
        }
    }

    /// No piece begins or ends soon, nor did just now.
    fn is_plain(&self) -> bool {
        let (at, near) = (self.player.position(), self.rate.frames(NEAR));
        let is_near = |edge: Frames| edge < at + near && at < edge + near;
        let clips = self.player.timeline().clips.iter();
        !self.player.is_changing()
            && clips.take_while(|clip| clip.from < at + near).all(|clip| {
                !is_near(clip.from + clip.length)
                    && (!is_near(clip.from) || self.player.is_paused())
            })
    }

    fn one(&mut self, tally: &mut Tally) {
        let level = self.player.level();
        let paused = self.player.is_paused();
        let choice = Choice::by(&mut self.dice, paused, self.speaking, level);
        let asked = Instant::now();
        let done = self.give(&choice);
        if !done {
            tally.refused += 1;
            return;
        }
        match self.wait(asked + PATIENCE) {
            Some(heard @ Heard::Changed { .. }) => {
                let moment = heard.moment(f64::from(self.rate.hertz()));
                let time = moment.map_or(Duration::ZERO, |m| m.saturating_duration_since(asked));
                tally.count(choice.name(), time);
            }
            _ => tally.unheard += 1,
        }
    }

    /// As the daemon does it.
    fn give(&mut self, choice: &Choice) -> bool {
        match choice {
            Choice::Pause(pause) => {
                self.player.pause(*pause);
                self.player.is_paused() == *pause
            }
            Choice::Change(change) => {
                let made = self.player.steer(change).is_ok();
                if let (true, undersong::timeline::Change::Speak { on }) = (made, change) {
                    self.speaking = *on;
                }
                made
            }
        }
    }
}
