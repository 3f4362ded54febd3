//! From what was written to the room that is meant.

use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::language::{Levels, RoomFile, ZoneMap};
use super::{Channels, Output, PACED, Room};
use crate::level::Decibels;
use crate::mistake::Wrong;
use crate::reading::mistakes::Mistakes;
use crate::reading::named_file::{folder_of, resolve};
use crate::reading::suggest::listed;
use crate::reading::yaml::{Field, FileName, List, Number, Span};
use crate::time::Rate;
use crate::zone::{Caps, Listener};

const VERSION: u64 = 1;
/// No device has more channels that we would use.
const MOST_CHANNELS: u64 = 64;
const PERIODS: RangeInclusive<u64> = 32..=8192;
const RATES: RangeInclusive<u64> = 8_000..=192_000;
const LOUDEST_OF: LevelOf = LevelOf {
    what: "the loudest level",
    range: -40.0..=Decibels::LOUDEST.0,
    usual: "0 dB",
};
/// Beyond -1 dBTP what comes after us may clip.
const CEILING_OF: LevelOf = LevelOf {
    what: "the ceiling",
    range: -30.0..=-1.0,
    usual: "-6 dB",
};

/// A level that a room has for each listener.
struct LevelOf {
    what: &'static str,
    /// In decibels.
    range: RangeInclusive<f32>,
    /// One that many rooms have.
    usual: &'static str,
}

/// The room that a file means. Where something is wrong it is among the mistakes, and what stands in its place is a
/// default.
pub(super) fn room(written: &RoomFile, path: &Path, mistakes: &mut Mistakes) -> Room {
    // First the file: a name without a folder has none to make absolute.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = folder_of(&path);
    if let Some((version, span)) = written.undersong_room.spanned()
        && version.0 != VERSION
    {
        let wrong = Wrong::new("this is not a version of the room file that is known here");
        let help = format!("this Undersong reads `undersong-room: {VERSION}`");
        mistakes.error(span, wrong.help(help));
    }
    if let Some((remote, span)) = written.remote.spanned()
        && remote.0
    {
        let wrong = Wrong::new("this version of Undersong is steered on its own machine only");
        mistakes.error(span, wrong.help("write `remote: off`"));
    }
    let device = written.device.get().map_or("", |device| &device.0);
    let zones = zones(written.zones.get(), mistakes);
    Room {
        file: path.clone(),
        name: written
            .name
            .get()
            .map_or_else(|| "the room".to_owned(), |name| name.0.clone()),
        output: match device {
            PACED => Output::Paced,
            id => Output::Device(id.to_owned()),
        },
        rate: number(&written.rate, &RATES, "a rate", mistakes)
            .and_then(|hertz| Rate::new(hertz as u32)),
        period: number(&written.period, &PERIODS, "a period", mistakes).unwrap_or(1024) as u32,
        caps: Caps::new(
            each(&written.loudest, &LOUDEST_OF, &zones, mistakes),
            each(&written.ceiling, &CEILING_OF, &zones, mistakes),
        ),
        zones,
        media: media(written, folder, mistakes),
        journal: place(&written.journal, folder, mistakes).unwrap_or_default(),
        socket: place(&written.socket, folder, mistakes)
            .unwrap_or_else(|| PathBuf::from("/run/undersong/control.sock")),
    }
}

fn number(
    field: &Field<Number>,
    range: &RangeInclusive<u64>,
    what: &str,
    mistakes: &mut Mistakes,
) -> Option<u64> {
    let (number, span) = field.spanned()?;
    if range.contains(&number.0) {
        return Some(number.0);
    }
    let (least, most) = (range.start(), range.end());
    let wrong = format!("{what} lies between {least} and {most}");
    mistakes.error(span, Wrong::new(wrong));
    None
}

