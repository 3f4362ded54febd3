//! What is kept of a session, whatever happens to the program, the disk or the power.

mod common;

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use common::disk::{Disk, Hanging};
use undersong::journal::{
    Account, Bounds, Ending, Entry, Journal, JournalError, LONGEST_NOTE, Note, Notes, Record,
    Started, Ticket, latest_unended, list, read,
};
use undersong::time::{Frames, Rate};
use undersong::timeline::{Change, CueId};
use undersong::zone::{Caps, Listener};

const PATIENCE: Duration = Duration::from_secs(20);

fn started() -> Started {
    Started {
        title: "An evening".into(),
        script: "/scripts/evening.yaml".into(),
        hash: "0123".into(),
        rate: Rate::DEFAULT,
        caps: Caps::default(),
        zones: vec![Listener::A, Listener::B],
        seed: 7,
        undersong: "0.1.0".into(),
        boot: "first".into(),
    }
}

fn cue(time: usize) -> CueId {
    let (phase, cue, again) = (1, 2, 0);
    CueId {
        phase,
        cue,
        time,
        again,
    }
}

fn starts(time: usize) -> Entry {
    let name = format!("breathe {time}");
    Entry::CueStarts {
        cue: cue(time),
        name,
        how: None,
    }
}

fn position() -> Entry {
    Entry::Position {
        loudness: Vec::new(),
    }
}

/// A journal in a file of its own that holds `entries` behind its start; no longer being written.
fn written(folder: &Path, entries: Vec<(u64, Entry)>) -> PathBuf {
    let journal = Journal::create(folder, started()).unwrap();
    for (at, entry) in entries {
        journal.append(Some(Frames(at)), entry);
    }
    assert!(journal.flush(PATIENCE));
    left(journal)
}

/// Leaves a journal, and waits until its thread has let go of the file.
fn left(journal: Journal) -> PathBuf {
    let path = journal.path().to_owned();
    drop(journal);
    let end = Instant::now() + PATIENCE;
    while fs::File::open(&path).unwrap().try_lock().is_err() {
        assert!(Instant::now() < end, "the journal is never let go of");
        std::thread::yield_now();
    }
    path
}

/// All records of a file with these bytes; none where it is no journal.
fn records(bytes: &[u8]) -> Vec<Record> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.jsonl");
    fs::write(&path, bytes).unwrap();
    read(&path).map_or(Vec::new(), |account| account.records)
}

fn numbers(records: &[Record]) -> Vec<u64> {
    records.iter().map(|record| record.number).collect()
}

/// A line as a later version may write it.
fn signed(body: &str) -> String {
    let body = body.strip_suffix('}').unwrap();
    let sum = blake3::hash(body.as_bytes()).to_hex();
    format!("{body},\"sum\":\"{}\"}}\n", &sum[..8])
}

#[test]
fn all_that_a_resume_needs_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(
        folder.path(),
        vec![
            (
                10,
                Entry::Changed {
                    change: Change::Hold,
                },
            ),
            (48_000, position()),
            (90_000, starts(4)),
            (96_000, position()),
            (96_500, Entry::Paused),
        ],
    );
    let account = read(&path).unwrap();
    assert_eq!(account.started, started());
    assert_eq!(account.changes, [(Frames(10), Change::Hold)]);
    assert_eq!(account.started_cues(), HashSet::from([cue(4)]));
    assert_eq!(account.position, Frames(96_500));
    assert!(account.is_paused);
    assert_eq!((account.ending, account.damaged), (None, 0));
    assert_eq!(numbers(&account.records), [0, 1, 2, 3, 4, 5]);
    assert!(account.begun_wall() > 0 && account.begun_wall() <= account.last_wall);

    let journal = Journal::reopen(&path).unwrap();
    let boot = "second".to_owned();
    journal.append(
        None,
        Entry::Resumed {
            from: Frames(99_000),
            boot,
            caps: Caps::default(),
        },
    );
    assert!(journal.flush(PATIENCE));
    let account = read(&path).unwrap();
    assert_eq!(account.boot, "second");
    assert_eq!(account.position, Frames(99_000));
    assert!(account.is_paused, "nobody said that it goes on");
    let rested = Frames::ZERO;
    journal.append(Some(Frames(99_000)), Entry::WentOn { rested });
    assert!(journal.flush(PATIENCE));
    assert!(!read(&path).unwrap().is_paused, "it went on");
    journal.append(Some(Frames(100_000)), Entry::Pausing);
    assert!(journal.flush(PATIENCE));
    assert!(read(&path).unwrap().is_paused, "rest was asked for");
    // Its end was asked for, though it was not reached: nobody wants it back.
    journal.append(
        Some(Frames(100_001)),
        Entry::Stopping {
            how: Ending::Faded,
            fade: Frames(288_000),
            rested: Frames::ZERO,
        },
    );
    assert!(journal.flush(PATIENCE));
    assert_eq!(read(&path).unwrap().ending, Some(Ending::Faded));
}

