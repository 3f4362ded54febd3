//! A rendering on its way: what takes the samples, how far it is, and whether it is to go on.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressState, ProgressStyle};

use super::Failure;
use crate::cli::interrupt::Interrupt;
use crate::output::{Target, Writer};
use crate::time::{Frames, Rate};
use crate::timeline::Timeline;

/// A rendering on its way. Dropped, nothing is kept of it.
pub struct Rendering {
    interrupt: Interrupt,
    writer: Option<Writer>,
    bar: ProgressBar,
    channels: usize,
}

impl Rendering {
    /// Begins one of `length` frames to the target, if there is one; `besides` are rendered for the report. Blocking.
    ///
    /// # Errors
    /// Where nothing can be written there.
    pub fn begin(
        timeline: &Timeline,
        target: Option<&Target>,
        length: Frames,
        besides: Frames,
    ) -> Result<Self, Failure> {
        let interrupt = Interrupt::listen()?;
        let channels = timeline.layout.channels();
        let create = |target| Writer::create(target, timeline.rate, channels, length);
        Ok(Self {
            interrupt,
            writer: target.map(create).transpose()?,
            bar: bar(timeline.rate, length + besides),
            channels,
        })
    }

    /// Takes the next block. Blocking.
    ///
    /// # Errors
    /// Where it cannot be written, or the command was told to end.
    pub fn write(&mut self, block: &[f32]) -> Result<(), Failure> {
        self.go_on(Frames::from(block.len() / self.channels))?;
        if let Some(writer) = &mut self.writer {
            writer.write(block)?;
        }
        Ok(())
    }

    /// Tells that so many frames more are done.
    ///
    /// # Errors
    /// Where the command was told to end.
    pub fn go_on(&self, frames: Frames) -> Result<(), Failure> {
        if self.interrupt.is_told() {
            return Err(Failure::Interrupted);
        }
        self.bar.inc(frames.0);
        Ok(())
    }

    /// Puts what was written in its place. Blocking.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn complete(self) -> Result<(), Failure> {
        if let Some(writer) = self.writer {
            writer.complete()?;
        }
        Ok(())
    }
}

/// How far it is, on a terminal: how many times faster than it plays, and how long it still takes.
fn bar(rate: Rate, length: Frames) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let bar = ProgressBar::with_draw_target(Some(length.0), target);
    let hertz = f64::from(rate.hertz());
    let speed = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{:.0}", state.per_sec() / hertz);
    };
    let template = "Rendering {wide_bar} {percent}%, {speed} x real time, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.with_key("speed", speed));
    }
    bar.with_finish(ProgressFinish::AndClear)
}