/// A level for each listener that is named; `zones` are the listeners of the room, where it names them.
fn each(
    field: &Field<Levels>,
    of: &LevelOf,
    zones: &[(Listener, Channels)],
    mistakes: &mut Mistakes,
) -> Vec<(Listener, Decibels)> {
    let LevelOf { what, range, usual } = of;
    let mut level = |level: Decibels, span: &Span| {
        if !range.contains(&level.0) {
            let (least, most) = (range.start(), range.end());
            let wrong = format!("{what} can be from {least:+} dB to {most:+} dB");
            mistakes.error(
                span,
                Wrong::new(wrong).help(format!("write for example `{usual}`")),
            );
        }
        level
    };
    let (each, span) = match field.spanned() {
        None => return Vec::new(),
        Some((Levels::All(all), span)) => {
            let all = level(all.0, span);
            return Listener::ALL.map(|listener| (listener, all)).into();
        }
        Some((Levels::Each(each), span)) => (each, span),
    };
    let fields = [&each.a, &each.b, &each.room];
    let fields = Listener::ALL.into_iter().zip(fields);
    let fields: Vec<_> = fields
        .filter_map(|(listener, field)| Some((listener, field.key()?, field)))
        .collect();
    let levels = fields.iter().filter_map(|(listener, _, field)| {
        let (own, span) = field.spanned()?;
        Some((*listener, level(own.0, span)))
    });
    let levels = levels.collect();
    if fields.is_empty() {
        let wrong = Wrong::new(format!("{what} names no listener"));
        let help = format!("write `{usual}` for all, or for each, such as `{{ a: {usual} }}`");
        mistakes.error(span, wrong.help(help));
    }
    let here: Vec<String> = zones.iter().map(|(here, _)| here.to_string()).collect();
    let here: Vec<&str> = here.iter().map(String::as_str).collect();
    for (listener, key, _) in &fields {
        let name = listener.to_string();
        if !here.is_empty() && !here.contains(&name.as_str()) {
            let wrong = Wrong::new(format!("no `{name}` listens in this room"));
            // A limit that silently holds for nobody is worse than a session that does not begin.
            let help = format!(
                "this limit would hold for nobody; name a listener that `zones` has: {}",
                listed(&here)
            );
            mistakes.error(key, wrong.help(help));
        }
    }
    levels
}

fn place(field: &Field<FileName>, folder: &Path, mistakes: &mut Mistakes) -> Option<PathBuf> {
    let (name, span) = field.spanned()?;
    match resolve(folder, &name.0) {
        Ok(path) => Some(path),
        Err(wrong) => {
            mistakes.error(span, wrong);
            None
        }
    }
}

fn media(written: &RoomFile, folder: &Path, mistakes: &mut Mistakes) -> Vec<PathBuf> {
    let names = written.media.get().map_or(&[][..], |names| &names.0);
    let found = names.iter().filter_map(|name| {
        let path = resolve(folder, &name.value.0).and_then(|path| {
            let found = path.canonicalize();
            if let Err(error) = &found
                && error.kind() == ErrorKind::PermissionDenied
            {
                let wrong = Wrong::new(format!("the daemon may not enter `{}`", name.value.0));
                let help = "let its user read it and go through the folders above it; as a service it never sees home folders";
                return Err(wrong.help(help));
            }
            found.ok().filter(|path| path.is_dir()).ok_or_else(|| {
                let wrong = Wrong::new(format!("there is no folder `{}`", name.value.0));
                wrong.help("make it, and put the scripts and their music there")
            })
        });
        path.map_err(|wrong| mistakes.error(&name.span, wrong)).ok()
    });
    found.collect()
}

fn zones(written: Option<&ZoneMap>, mistakes: &mut Mistakes) -> Vec<(Listener, Channels)> {
    let Some(map) = written else {
        return Vec::new();
    };
    let all = Listener::ALL.into_iter().zip([&map.a, &map.b, &map.room]);
    let mut taken = Vec::new();
    let mut zones = Vec::new();
    for (listener, field) in all {
        let Some((list, span)) = field.spanned() else {
            continue;
        };
        if let Some(channels) = channels(list, span, &mut taken, mistakes) {
            zones.push((listener, channels));
        }
    }
    zones
}