#[test]
fn whatever_is_torn_off_the_end_all_before_it_is_read_and_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let entries = (1..4).map(|second| (second, starts(second as usize)));
    let bytes = fs::read(written(folder.path(), entries.collect())).unwrap();
    let whole = records(&bytes);
    assert_eq!(whole.len(), 4);
    let last = bytes.len() - 1;
    let last = bytes[..last]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    for cut in last..=bytes.len() {
        // A power cut may also leave zeros where the record was to be.
        for zeros in [0, 40] {
            let torn = folder.path().join(format!("torn {cut} {zeros}"));
            let mut left_over = bytes[..cut].to_vec();
            left_over.resize(cut + zeros, 0);
            fs::write(&torn, &left_over).unwrap();
            let is_whole = cut == bytes.len() || (cut == bytes.len() - 1 && zeros == 0);
            let kept = &whole[..3 + usize::from(is_whole)];
            assert_eq!(read(&torn).unwrap().records, kept, "cut at {cut}");

            let journal = Journal::reopen(&torn).unwrap();
            let ticket = journal.append(None, starts(9));
            assert!(journal.flush(PATIENCE) && ticket.is_synced());
            let account = read(&torn).unwrap();
            assert_eq!(account.records[..kept.len()], *kept);
            let counted: Vec<u64> = (0..=kept.len() as u64).collect();
            assert_eq!(numbers(&account.records), counted, "cut at {cut}");
            assert_eq!(account.damaged, 0, "cut at {cut}");
        }
    }
}

#[test]
fn whatever_rots_no_record_is_told_that_was_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let entries = (1..12).map(|second| (second, starts(second as usize)));
    let path = written(folder.path(), entries.collect());
    let bytes = fs::read(&path).unwrap();
    let whole = records(&bytes);
    // Knuth's generator: the same flips in each run.
    let mut seed = 1_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % below
    };
    let mut read_some = 0;
    for _ in 0..3_000 {
        let mut rotten = bytes.clone();
        for _ in 0..=next(6) {
            rotten[next(bytes.len())] ^= 1 << next(8);
        }
        fs::write(&path, &rotten).unwrap();
        let Ok(account) = read(&path) else { continue };
        read_some += 1;
        assert!(account.records.iter().all(|record| whole.contains(record)));
        assert!(account.damaged > 0, "it was noticed");
    }
    assert!(read_some > 1_000, "most lines stay readable: {read_some}");
    for length in [0, 1, 17, 18, 19, 70_000] {
        let noise: Vec<u8> = (0..length).map(|_| next(256) as u8).collect();
        assert_eq!(records(&noise), []);
    }
}

#[test]
fn numbers_that_are_missing_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), (1..8).map(|at| (at, position())).collect());
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(read(&path).unwrap().missing(), []);
    let lines = text.split_inclusive('\n').enumerate();
    let some = lines.filter(|(n, _)| ![2, 3, 6].contains(n));
    fs::write(&path, some.map(|(_, line)| line).collect::<String>()).unwrap();
    assert_eq!(read(&path).unwrap().missing(), [2..4, 6..7]);
}

