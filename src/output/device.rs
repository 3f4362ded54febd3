//! A sound device, by its identity.

use std::sync::Arc;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{I24, SampleFormat, StreamConfig, SupportedStreamConfigRange};

use crate::output::choice::{Choice, PERIOD, rank, rate_among};
use crate::output::device_error::DeviceError;
use crate::output::gap::Gap;
use crate::output::health::Health;
use crate::output::host::{host_of, own_host};
use crate::output::live::{Drive, Live};
use crate::output::loan::{Lent, loan};
use crate::output::patch::{Patch, names};
use crate::output::patience::{PATIENCE, within};
use crate::output::real_time::take as take_real_time;
use crate::output::sample::Sample;
use crate::time::Rate;
use crate::zone::Layout;

/// Where the device's state is looked at though it asks for nothing.
const LOOK: Duration = Duration::from_millis(500);
/// How long a storm of errors is stopped for each of them.
const CALM: Duration = Duration::from_millis(5);

/// Sound that was cut off comes back within this.
pub const RAMP: Duration = Duration::from_millis(500);

/// A sound device that was found, and what it can do.
#[derive(Debug)]
pub struct Device {
    pub(super) inner: cpal::Device,
    /// Names it for good: `alsa:hw:CARD=Audio,DEV=0`.
    pub id: String,
    /// What people call it.
    pub name: String,
    ranges: Vec<SupportedStreamConfigRange>,
}

impl Device {
    /// Finds a device by its id, or by a part of its name or id that fits no other. Never takes another one instead.
    /// Blocking, 5 s at most.
    ///
    /// # Errors
    /// Where none or several answer to the name, or the device does not answer.
    pub fn find(wanted: &str) -> Result<Self, DeviceError> {
        let name = wanted.to_owned();
        within(PATIENCE, move || Self::look_up(&name))
            .unwrap_or_else(|| Err(DeviceError::Hangs(wanted.to_owned())))
    }

    /// The device that the system plays on where nobody chose. Blocking, 5 s at most.
    ///
    /// # Errors
    /// Where there is none, or it does not answer.
    pub fn of_system() -> Result<Self, DeviceError> {
        let look_up = || match own_host()?.default_output_device() {
            // ALSA names a default device even where there is no card behind it.
            Some(device) => Self::probe(device).map_err(|error| match error {
                DeviceError::Gone(_) => DeviceError::None,
                other => other,
            }),
            None => Err(DeviceError::None),
        };
        within(PATIENCE, look_up)
            .unwrap_or_else(|| Err(DeviceError::Hangs("the system's sound device".to_owned())))
    }

    /// The one device with exactly this id, and no other whatever happens. Blocking, 5 s at most; asks the sound system
    /// anew.
    ///
    /// # Errors
    /// Where it is not there, or does not answer.
    pub fn exactly(id: &str) -> Result<Self, DeviceError> {
        let wanted = id.to_owned();
        let found = within(PATIENCE, move || {
            let host = host_of(&wanted)?;
            let id = wanted.parse().ok();
            let device = id.and_then(|id| host.device_by_id(&id)).filter(is_real);
            let device = device.filter(|device| id_of(device) == wanted);
            device.map_or(Err(DeviceError::Gone(wanted)), Self::probe)
        });
        found.unwrap_or_else(|| Err(DeviceError::Hangs(id.to_owned())))
    }

