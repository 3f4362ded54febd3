//! A record as a line of text and back, with a sum that tells a line that is whole.

use serde::Serialize;
use serde_json::{Map, Value};

use super::record::{Entry, Record};
use super::{LONGEST_LINE, VERSION};
use crate::time::Frames;

/// How many bytes `,"sum":"01234567"}` takes. It always comes last, so that it is checked without reading the rest.
const SUM: usize = 18;

/// The order of the fields is the order in the file.
#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    n: u64,
    wall: u64,
    at: Option<Frames>,
    #[serde(flatten)]
    entry: &'a Entry,
}

/// The line with its end; `None` for an entry that cannot be written or would be too long.
pub(super) fn write(record: &Record) -> Option<Vec<u8>> {
    let line = Line {
        v: VERSION,
        n: record.number,
        wall: record.wall,
        at: record.at,
        entry: &record.entry,
    };
    let mut bytes = serde_json::to_vec(&line).ok()?;
    bytes.pop();
    let sum = sum(&bytes);
    bytes.extend_from_slice(&sum);
    bytes.push(b'\n');
    (bytes.len() <= LONGEST_LINE).then_some(bytes)
}

/// A line without its end; `None` where it is torn or damaged.
pub(super) fn read(line: &[u8]) -> Option<Record> {
    let (body, found) = line.split_at_checked(line.len().checked_sub(SUM)?)?;
    if line.len() > LONGEST_LINE || found != sum(body) {
        return None;
    }
    let mut fields: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let number = fields.remove("n")?.as_u64()?;
    let wall = fields
        .remove("wall")
        .and_then(|it| it.as_u64())
        .unwrap_or(0);
    let at = fields.remove("at").and_then(|it| it.as_u64()).map(Frames);
    fields.remove("v");
    fields.remove("sum");
    Some(Record {
        number,
        wall,
        at,
        entry: entry(fields),
    })
}

fn entry(fields: Map<String, Value>) -> Entry {
    // A kind that is known with fields that are not is a later version's: kept, as one that is not known at all.
    serde_json::from_value(Value::Object(fields.clone())).unwrap_or_else(|_| Entry::Unknown {
        what: fields
            .get("what")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        fields,
    })
}