/// Waits until all is written or the disk has failed; `true` for written.
fn settled(journal: &Journal) -> bool {
    let end = Instant::now() + PATIENCE;
    while !journal.flush(Duration::from_millis(1)) {
        assert!(Instant::now() < end, "neither written nor refused");
        if journal.health().failing.is_some() {
            return false;
        }
    }
    true
}

fn assert_kept(tickets: &[Ticket], disk: &Disk) {
    let synced = tickets.iter().filter(|ticket| ticket.is_synced()).count();
    for bytes in [disk.kept(), disk.seen()] {
        let kept = records(&bytes);
        assert!(kept.len() >= synced, "{} of {synced} kept", kept.len());
        let counted: Vec<u64> = (0..kept.len() as u64).collect();
        assert_eq!(numbers(&kept), counted);
    }
}

#[test]
fn a_disk_that_is_full_at_any_call_loses_nothing_that_was_said_to_be_kept() {
    let retry = Duration::from_millis(1);
    for (gulp, in_one_go) in [
        (usize::MAX, true),
        (usize::MAX, false),
        (70, true),
        (70, false),
    ] {
        for left in 0.. {
            let disk = Disk::new(gulp, left);
            let bounds = Bounds {
                retry,
                ..Bounds::default()
            };
            let journal = Journal::on(disk.clone(), Path::new("x"), 0, 0, bounds).unwrap();
            let mut tickets = vec![journal.append(None, Entry::Started(started()))];
            for time in 0..5 {
                if !in_one_go {
                    settled(&journal);
                }
                tickets.push(journal.append(Some(Frames(time)), starts(time as usize)));
                assert_kept(&tickets, &disk);
            }
            let was_full = !settled(&journal);
            assert_kept(&tickets, &disk);
            disk.make_room();
            assert!(journal.flush(PATIENCE), "full after {left} calls");
            assert!(tickets.iter().all(Ticket::is_synced));
            assert_kept(&tickets, &disk);
            assert_eq!(disk.kept(), disk.seen(), "full after {left} calls");
            assert_eq!(records(&disk.kept()).len(), 6);
            assert_eq!(journal.health().failing, None);
            if !was_full {
                break;
            }
        }
    }
}

#[test]
fn a_disk_that_hangs_holds_nobody_up() {
    let (hold, until) = mpsc::channel();
    let disk = Disk::new(usize::MAX, usize::MAX);
    let paper = Hanging {
        disk: disk.clone(),
        until,
    };
    let records_at_most = 1_000;
    let bounds = Bounds {
        records: records_at_most,
        ..Bounds::default()
    };
    let journal = Journal::on(paper, Path::new("x"), 0, 0, bounds).unwrap();
    let mut tickets = vec![journal.append(None, Entry::Started(started()))];
    for time in 1..records_at_most {
        tickets.push(journal.append(Some(Frames(time as u64)), starts(time)));
    }
    // That all of this returns is what is shown: the disk answers nothing before `hold` is dropped.
    assert!(!journal.flush(Duration::ZERO));
    assert!(!tickets.iter().any(Ticket::is_synced));
    assert!(!tickets.iter().any(Ticket::is_dropped));
    let too_many = journal.append(None, starts(5_000));
    assert!(too_many.is_dropped() && !too_many.is_synced());
    assert_eq!(
        (journal.health().behind, journal.health().dropped),
        (records_at_most, 1)
    );
    drop(hold);
    assert!(journal.flush(PATIENCE));
    assert!(tickets.iter().all(Ticket::is_synced));
    assert!(!too_many.is_synced());
    let last = journal.append(None, position());
    assert!(journal.flush(PATIENCE) && last.is_synced());
    let kept = records(&disk.kept());
    let counted: Vec<u64> = (0..=records_at_most as u64 + 1)
        .filter(|n| *n != 1_000)
        .collect();
    assert_eq!(numbers(&kept), counted, "the dropped one left a gap");
}

