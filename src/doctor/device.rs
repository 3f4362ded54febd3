//! Whether the room's sound device is there and plays as the room file asks.

use std::time::Duration;

use super::Finding;
use crate::output::{Device, DeviceError, Map, Patch, Rehearsal};
use crate::room::{Channels, Heard, Output, Room, Verified};
use crate::time::Rate;
use crate::zone::{Layout, Listener};

const CHECK: &str = "device";
/// What a check of the ears is worth a remark after.
const FRESH: Duration = Duration::from_secs(12 * 3600);

/// What was found out about a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What people call it.
    pub name: String,
    /// The most channels it plays.
    pub channels: usize,
    /// The rate that sessions are played at.
    pub rate: Rate,
    /// What it did when it was tried.
    pub rehearsal: Rehearsal,
}

/// Looks for the room's device and tries it in silence. Never while a session plays. Blocking, some seconds at most;
/// may hang.
///
/// # Errors
/// What keeps it from playing.
pub fn look(id: &str, room: &Room) -> Result<Seen, DeviceError> {
    let device = Device::exactly(id)?;
    let rate = room.rate.unwrap_or_else(|| device.rate());
    let wiring = room.wiring(device.channels());
    let (layout, patch) = patched(&wiring);
    Ok(Seen {
        rehearsal: device.rehearse(&layout, patch, rate, room.period)?,
        name: device.name.clone(),
        channels: device.channels(),
        rate,
    })
}

/// The zones of a room, and the channels they are heard on.
#[must_use]
pub fn patched(wiring: &[(Listener, Channels)]) -> (Layout, Patch) {
    let layout = Layout::couple(true);
    let zones = wiring
        .iter()
        .filter_map(|(listener, channels)| Some((layout.zone(*listener)?, channels)));
    let map = zones.fold(Map::default(), |map, (zone, channels)| {
        map.with(zone, [channels.left, channels.right])
    });
    (layout, Patch::Map(map))
}

/// What it means.
#[must_use]
pub fn judge(id: &str, room: &Room, seen: &Result<Seen, DeviceError>) -> Vec<Finding> {
    let seen = match seen {
        Ok(seen) => seen,
        Err(error) => {
            let sentence = error.to_string();
            // Its sentences say what to do after the first semicolon.
            let (says, advice) = sentence.split_once("; ").unwrap_or((
                &sentence,
                "`undersong devices` lists the devices that are there",
            ));
            return vec![Finding::fail(CHECK, says, advice)];
        }
    };
    let Seen {
        name,
        channels,
        rate,
        rehearsal,
    } = seen;
    let mut findings = Vec::new();
    let says =
        format!("{name} ({id}) is there, nobody else uses it, and it has {channels} channels");
    findings.push(if !rehearsal.goes_on {
        let says = format!("{name} ({id}) was opened and does not play");
        Finding::fail(
            CHECK,
            says,
            "unplug it and plug it in again, or restart the computer",
        )
    } else if rehearsal.xruns > 0 {
        let says = format!(
            "{says}, but it ran dry {} times within a moment",
            rehearsal.xruns
        );
        Finding::warn(
            CHECK,
            says,
            "set a longer `period` in the room file, such as 2048",
        )
    } else {
        Finding::ok(CHECK, says)
    });
    let (asked, took) = (u64::from(room.period), rehearsal.period.0);
    let length = rate.duration(rehearsal.period);
    let says = format!(
        "it plays at {rate} and takes {took} frames ({} ms) at a time",
        length.as_millis()
    );
    findings.push(if took > asked * 4 {
        let says = format!("{says}, where the room file asks for {asked}: changes are heard later");
        let advice = "name the card itself (`alsa:hw:...`), or live with it";
        Finding::warn("period", says, advice)
    } else {
        Finding::ok("period", says)
    });
    findings
}

