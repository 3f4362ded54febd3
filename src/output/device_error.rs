//! What keeps a sound device from playing, in words.

use crate::time::Rate;

/// Why a sound device does not play.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// No device answers to the name.
    #[error("no sound device is called `{0}`; `undersong devices` lists those that are there")]
    Unknown(String),
    /// More than one device answers to the name.
    #[error(
        "`{wanted}` is part of several sound devices' names; name one of them by its id: {ids}"
    )]
    Ambiguous {
        /// The name that was given.
        wanted: String,
        /// The ids of the devices it fits.
        ids: String,
    },
    /// There is no default device.
    #[error("the system knows no sound device")]
    None,
    /// It has too few channels.
    #[error(
        "`{device}` plays at most {has} channels, and the session needs {needs}, two for each of {listeners}; choose a device with more channels, or hear one of them with `--listen`"
    )]
    Channels {
        /// The device.
        device: String,
        /// The most it plays.
        has: usize,
        /// What the session needs.
        needs: usize,
        /// The session's listeners.
        listeners: String,
    },
    /// It does not play at the session's rate.
    #[error("`{device}` does not play {channels} channels at {rate}; choose another device")]
    Rate {
        /// The device.
        device: String,
        /// The session's rate.
        rate: Rate,
        /// What the session needs.
        channels: usize,
    },
    /// Another program has it.
    #[error("`{0}` is in use by another program; close that program and start again")]
    Busy(String),
    /// The user may not use it.
    #[error(
        "the system does not let you use `{0}`; on Linux your user must belong to the group `audio`"
    )]
    Forbidden(String),
    /// It is not there any more.
    #[error("`{0}` is not there; plug it in or switch it on")]
    Gone(String),
    /// Its sound system is none that this program was built with.
    #[error(
        "`{device}` belongs to a sound system that this Undersong was built without; build it with `--features {host}`, or choose another device"
    )]
    LeftOut {
        /// The device.
        device: String,
        /// The sound system.
        host: String,
    },
    /// It does not answer.
    #[error(
        "`{0}` did not answer for 5 seconds and was given up; unplug it and plug it in again, or restart the computer's sound"
    )]
    Hangs(String),
    /// It does not start, and does not say why.
    #[error(
        "the sound device was opened and did not start within 5 seconds; unplug it and plug it in again, or restart the computer's sound"
    )]
    Stuck,
    /// It died between being opened and being started.
    #[error("the sound device went away while it was opened; start again")]
    Died,
    /// The system gives no thread.
    #[error("the system gives no thread to play in: {0}")]
    Thread(std::io::Error),
    /// Anything else.
    #[error("`{device}` cannot be played on: {why}")]
    Other {
        /// The device.
        device: String,
        /// What the sound system says.
        why: String,
    },
}

impl DeviceError {
    /// What the sound system says of a device.
    #[must_use]
    pub fn of(device: &str, error: &cpal::Error) -> Self {
        let device = device.to_owned();
        match error.kind() {
            cpal::ErrorKind::DeviceBusy => Self::Busy(device),
            cpal::ErrorKind::PermissionDenied => Self::Forbidden(device),
            cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::HostUnavailable => {
                Self::Gone(device)
            }
            _ => Self::Other {
                device,
                why: error.to_string(),
            },
        }
    }
}
