//! Which sound devices there are.

use cpal::traits::HostTrait;

use crate::output::device::{Device, id_of, is_real};
use crate::output::device_error::DeviceError;
use crate::output::patience::{PATIENCE, within};

/// A sound device as a person chooses it.
#[derive(Debug)]
pub struct Listed {
    /// Names it for good.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it can do, or what keeps it from playing.
    pub device: Result<Device, DeviceError>,
}

/// All devices that can play, in the system's order. It opens each for a moment, so never call it while a session plays.
/// Blocking, 5 s for each device at most.
///
/// # Errors
/// Where the system's sound does not answer.
pub fn devices() -> Result<Vec<Listed>, DeviceError> {
    let system = "the system's sound";
    let all = within(PATIENCE, || -> Result<Vec<cpal::Device>, cpal::Error> {
        let devices = cpal::default_host().output_devices()?;
        Ok(devices.filter(is_real).collect())
    });
    let all = all
        .ok_or_else(|| DeviceError::Hangs(system.to_owned()))?
        .map_err(|error| DeviceError::of(system, &error))?;
    Ok(all.into_iter().map(listed).collect())
}

fn listed(device: cpal::Device) -> Listed {
    let (id, name) = (id_of(&device), device.to_string());
    let probed = within(PATIENCE, move || Device::probe(device));
    Listed {
        device: probed.unwrap_or_else(|| Err(DeviceError::Hangs(id.clone()))),
        id,
        name,
    }
}