#[test]
fn what_a_later_version_wrote_is_read_as_far_as_it_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(
        folder.path(),
        vec![(
            5,
            Entry::Changed {
                change: Change::Skip,
            },
        )],
    );
    let mut text = fs::read_to_string(&path).unwrap();
    for body in [
        r#"{"v":2,"n":2,"wall":1,"at":6,"what":"changed","change":{"do":"dim","lights":3}}"#,
        r#"{"v":2,"n":3,"wall":1,"at":7,"what":"sang","song":"la"}"#,
        r#"{"v":2,"n":4,"wall":1,"at":8,"mood":[1],"what":"changed","change":{"do":"hold","how":"softly"}}"#,
        r#"{"v":2,"n":5,"wall":1,"at":9,"what":"position","where":{"x":1}}"#,
        r#"{"v":2,"n":6,"wall":1,"at":9,"what":"stopping","how":"slowly"}"#,
    ] {
        text.push_str(&signed(body));
    }
    fs::write(&path, text).unwrap();
    let account = read(&path).unwrap();
    assert_eq!(
        account.changes,
        [(Frames(5), Change::Skip), (Frames(8), Change::Hold)]
    );
    assert_eq!(account.position, Frames(9));
    assert_eq!(account.ending, Some(Ending::Other));
    assert_eq!(account.damaged, 0);
    let kinds = |record: &Record| match &record.entry {
        Entry::Unknown { what, fields } => Some((what.clone(), fields.len())),
        _ => None,
    };
    let unknown: Vec<_> = account.records.iter().filter_map(kinds).collect();
    // Kept whole, a change too: a resume can say that it does not know what was asked.
    assert_eq!(unknown, [("changed".to_owned(), 2), ("sang".to_owned(), 2)]);
    let journal = Journal::reopen(&path).unwrap();
    journal.append(None, position());
    assert!(journal.flush(PATIENCE));
    assert_eq!(
        numbers(&read(&path).unwrap().records),
        [0, 1, 2, 3, 4, 5, 6, 7]
    );
}

const CHILD: &str = "UNDERSONG_JOURNAL";
const ROUND: &str = "UNDERSONG_ROUND";

/// What a killed program does: it records cues without end, and says of each when it is synced.
fn record_until_killed(path: &Path) -> ! {
    let round: usize = std::env::var(ROUND).unwrap().parse().unwrap();
    let journal = Journal::reopen(path).unwrap();
    let mut tickets = VecDeque::new();
    for time in round * 1_000_000.. {
        tickets.push_back((time, journal.append(None, starts(time))));
        while tickets.len() > 40 || tickets.front().is_some_and(|(_, it)| it.is_synced()) {
            let (time, ticket) = tickets.pop_front().unwrap();
            while !ticket.is_synced() {
                std::thread::yield_now();
            }
            println!("synced {time}");
        }
    }
    unreachable!()
}