fn sum(body: &[u8]) -> Vec<u8> {
    let hash = blake3::hash(body).to_hex();
    format!(",\"sum\":\"{}\"}}", hash.get(..8).unwrap_or_default()).into_bytes()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::journal::{Ending, OutputState, Sounding, Started};
    use crate::level::{Decibels, Loudness};
    use crate::time::Rate;
    use crate::timeline::{Change, CueId, CueSort};
    use crate::zone::{Caps, Listener};

    fn signed(body: &str) -> Vec<u8> {
        let mut line = body.strip_suffix('}').unwrap().as_bytes().to_vec();
        let sum = sum(&line);
        line.extend(sum);
        line
    }

    fn back(record: &Record) -> Record {
        let line = write(record).unwrap();
        read(line.strip_suffix(b"\n").unwrap()).unwrap()
    }

    fn caps() -> Caps {
        let [a, b] = [Listener::A, Listener::B].map(|listener| (listener, Decibels(-3.0)));
        Caps::new(vec![a], vec![b])
    }

    fn every_kind() -> Vec<Entry> {
        let cue = CueId {
            phase: 1,
            cue: 2,
            time: 3,
            again: 0,
        };
        let text = || "ä \"quoted\"\nline".to_owned();
        vec![
            Entry::Started(Started {
                title: text(),
                script: text(),
                hash: text(),
                rate: Rate::DEFAULT,
                caps: Caps::default(),
                zones: vec![Listener::A, Listener::Room],
                seed: u64::MAX,
                undersong: text(),
                boot: text(),
            }),
            Entry::Resumed {
                from: Frames(u64::MAX),
                boot: text(),
                caps: caps(),
            },
            Entry::Left,
            Entry::Changed {
                change: Change::Extend {
                    by: Duration::from_millis(90_500),
                },
            },
            Entry::Refused {
                why: text(),
                asked: Some(Change::Skip),
            },
            Entry::Phase {
                name: text(),
                silent: false,
            },
            Entry::Phase {
                name: text(),
                silent: true,
            },
            Entry::Clip {
                title: text(),
                file: text(),
                gain: Some(Decibels(-7.3)),
            },
            Entry::ClipEnds { from: Frames(5) },
            Entry::CueStarts {
                cue,
                name: text(),
                how: None,
            },
            Entry::CueStarts {
                cue,
                name: text(),
                how: Some(Sounding {
                    kind: CueSort::Voice,
                    length: Frames(9),
                    to: vec![Listener::B],
                }),
            },
            Entry::CueLeftOut {
                cue,
                name: text(),
                why: text(),
            },
            Entry::Position {
                loudness: Vec::new(),
            },
            Entry::Position {
                loudness: vec![Some(Loudness(-23.1)), None],
            },
            Entry::Pausing,
            Entry::Paused,
            Entry::WentOn { rested: Frames(7) },
            Entry::CameBack { ramp: Frames(8) },
            Entry::Stopping {
                how: Ending::AtOnce,
                fade: Frames(9),
                rested: Frames(10),
            },
            Entry::Ended {
                how: Ending::Played,
            },
            Entry::Device {
                state: OutputState::Lost,
                detail: text(),
            },
            Entry::Starved,
            Entry::Trouble {
                file: text(),
                why: text(),
            },
            Entry::Xruns { count: 3 },
            Entry::Slept { milliseconds: 9 },
            Entry::Mark { name: None },
            Entry::Mark { name: Some(text()) },
        ]
    }

    #[test]
    fn every_kind_comes_back_as_it_was() {
        for (number, entry) in every_kind().into_iter().enumerate() {
            let at = (number % 2 == 0).then_some(Frames(number as u64));
            let record = Record {
                number: number as u64,
                wall: 1_795_000_000_123,
                at,
                entry,
            };
            assert_eq!(back(&record), record);
        }
    }

    #[test]
    fn a_gain_that_is_no_number_loses_no_record() {
        let clip = |gain| Entry::Clip {
            title: "t".into(),
            file: "f".into(),
            gain,
        };
        let record = Record {
            number: 0,
            wall: 0,
            at: None,
            entry: clip(Some(Decibels(f32::NEG_INFINITY))),
        };
        assert_eq!(back(&record).entry, clip(None));
    }

    #[test]
    fn what_a_later_version_wrote_is_read() {
        let later = read(&signed(
            r#"{"v":9,"n":4,"wall":5,"at":6,"new":[1],"what":"paused"}"#,
        ))
        .unwrap();
        assert_eq!(
            later,
            Record {
                number: 4,
                wall: 5,
                at: Some(Frames(6)),
                entry: Entry::Paused
            }
        );
        let strange = read(&signed(
            r#"{"v":9,"n":5,"wall":5,"at":"soon","what":"sang","song":"la"}"#,
        ))
        .unwrap();
        assert_eq!(strange.at, None);
        let Entry::Unknown { what, fields } = strange.entry else {
            panic!("{strange:?}")
        };
        assert_eq!((what.as_str(), &fields["song"]), ("sang", &json!("la")));
        let ended = read(&signed(r#"{"n":6,"what":"ended","how":"in a new way"}"#)).unwrap();
        assert_eq!(ended.entry, Entry::Ended { how: Ending::Other });
        let position = read(&signed(
            r#"{"n":8,"at":9,"what":"position","loudness":{"a":"-20 LUFS"}}"#,
        ))
        .unwrap();
        let loudness = Vec::new();
        assert_eq!(position.entry, Entry::Position { loudness });
        let starts = read(&signed(
            r#"{"n":9,"at":9,"what":"cue-starts","cue":{"phase":1,"cue":2,"time":3,"again":0},"name":"x","how":{"kind":"song"}}"#,
        ));
        let Entry::CueStarts { how, .. } = starts.unwrap().entry else {
            panic!("a cue that was started is told, however it sounds")
        };
        assert_eq!(how, None);
        let refused = read(&signed(
            r#"{"n":9,"what":"refused","why":"wrong","asked":{"do":"sing"}}"#,
        ));
        let Entry::Refused { asked, .. } = refused.unwrap().entry else {
            panic!("what was refused is told, whatever it was")
        };
        assert_eq!(asked, None);
        let changed_type = read(&signed(r#"{"n":7,"what":"xruns","count":"many"}"#)).unwrap();
        assert!(
            matches!(changed_type.entry, Entry::Unknown { .. }),
            "{changed_type:?}"
        );
    }

    #[test]
    fn no_bit_of_a_line_can_turn_unnoticed() {
        let record = Record {
            number: 4,
            wall: 5,
            at: None,
            entry: Entry::Mark {
                name: Some("a".into()),
            },
        };
        let line = write(&record).unwrap();
        let line = line.strip_suffix(b"\n").unwrap();
        for bit in 0..line.len() * 8 {
            let mut flipped = line.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&flipped), None, "bit {bit}");
        }
    }

    #[test]
    fn what_is_too_long_or_unknown_is_not_written() {
        let record = |entry| Record {
            number: 0,
            wall: 0,
            at: None,
            entry,
        };
        let long = Entry::Refused {
            why: "x".repeat(LONGEST_LINE),
            asked: None,
        };
        assert_eq!(write(&record(long)), None);
        let unknown = Entry::Unknown {
            what: "x".into(),
            fields: Map::new(),
        };
        assert_eq!(write(&record(unknown)), None);
    }
}