    /// What names it for good.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn look_up(wanted: &str) -> Result<Self, DeviceError> {
        let host = host_of(wanted)?;
        let by_id = wanted.parse().ok().and_then(|id| host.device_by_id(&id));
        if let Some(device) = by_id.filter(is_real) {
            return Self::probe(device);
        }
        let devices = host.output_devices();
        let devices = devices.map_err(|error| DeviceError::of(wanted, &error))?;
        let part = wanted.to_lowercase();
        let mut fitting: Vec<cpal::Device> = devices
            .filter(is_real)
            .filter(|device| {
                let id = id_of(device).to_lowercase();
                id.contains(&part) || device.to_string().to_lowercase().contains(&part)
            })
            .collect();
        match (fitting.pop(), fitting.is_empty()) {
            (Some(device), true) => Self::probe(device),
            (Some(device), false) => {
                fitting.push(device);
                let ids: Vec<String> = fitting.iter().map(id_of).collect();
                Err(DeviceError::Ambiguous {
                    wanted: wanted.to_owned(),
                    ids: ids.join(", "),
                })
            }
            (None, _) => Err(DeviceError::Unknown(wanted.to_owned())),
        }
    }

    /// Asks a device what it can do, which opens it for a moment.
    pub(super) fn probe(device: cpal::Device) -> Result<Self, DeviceError> {
        let (id, name) = (id_of(&device), device.to_string());
        let ranges = device.supported_output_configs();
        let ranges = ranges.map_err(|error| DeviceError::of(&id, &error))?;
        Ok(Self {
            ranges: ranges
                .filter(|range| rank(range.sample_format()).is_some())
                .collect(),
            inner: device,
            id,
            name,
        })
    }

    /// The most channels it plays.
    #[must_use]
    pub fn channels(&self) -> usize {
        let channels = self.ranges.iter().map(SupportedStreamConfigRange::channels);
        usize::from(channels.max().unwrap_or(0))
    }

    /// The rates it plays at, of those that recordings have.
    #[must_use]
    pub fn rates(&self) -> Vec<Rate> {
        let rates = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];
        let plays = |hertz: &u32| self.ranges.iter().any(|range| range.contains_rate(*hertz));
        rates
            .into_iter()
            .filter(plays)
            .filter_map(Rate::new)
            .collect()
    }

    /// The rate a session is played at on it: 48 kHz wherever it can, else its highest.
    #[must_use]
    pub fn rate(&self) -> Rate {
        rate_among(&self.ranges)
    }

    /// Opens it for a session, silent yet. Blocking, 5 s at most.
    ///
    /// # Errors
    /// What keeps it from playing the session.
    pub fn open(&self, layout: &Layout, patch: Patch, rate: Rate) -> Result<Live, DeviceError> {
        self.open_with(layout, patch, rate, PERIOD)
    }

    /// The same with a period of the caller's: frames that it takes in one go, where it lets us choose. Blocking.
    ///
    /// # Errors
    /// What keeps it from playing the session.
    pub fn open_with(
        &self,
        layout: &Layout,
        patch: Patch,
        rate: Rate,
        period: u32,
    ) -> Result<Live, DeviceError> {
        let choice = self.choose_with(layout, patch, rate, period)?;
        let health = Arc::new(Health::default());
        let (loan, lent) = loan(patch, Arc::clone(&health));
        let (device, id) = (self.inner.clone(), self.id.clone());
        let errors = Arc::clone(&health);
        let name = id.clone();
        let card = within(PATIENCE, move || {
            // The threads that a sound system starts for a stream have this one's priority, and the audio thread waits for
            // locks of theirs. Where it is not allowed they are as they are.
            let _ = take_real_time();
            let build = match choice.format {
                SampleFormat::F32 => build::<f32>,
                SampleFormat::I32 => build::<i32>,
                SampleFormat::I24 => build::<I24>,
                SampleFormat::I16 => build::<i16>,
                _ => build::<u16>,
            };
            let stream = build(&device, choice.config, lent, Arc::clone(&errors));
            let stream = stream.map_err(|error| DeviceError::of(&name, &error))?;
            Ok(Card {
                stream: Some(stream),
                id: name,
                health: errors,
            })
        });
        let drive = card.unwrap_or_else(|| Err(DeviceError::Hangs(id.clone())))?;
        #[cfg(all(feature = "pulseaudio", target_os = "linux"))]
        if let Some(sink) = id.strip_prefix("pulseaudio:") {
            crate::output::whereabouts::watch(sink, &health);
        }
        Ok(Live::new(Box::new(drive), loan, health, choice.tail))
    }

    /// How it is opened for a session; what of the session it cannot play, otherwise.
    pub(super) fn choose(
        &self,
        layout: &Layout,
        patch: Patch,
        rate: Rate,
    ) -> Result<Choice, DeviceError> {
        self.choose_with(layout, patch, rate, PERIOD)
    }

    fn choose_with(
        &self,
        layout: &Layout,
        patch: Patch,
        rate: Rate,
        period: u32,
    ) -> Result<Choice, DeviceError> {
        let channels = patch.channels(layout.channels());
        let device = self.id.clone();
        if self.channels() < channels {
            return Err(DeviceError::Channels {
                device,
                has: self.channels(),
                needs: channels,
                listeners: names(layout),
            });
        }
        Choice::among(&self.ranges, channels, rate, period).ok_or(DeviceError::Rate {
            device,
            rate,
            channels,
        })
    }
}

/// What names a device for good.
pub(super) fn id_of(device: &cpal::Device) -> String {
    device
        .id()
        .map_or_else(|_| device.to_string(), |id| id.to_string())
}

/// ALSA's pit takes any number of frames at once, and a session would be over in a moment.
pub(super) fn is_real(device: &cpal::Device) -> bool {
    id_of(device) != "alsa:null"
}

fn build<S: Sample>(
    device: &cpal::Device,
    config: StreamConfig,
    mut lent: Lent,
    health: Arc<Health>,
) -> Result<cpal::Stream, cpal::Error> {
    let width = usize::from(config.channels);
    let (mut gap, dry) = (Gap::default(), Arc::clone(&health));
    // ALSA tells of its own device, and before it asks again. Elsewhere somebody else may have been late, or the notice is.
    let tells_in_time = id_of(device).starts_with("alsa:");
    device.build_output_stream::<S, _, _>(
        config,
        move |out, _| {
            let xruns = if tells_in_time { dry.xruns() } else { 0 };
            if let Some(ramp) = gap.before(xruns) {
                lent.come_back(ramp);
            }
            lent.fill(out, width);
        },
        move |error| {
            health.count(error.kind());
            if health.is_storm() {
                // Nothing sounds in a storm, and this thread may stand above all others.
                std::thread::sleep(CALM);
            }
        },
        Some(LOOK),
    )
}

/// A device's stream.
struct Card {
    /// There until it is dropped.
    stream: Option<cpal::Stream>,
    id: String,
    health: Arc<Health>,
}

impl Drive for Card {
    fn start(&mut self) -> Result<(), DeviceError> {
        let stream = self.stream.as_ref().ok_or(DeviceError::Died)?;
        let started = stream.play();
        started.map_err(|error| DeviceError::of(&self.id, &error))
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        // Closing a client whose server died makes JACK's library (1.9.21) touch what it freed, and the whole program ends in
        // one of a few such deaths. Nothing of such a stream runs any more: it is left as it is, some kilobytes.
        if self.id.starts_with("jack:") && self.health.gone() > 0 {
            std::mem::forget(self.stream.take());
        }
    }
}
