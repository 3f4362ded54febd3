//! Which of a session's channels an output takes.

use crate::zone::{Layout, Listener, Zone};

/// Which channels of a rendered frame an output takes. Zones are taken or left, never mixed: what is said to one
/// listener reaches no other ear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patch {
    /// All of them, in the layout's order.
    All,
    /// One zone's two.
    One(Zone),
}

/// The listener that was asked for is not addressed by the session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the session does not address listener `{wanted}`; choose one of {there}")]
pub struct NobodyThere {
    wanted: Listener,
    there: String,
}

impl Patch {
    /// What two ears hear of a session: the listener that was asked for, the first where nobody was.
    ///
    /// # Errors
    /// Where the session does not address that listener. One zone for everybody is heard by each of them.
    pub fn for_two_ears(layout: &Layout, wanted: Option<Listener>) -> Result<Self, NobodyThere> {
        match wanted {
            Some(wanted) if layout.len() > 1 => match layout.zone(wanted) {
                Some(zone) => Ok(Self::One(zone)),
                None => Err(NobodyThere {
                    wanted,
                    there: names(layout),
                }),
            },
            _ => Ok(layout.zones().next().map_or(Self::All, Self::One)),
        }
    }

    /// How many channels it takes of a frame that has `of`.
    #[must_use]
    pub const fn channels(self, of: usize) -> usize {
        match self {
            Self::All => of,
            Self::One(_) => 2,
        }
    }

    /// What it takes of one frame; nothing where the frame has no such zone. Real-time safe.
    #[must_use]
    pub fn of(self, frame: &[f32]) -> &[f32] {
        match self {
            Self::All => frame,
            Self::One(zone) => {
                let first = zone.index() * 2;
                frame.get(first..first + 2).unwrap_or_default()
            }
        }
    }
}

/// The listeners of a layout, as a person lists them.
#[must_use]
pub fn names(layout: &Layout) -> String {
    let names: Vec<String> = layout
        .listeners(layout.all())
        .iter()
        .map(ToString::to_string)
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ears_hear_one_listener_and_nothing_of_the_other() {
        let couple = Layout::couple(false);
        let frame = [1.0, 2.0, 3.0, 4.0];
        let of = |wanted| Patch::for_two_ears(&couple, wanted).unwrap().of(&frame);
        assert_eq!(of(None), [1.0, 2.0]);
        assert_eq!(of(Some(Listener::A)), [1.0, 2.0]);
        assert_eq!(of(Some(Listener::B)), [3.0, 4.0]);
        assert_eq!(Patch::All.of(&frame), frame);
    }

    #[test]
    fn who_is_not_addressed_cannot_be_listened_to() {
        let error = Patch::for_two_ears(&Layout::couple(false), Some(Listener::Room)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the session does not address listener `room`; choose one of a, b"
        );
        let everybody = Patch::for_two_ears(&Layout::single(), Some(Listener::B));
        assert_eq!(everybody.unwrap().channels(2), 2);
    }
}
