//! Which listener hears which channels of a device: as the room file says, and as somebody heard it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Channels, Room};
use crate::zone::Listener;

/// Its name in the journal's folder.
const NAME: &str = ".ears.json";

/// The channels of one listener, heard by somebody on the right ears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Who hears them.
    pub listener: Listener,
    /// The left and the right one, counted from 1 as in the room file.
    pub channels: [u16; 2],
    /// When, in milliseconds since 1970.
    pub wall: u64,
    /// In which start of the machine.
    pub boot: String,
}

/// What somebody heard of a device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// The device by its identity.
    pub device: String,
    /// Whose channels were heard on the right ears.
    pub heard: Vec<Heard>,
}

impl Room {
    /// Each listener's channels on a device of so many: as the room file says, or else two after two.
    #[must_use]
    pub fn wiring(&self, channels: usize) -> Vec<(Listener, Channels)> {
        if !self.zones.is_empty() {
            return self.zones.clone();
        }
        let pair = |first: u16| Channels {
            left: first,
            right: first + 1,
        };
        if channels < 4 {
            return vec![(Listener::Room, pair(0))];
        }
        let all = [Listener::A, Listener::B, Listener::Room];
        let pairs = (0..).step_by(2).map(pair);
        let there = |(_, pair): &(Listener, Channels)| usize::from(pair.right) < channels;
        all.into_iter().zip(pairs).filter(there).collect()
    }
}

impl Verified {
    /// What was kept in a folder; nothing where nothing was, or it cannot be read. Blocking.
    #[must_use]
    pub fn read(folder: &Path) -> Self {
        let bytes = fs::read(folder.join(NAME)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// With what somebody heard now. What was heard of another device, or of channels that are another's now, is no more.
    #[must_use]
    pub fn with(self, device: &str, heard: Vec<Heard>) -> Self {
        let mut all = if self.device == device {
            self.heard
        } else {
            Vec::new()
        };
        all.retain(|old| {
            let clashes = |new: &Heard| {
                new.listener == old.listener
                    || new
                        .channels
                        .iter()
                        .any(|channel| old.channels.contains(channel))
            };
            !heard.iter().any(clashes)
        });
        all.extend(heard);
        Self {
            device: device.to_owned(),
            heard: all,
        }
    }

    /// What was heard of this listener on these channels of this device.
    #[must_use]
    pub fn of(&self, device: &str, listener: Listener, channels: Channels) -> Option<&Heard> {
        let numbers = [channels.left + 1, channels.right + 1];
        let mut heard = self.heard.iter().filter(|_| self.device == device);
        heard.find(|heard| heard.listener == listener && heard.channels == numbers)
    }

    /// Keeps it: whole, and on the disk when this returns. The folder is made where it is missing. Blocking.
    ///
    /// # Errors
    /// What the system says; what was kept before stays then.
    pub fn keep(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.as_file().sync_all()?;
        file.persist(folder.join(NAME))
            .map_err(|error| error.error)?;
        File::open(folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Channels = Channels { left: 0, right: 1 };
    const B: Channels = Channels { left: 2, right: 3 };

    fn heard(listener: Listener, channels: [u16; 2]) -> Heard {
        Heard {
            listener,
            channels,
            wall: 7,
            boot: "boot".to_owned(),
        }
    }

    #[test]
    fn what_was_heard_is_kept_whole_and_counts_for_that_device_and_those_channels() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal");
        assert_eq!(Verified::read(&journal), Verified::default());
        let both = vec![heard(Listener::A, [1, 2]), heard(Listener::B, [3, 4])];
        Verified::default()
            .with("alsa:card", both)
            .keep(&journal)
            .unwrap();
        let kept = Verified::read(&journal);
        assert!(kept.of("alsa:card", Listener::A, A).is_some());
        assert!(kept.of("alsa:card", Listener::B, B).is_some());
        assert_eq!(kept.of("alsa:other", Listener::A, A), None);
        assert_eq!(kept.of("alsa:card", Listener::A, B), None);
        assert_eq!(kept.of("alsa:card", Listener::Room, A), None);
        fs::write(journal.join(NAME), "torn").unwrap();
        assert_eq!(Verified::read(&journal), Verified::default());
    }

    #[test]
    fn channels_that_are_anothers_now_are_not_the_firsts_any_more() {
        let first = Verified::default().with("card", vec![heard(Listener::A, [1, 2])]);
        let swapped = first.clone().with("card", vec![heard(Listener::B, [2, 1])]);
        assert_eq!(swapped.of("card", Listener::A, A), None);
        let beside = first.clone().with("card", vec![heard(Listener::B, [3, 4])]);
        assert!(beside.of("card", Listener::A, A).is_some());
        let other = first.with("other", vec![heard(Listener::B, [3, 4])]);
        assert_eq!(other.heard.len(), 1);
    }
}
