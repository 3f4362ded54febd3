//! A device tried in silence: what it really does.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::engine::{Engine, Setup};
use crate::output::device::Device;
use crate::output::device_error::DeviceError;
use crate::output::patch::Patch;
use crate::time::{Frames, Rate};
use crate::zone::Layout;

/// It plays silence for this long, and for no fewer periods.
const LENGTH: Duration = Duration::from_millis(600);
const PERIODS: u64 = 6;
/// How often it is looked how much it took: far less than a period.
const LOOK: Duration = Duration::from_micros(200);

/// What a device did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsal {
    /// Frames that it took in one go, the fewest that were seen; zero where it took none at all.
    pub period: Frames,
    /// It went on to take frames once it was full; one that hangs does not.
    pub goes_on: bool,
    /// Whether the audio thread got real-time priority.
    pub real_time: bool,
    /// How often it ran dry.
    pub xruns: u32,
}

impl Device {
    /// Opens it as for a session, and plays digital silence for a moment. Never call it while a session plays. Blocking,
    /// some seconds at most.
    ///
    /// # Errors
    /// What keeps it from playing.
    pub fn rehearse(
        &self,
        layout: &Layout,
        patch: Patch,
        rate: Rate,
        period: u32,
    ) -> Result<Rehearsal, DeviceError> {
        let live = self.open_with(layout, patch, rate, period)?;
        live.health().want_real_time();
        // The handle stays until the end: the engine's rings are its.
        let (engine, _handle) = Engine::new(&Setup {
            rate,
            layout: layout.clone(),
            ..Setup::default()
        });
        let live = live.play(Box::new(engine)).map_err(|(error, _)| error)?;
        let mut fewest = None;
        let mut taken = Frames::ZERO;
        let begun = Instant::now();
        let length = LENGTH.max(rate.duration(Frames(u64::from(period) * PERIODS)));
        let mut goes_on = false;
        while begun.elapsed() < length {
            sleep(LOOK);
            let now = live.health().frames();
            let step = now - taken;
            if step > Frames::ZERO {
                fewest = Some(fewest.map_or(step, |fewest: Frames| fewest.min(step)));
                taken = now;
                goes_on |= begun.elapsed() > length / 2;
            }
        }
        let rehearsal = Rehearsal {
            period: fewest.unwrap_or(Frames::ZERO),
            goes_on,
            real_time: live.health().real_time() == Some(true),
            xruns: live.health().xruns(),
        };
        drop(live.close());
        Ok(rehearsal)
    }
}