/// A listener's two channels; none of them is another's, so that nobody hears what is said to somebody else.
fn channels(
    list: &List<Number>,
    span: &Span,
    taken: &mut Vec<u64>,
    mistakes: &mut Mistakes,
) -> Option<Channels> {
    let [left, right] = list.items.as_slice() else {
        let wrong = Wrong::new("a listener has two channels, the left and the right one");
        mistakes.error(span, wrong.help("write for example `[1, 2]`"));
        return None;
    };
    for channel in [left, right] {
        let number = channel.value.0;
        if !(1..=MOST_CHANNELS).contains(&number) {
            let wrong = format!("channels are counted from 1 to {MOST_CHANNELS}");
            mistakes.error(&channel.span, Wrong::new(wrong));
            return None;
        }
        if taken.contains(&number) {
            let wrong = format!("channel {number} is taken already");
            let help = "each listener has channels of its own, so that nobody hears what is said to another";
            mistakes.error(&channel.span, Wrong::new(wrong).help(help));
            return None;
        }
        taken.push(number);
    }
    let [left, right] = [left, right].map(|channel| channel.value.0 as u16 - 1);
    Some(Channels { left, right })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::read;
    use super::*;
    use crate::mistake::Mistake;

    fn reading(text: &str) -> Result<Room, Vec<String>> {
        all(text).map_err(|mistakes| mistakes.into_iter().map(|m| m.what).collect())
    }

    fn all(text: &str) -> Result<Room, Vec<Mistake>> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("media")).unwrap();
        let file = folder.path().join("room.yaml");
        fs::write(&file, text).unwrap();
        read(&file)
    }

    const LEAST: &str = "undersong-room: 1\ndevice: paced\nmedia: media\njournal: journal\n";

    #[test]
    fn the_least_that_can_be_said_of_a_room_is_enough() {
        let room = reading(LEAST).unwrap();
        assert_eq!(room.output, Output::Paced);
        assert_eq!((room.period, room.caps), (1024, Caps::default()));
        assert!(room.journal.is_absolute() && room.media[0].is_absolute());
    }

    #[test]
    fn listeners_share_no_channel() {
        let zones = "zones: { a: [1, 2], b: [2, 3] }\n";
        let wrong = reading(&format!("{LEAST}{zones}")).unwrap_err();
        assert_eq!(wrong, ["channel 2 is taken already"]);
        let zones = "zones: { a: [1, 2], b: [4, 3] }\n";
        let room = reading(&format!("{LEAST}{zones}")).unwrap();
        let b = Channels { left: 3, right: 2 };
        assert_eq!(room.zones[1], (Listener::B, b));
    }

    #[test]
    fn each_listener_has_a_ceiling_of_its_own() {
        let room = reading(&format!("{LEAST}ceiling: {{ a: -12 dB, b: -3 dB }}\n")).unwrap();
        let ceilings = Listener::ALL.map(|listener| room.caps.ceiling(listener).0);
        assert_eq!(ceilings, [-12.0, -3.0, -6.0]);
        let room = reading(&format!("{LEAST}ceiling: -9 dB\n")).unwrap();
        assert_eq!(room.caps.ceiling(Listener::Room), Decibels(-9.0));
    }

    #[test]
    fn a_level_is_for_a_listener_that_the_room_has() {
        let wrong = |text: &str| reading(&format!("{LEAST}{text}\n")).unwrap_err();
        assert_eq!(wrong("ceiling: {}"), ["the ceiling names no listener"]);
        let loud = wrong("ceiling: 0 dB");
        assert_eq!(loud, ["the ceiling can be from -30 dB to -1 dB"]);
        let zones = "zones: { a: [1, 2], b: [3, 4] }\n";
        for key in ["ceiling", "loudest"] {
            let room = wrong(&format!("{zones}{key}: {{ a: -9 dB, room: -9 dB }}"));
            assert_eq!(room, ["no `room` listens in this room"]);
            assert!(reading(&format!("{LEAST}{zones}{key}: {{ b: -9 dB }}\n")).is_ok());
            // Meant for b, it would hold for nobody: no session is begun with that.
            let typo = all(&format!(
                "{LEAST}{zones}{key}: {{ a: -9 dB, room: -9 dB }}\n"
            ));
            let help = typo.unwrap_err().pop().unwrap().help.unwrap();
            let would = "this limit would hold for nobody; name a listener that `zones` has: ";
            assert!(help.starts_with(would) && help.contains('b'), "{help}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let text = "undersong-room: 2\ndevice: paced\nmedia: [nowhere]\njournal: j\nrate: 7\n\
                    period: 1\nloudest: 12 dB\nceiling: { b: 0 dB }\nremote: on\nzones: { a: [0, 1], b: [1] }\n";
        assert_eq!(reading(text).unwrap_err().len(), 9);
        assert!(reading("").is_err() && reading("[]").is_err());
        assert!(reading("undersong-room: 1").unwrap_err().len() >= 3);
    }
}
