//! Which sound devices there are.

use cpal::HostId;
use cpal::traits::HostTrait;

use crate::output::device::{Device, id_of, is_real};
use crate::output::device_error::DeviceError;
use crate::output::host::hosts;
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

impl Listed {
    /// Whether it is a sound card, or an output of a sound server; not one of ALSA's plugins, which convert or hand on.
    #[must_use]
    pub fn is_card(&self) -> bool {
        !self.id.starts_with("alsa:") || self.id.contains("CARD=")
    }
}

/// All devices that can play, in the order of the sound systems, and of each in its own. It opens each for a moment, so never
/// call it while a session plays. Blocking, 5 s for each sound system and device at most.
///
/// # Errors
/// Where the system's own sound does not answer. Another sound system that does not run has no devices; one that hangs is
/// listed as a device that does.
pub fn devices() -> Result<Vec<Listed>, DeviceError> {
    let mut list = Vec::new();
    for (at, host) in hosts().into_iter().enumerate() {
        match all_of(host) {
            Ok(devices) => list.extend(devices.into_iter().map(listed)),
            Err(error) if at == 0 => return Err(error),
            Err(error @ DeviceError::Hangs(_)) => list.push(Listed {
                id: host.to_string(),
                name: host.name().to_owned(),
                device: Err(error),
            }),
            Err(_) => {}
        }
    }
    Ok(list)
}

fn all_of(host: HostId) -> Result<Vec<cpal::Device>, DeviceError> {
    let name = host.name();
    let all = within(
        PATIENCE,
        move || -> Result<Vec<cpal::Device>, cpal::Error> {
            let devices = cpal::host_from_id(host)?.output_devices()?;
            Ok(devices.filter(is_real).collect())
        },
    );
    all.ok_or_else(|| DeviceError::Hangs(name.to_owned()))?
        .map_err(|error| DeviceError::of(name, &error))
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