#[test]
fn a_killed_program_has_kept_all_that_it_said() {
    if let Some(path) = std::env::var_os(CHILD) {
        record_until_killed(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), vec![]);
    let mut said = HashSet::new();
    for round in 0..20 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "a_killed_program_has_kept_all_that_it_said",
                "--nocapture",
            ])
            .env(CHILD, &path)
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut heard = 0;
        loop {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 || !line.ends_with('\n') {
                break;
            }
            let Some((_, time)) = line.trim_end().split_once("synced ") else {
                continue;
            };
            said.insert(cue(time.parse().unwrap()));
            heard += 1;
            if heard == 1 + round * 37 % 200 {
                child.kill().unwrap();
            }
        }
        assert!(!child.wait().unwrap().success());
        assert!(heard > round * 37 % 200, "round {round} ended by itself");
        let account = read(&path).unwrap();
        let missing: Vec<_> = said.difference(&account.started_cues()).copied().collect();
        assert_eq!(missing, [], "round {round}");
        assert_eq!(
            account.started_cues().len(),
            account.cues.len(),
            "one came twice"
        );
        assert_eq!(account.missing(), []);
        assert!(account.damaged <= 1, "only the last line can be torn");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_is_noted_stands_in_the_notes_and_nowhere_else() {
    const CANARY: &str = "canary-4711";
    let log = Log::default();
    let sink = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || sink.clone())
        .init();
    tracing::info!("listening");
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::create(folder.path(), started()).unwrap();
    let notes = Notes::beside(journal.path());
    assert_eq!(notes.read().unwrap(), []);
    notes.keep(&Note::now(Some(Frames(5)), CANARY)).unwrap();
    notes.keep(&Note::now(None, "two\nlines")).unwrap();
    let kept = notes.read().unwrap();
    let told: Vec<_> = kept
        .iter()
        .map(|note| (note.at, note.text.as_str()))
        .collect();
    assert_eq!(told, [(Some(Frames(5)), CANARY), (None, "two\nlines")]);
    tracing::info!("{kept:?} {notes:?}");

    // A file that cannot be written says so, and not what was to be written.
    let nowhere = Notes::beside(&folder.path().join("missing/x.jsonl"));
    let error = nowhere.keep(&Note::now(None, CANARY)).unwrap_err();
    let long = notes
        .keep(&Note::now(None, &CANARY.repeat(LONGEST_NOTE)))
        .unwrap_err();
    tracing::info!("{error} {error:?} {long} {long:?}");
    assert_eq!(notes.read().unwrap().len(), 2);
    notes
        .keep(&Note::now(None, &"x".repeat(LONGEST_NOTE)))
        .unwrap();

    assert!(journal.flush(PATIENCE));
    let path = left(journal);
    let account: Account = read(&path).unwrap();
    tracing::info!("{account:?}");
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let holds = String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(CANARY);
        assert_eq!(holds, path == notes.path(), "{}", path.display());
        assert!(!path.to_string_lossy().contains(CANARY));
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("listening") && !log.contains(CANARY), "{log}");
}

#[test]
fn a_note_that_was_torn_takes_no_other_along() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::beside(&folder.path().join("x.jsonl"));
    notes.keep(&Note::now(None, "one")).unwrap();
    notes.keep(&Note::now(None, "two")).unwrap();
    let bytes = fs::read(notes.path()).unwrap();
    let first = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for cut in first..bytes.len() {
        fs::write(notes.path(), &bytes[..cut]).unwrap();
        notes.keep(&Note::now(None, "three")).unwrap();
        let kept = notes.read().unwrap();
        let texts: Vec<&str> = kept.iter().map(|note| note.text.as_str()).collect();
        // Only its end was torn off, not its words.
        let two: &[&str] = if cut == bytes.len() - 1 {
            &["two"]
        } else {
            &[]
        };
        assert_eq!(texts, [&["one"], two, &["three"]].concat(), "cut at {cut}");
    }
}

#[test]
fn nobody_else_may_read_it() {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("room/journal");
    let journal = Journal::create(&folder, started()).unwrap();
    let notes = Notes::beside(journal.path());
    notes.keep(&Note::now(None, "a note")).unwrap();
    assert_eq!(mode(&outside.path().join("room")), 0o700);
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(journal.path()), 0o600);
    assert_eq!(mode(notes.path()), 0o600);
}

#[test]
fn who_comes_second_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::create(folder.path(), started()).unwrap();
    assert!(journal.flush(PATIENCE));
    let path = journal.path().to_owned();
    let in_use = |path: &Path| matches!(Journal::reopen(path), Err(JournalError::InUse(_)));
    assert!(in_use(&path), "a new one is held");
    left(journal);
    let again = Journal::reopen(&path).unwrap();
    assert!(in_use(&path), "one that was gone on with is held");
    assert!(read(&path).is_ok(), "readers may look");
    left(again);
}

#[test]
fn a_title_of_any_length_is_no_hindrance() {
    let folder = tempfile::tempdir().unwrap();
    let long = "\u{1}ü".repeat(100_000);
    let start = Started {
        title: long.clone(),
        ..started()
    };
    let journal = Journal::create(folder.path(), start).unwrap();
    let ticket = journal.append(
        None,
        Entry::CueStarts {
            cue: cue(0),
            name: long.clone(),
            how: None,
        },
    );
    assert!(journal.flush(PATIENCE) && ticket.is_synced());
    let account = read(journal.path()).unwrap();
    assert_eq!(account.started_cues(), HashSet::from([cue(0)]));
    assert!(long.starts_with(&account.started.title) && account.started.title.len() > 100);
}

