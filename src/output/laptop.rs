//! The laptop's own sound, through rodio.

use std::sync::Arc;
use std::time::Duration;

use rodio::{
    ChannelCount, DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink, SampleRate, Source,
};

use crate::output::device::Device;
use crate::output::device_error::DeviceError;
use crate::output::health::Health;
use crate::output::live::{Drive, Live};
use crate::output::loan::{Lent, loan};
use crate::output::patch::Patch;
use crate::output::patience::{PATIENCE, within};
use crate::time::Rate;
use crate::zone::Layout;

/// Frames that are taken from the engine in one go.
const BLOCK: usize = 256;

/// A laptop has two ears.
const EARS: ChannelCount = ChannelCount::new(2).unwrap();

/// Opens a device through rodio's sink, silent yet. Blocking, 5 s at most.
///
/// # Errors
/// What keeps it from playing.
pub fn laptop(
    device: &Device,
    layout: &Layout,
    patch: Patch,
    rate: Rate,
) -> Result<Live, DeviceError> {
    let choice = device.choose(layout, patch, rate)?;
    let health = Arc::new(Health::default());
    let (loan, lent) = loan(patch, Arc::clone(&health));
    let errors = Arc::clone(&health);
    let (inner, id) = (device.inner.clone(), device.id.clone());
    let sink = within(PATIENCE, move || {
        let mut sink = DeviceSinkBuilder::default()
            .with_device(inner)
            .with_channels(EARS)
            .with_sample_rate(rate.non_zero())
            .with_sample_format(choice.format)
            .with_buffer_size(choice.config.buffer_size)
            .with_error_callback(move |error: cpal::Error| errors.count(error.kind()))
            .open_stream()?;
        sink.log_on_drop(false);
        Ok(sink)
    });
    let sink = sink
        .ok_or_else(|| DeviceError::Hangs(id.clone()))?
        .map_err(|error| said(&id, &error))?;
    let blocks = Blocks {
        lent,
        rate: rate.non_zero(),
        block: vec![0.0; BLOCK * usize::from(EARS.get())].into(),
        at: usize::MAX,
    };
    let drive = Laptop {
        sink,
        blocks: Some(blocks),
    };
    Ok(Live::new(Box::new(drive), loan, health, choice.tail))
}

fn said(device: &str, error: &DeviceSinkError) -> DeviceError {
    match error {
        DeviceSinkError::PlayError(error)
        | DeviceSinkError::DefaultSinkConfigError(error)
        | DeviceSinkError::BuildError(error)
        | DeviceSinkError::SupportedConfigsError(error) => DeviceError::of(device, error),
        DeviceSinkError::NoDevice => DeviceError::None,
        DeviceSinkError::UnsupportedSampleFormat => DeviceError::Other {
            device: device.to_owned(),
            why: error.to_string(),
        },
    }
}

/// The sink runs from its opening on, and hears nothing until the engine's blocks are its one source.
struct Laptop {
    sink: MixerDeviceSink,
    blocks: Option<Blocks>,
}

impl Drive for Laptop {
    fn start(&mut self) -> Result<(), DeviceError> {
        if let Some(blocks) = self.blocks.take() {
            self.sink.mixer().add(blocks);
        }
        Ok(())
    }
}

/// The engine as a source: one endless span at the sink's own rate and channels, which rodio passes on as it is.
struct Blocks {
    lent: Lent,
    rate: SampleRate,
    block: Box<[f32]>,
    at: usize,
}

impl Iterator for Blocks {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.at >= self.block.len() {
            self.lent.fill(&mut self.block, EARS.get().into());
            self.at = 0;
        }
        let sample = self.block.get(self.at).copied();
        self.at += 1;
        sample
    }
}

impl Source for Blocks {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> ChannelCount {
        EARS
    }

    fn sample_rate(&self) -> SampleRate {
        self.rate
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}
