//! The sound systems that were compiled in, and which of them a device belongs to.

use cpal::HostId;

use crate::output::device_error::DeviceError;

/// Those that this program may be built with, as they begin a device's id.
const KNOWN: [&str; 4] = ["alsa", "pulseaudio", "jack", "pipewire"];

/// The system's own: what a device belongs to that names none.
fn own() -> HostId {
    #[cfg(target_os = "linux")]
    let own = HostId::Alsa;
    #[cfg(not(target_os = "linux"))]
    let own = cpal::default_host().id();
    own
}

/// All, the system's own first.
pub fn hosts() -> Vec<HostId> {
    let others = cpal::ALL_HOSTS.iter().copied().filter(|id| *id != own());
    std::iter::once(own()).chain(others).collect()
}

/// The sound system that a device's id begins with, or the system's own; asked anew each time, since one that was restarted
/// is another. Blocking; may hang.
///
/// # Errors
/// Where it does not run, or was not compiled in.
pub fn host_of(device: &str) -> Result<cpal::Host, DeviceError> {
    let prefix = device.split_once(':').map_or("", |(prefix, _)| prefix);
    let id = match prefix.parse::<HostId>() {
        Ok(id) => id,
        Err(_) if KNOWN.contains(&prefix) => {
            return Err(DeviceError::LeftOut {
                device: device.to_owned(),
                host: prefix.to_owned(),
            });
        }
        Err(_) => own(),
    };
    cpal::host_from_id(id).map_err(|error| DeviceError::of(device, &error))
}

/// The system's own sound system.
///
/// # Errors
/// Where it cannot be used.
pub fn own_host() -> Result<cpal::Host, DeviceError> {
    cpal::host_from_id(own()).map_err(|error| DeviceError::of("the system's sound", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_belongs_to_the_sound_system_that_it_names() {
        assert_eq!(hosts().first(), Some(&own()));
        for device in ["hw:CARD=Audio,DEV=0", "Speakers", "alsa:default"] {
            assert_eq!(host_of(device).unwrap().id(), own());
        }
        for host in KNOWN {
            let device = format!("{host}:room");
            match (host_of(&device), host.parse::<HostId>()) {
                (Ok(found), Ok(id)) => assert_eq!(found.id(), id),
                (Err(DeviceError::LeftOut { .. }), Err(_)) | (Err(_), Ok(_)) => {}
                (found, _) => panic!("{host}: {:?}", found.map(|host| host.id())),
            }
        }
    }
}