/// A folder with journals that began at these hours.
fn journals(hours: &[(&str, Vec<(u64, Entry)>)]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let named = |(hour, entries): &(&str, Vec<(u64, Entry)>)| {
        let path = folder
            .path()
            .join(format!("2026-11-24T{hour}-00-00Z.jsonl"));
        fs::rename(written(folder.path(), entries.clone()), &path).unwrap();
        path
    };
    let paths = hours.iter().map(named).collect();
    (folder, paths)
}

#[test]
fn a_rooms_journals_are_listed_whatever_lies_beside_them() {
    let half_an_hour = vec![(1_800 * 48_000, position())];
    let ended = vec![(
        9,
        Entry::Ended {
            how: Ending::Played,
        },
    )];
    let (folder, paths) = journals(&[("09", ended), ("11", half_an_hour), ("10", vec![])]);
    Notes::beside(&paths[0])
        .keep(&Note::now(None, "a note"))
        .unwrap();
    fs::write(folder.path().join("2026-11-24T12-00-00Z.jsonl"), "").unwrap();
    fs::write(folder.path().join("other.jsonl"), "{\"what\":\"ever\"}\n").unwrap();
    fs::write(folder.path().join("picture.jsonl"), [0xff; 300]).unwrap();
    fs::write(folder.path().join("notes.txt"), "hello").unwrap();
    fs::create_dir(folder.path().join("folder.jsonl")).unwrap();
    let pipe = folder.path().join("pipe.jsonl");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let listed = list(folder.path()).unwrap();
    let order: Vec<_> = listed.iter().map(|summary| summary.path.clone()).collect();
    assert_eq!(
        order,
        [paths[1].clone(), paths[2].clone(), paths[0].clone()]
    );
    let newest = &listed[0].account;
    assert_eq!(newest.started.title, "An evening");
    assert_eq!(
        newest.started.rate.duration(newest.position),
        Duration::from_secs(1_800)
    );
    assert!(newest.begun_wall() > 0);
    assert_eq!(listed[2].account.ending, Some(Ending::Played));
    assert_eq!(list(&folder.path().join("missing")).unwrap(), []);
    let unended = latest_unended(folder.path()).unwrap().unwrap();
    assert_eq!(
        unended.path, paths[1],
        "the empty one and strangers do not count"
    );
    assert_eq!(unended.account.records.len(), 2);
}

#[test]
fn only_the_newest_session_is_offered_again() {
    let ended = vec![(
        9,
        Entry::Ended {
            how: Ending::GivenUp,
        },
    )];
    let (folder, paths) = journals(&[("09", vec![]), ("10", ended)]);
    assert_eq!(latest_unended(folder.path()).unwrap(), None);
    fs::remove_file(&paths[1]).unwrap();
    let offered = latest_unended(folder.path()).unwrap().unwrap();
    assert_eq!(offered.path, paths[0]);

    // A later one whose start is damaged is later all the same.
    let (folder, paths) = journals(&[("09", vec![]), ("10", vec![(5, starts(1))])]);
    let mut bytes = fs::read(&paths[1]).unwrap();
    bytes[30] ^= 1;
    fs::write(&paths[1], bytes).unwrap();
    let error = latest_unended(folder.path()).unwrap_err();
    assert!(error.to_string().contains("T10-00-00Z"), "{error}");
}

#[test]
fn the_notes_of_a_session_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::beside(&folder.path().join("x.jsonl"));
    notes.keep(&Note::now(None, "one")).unwrap();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(notes.path())
        .unwrap();
    file.set_len((4 << 20) - 20).unwrap();
    let error = notes.keep(&Note::now(None, "two")).unwrap_err();
    assert!(matches!(error, JournalError::FullOfNotes(_)), "{error}");
    assert_eq!(notes.read().unwrap().len(), 1);
}