/// What is known of the ears: whether somebody heard each listener's channels on the right side.
#[must_use]
pub fn judge_ears(
    id: &str,
    wiring: &[(Listener, Channels)],
    verified: &Verified,
    now: u64,
    boot: &str,
) -> Finding {
    const CHECK: &str = "ears";
    let missing = wiring
        .iter()
        .filter(|(listener, channels)| verified.of(id, *listener, *channels).is_none());
    let missing: Vec<String> = missing.map(|(listener, _)| listener.to_string()).collect();
    if !missing.is_empty() {
        let says = format!(
            "nobody has confirmed yet that the sound for {} comes out on the right ears",
            missing.join(", ")
        );
        return Finding::warn(
            CHECK,
            says,
            "put the headphones on and run `undersong ears`",
        );
    }
    let mut heard = wiring
        .iter()
        .filter_map(|(listener, channels)| verified.of(id, *listener, *channels));
    match heard.find_map(|heard| stale(heard, now, boot)) {
        Some(says) => Finding::warn(
            CHECK,
            says,
            "run `undersong ears` again if anything was plugged since",
        ),
        None => Finding::ok(
            CHECK,
            "somebody confirmed that the sound comes out on the right ears",
        ),
    }
}

/// Why a check of the ears may not hold any more; `None` while it does.
#[must_use]
pub fn stale(heard: &Heard, now: u64, boot: &str) -> Option<String> {
    let listener = heard.listener;
    if heard.boot != boot || boot.is_empty() {
        return Some(format!(
            "the ears of {listener} were checked before the computer was last started"
        ));
    }
    let age = Duration::from_millis(now.saturating_sub(heard.wall));
    (age > FRESH).then(|| {
        let hours = age.as_secs() / 3600;
        format!("the ears of {listener} were checked {hours} hours ago")
    })
}

/// The room's device by its identity; `None` where the room has none.
#[must_use]
pub fn of(room: &Room) -> Option<&str> {
    match &room.output {
        Output::Device(id) => Some(id),
        Output::Paced => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;
    use crate::time::Frames;

    const A: (Listener, Channels) = (Listener::A, Channels { left: 0, right: 1 });

    fn heard(wall: u64, boot: &str) -> Verified {
        let heard = Heard {
            listener: Listener::A,
            channels: [1, 2],
            wall,
            boot: boot.to_owned(),
        };
        Verified::default().with("card", vec![heard])
    }

    #[test]
    fn ears_are_good_for_twelve_hours_of_one_start_of_the_machine() {
        let now = 100 * 3_600_000;
        let verdict = |verified: &Verified, now| judge_ears("card", &[A], verified, now, "b");
        assert_eq!(verdict(&heard(now, "b"), now).verdict, Verdict::Ok);
        let old = verdict(&heard(now, "b"), now + 13 * 3_600_000);
        assert!(old.says.contains("13 hours"), "{old:?}");
        assert!(verdict(&heard(now, "a"), now).says.contains("last started"));
        let never = verdict(&Verified::default(), now);
        assert!(never.says.contains("nobody has confirmed"), "{never:?}");
        assert_eq!(never.verdict, Verdict::Warn);
    }

    #[test]
    fn what_a_device_did_is_told() {
        let room = Room {
            file: "room.yaml".into(),
            name: "r".to_owned(),
            output: Output::Device("card".to_owned()),
            rate: None,
            period: 256,
            zones: vec![A],
            caps: crate::zone::Caps::default(),
            media: Vec::new(),
            journal: "j".into(),
            socket: "s".into(),
        };
        let seen = |period, xruns| Seen {
            name: "Card".to_owned(),
            channels: 4,
            rate: Rate::DEFAULT,
            rehearsal: Rehearsal {
                period: Frames(period),
                goes_on: period > 0,
                real_time: true,
                xruns,
            },
        };
        let verdicts = |seen| -> Vec<Verdict> {
            let findings = judge("card", &room, &seen);
            findings.iter().map(|finding| finding.verdict).collect()
        };
        assert_eq!(verdicts(Ok(seen(256, 0))), [Verdict::Ok, Verdict::Ok]);
        assert_eq!(verdicts(Ok(seen(256, 2))), [Verdict::Warn, Verdict::Ok]);
        assert_eq!(verdicts(Ok(seen(2048, 0))), [Verdict::Ok, Verdict::Warn]);
        assert_eq!(verdicts(Ok(seen(0, 0)))[0], Verdict::Fail);
        let busy = Err(DeviceError::Busy("card".to_owned()));
        let findings = judge("card", &room, &busy);
        assert_eq!(findings[0].verdict, Verdict::Fail);
        assert!(
            findings[0]
                .advice
                .as_ref()
                .unwrap()
                .starts_with("close that program")
        );
    }
}
