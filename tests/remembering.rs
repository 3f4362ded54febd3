//! What was heard is told again as it was: in the list, in plain words, and on one page.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::files::{Wav, wav};
use common::program::{Desk, Said, said};
use common::sounds::{noise, sine};
use common::stage::Stage;
use serde_json::Value;
use undersong::engine::{Engine, Stop};
use undersong::frame::Frame;
use undersong::journal::{
    Account, Deed, Ending, Entry, Journal, Moment, Note, Notes, OutputState, Played, Started, read,
};
use undersong::player::{Beginning, Player, ending};
use undersong::prepare::Prepared;
use undersong::time::{Frames, Rate};
use undersong::timeline::{Change, Course};
use undersong::zone::Caps;

const RATE: Rate = Rate::DEFAULT;
const SECOND: f64 = 48_000.0;
const PATIENCE: Duration = Duration::from_secs(60);
/// Words that stand in a cue and in a note, and may stand nowhere else.
const CANARY: &str = "canary-4711";

/// Tones that are told apart by their pitch, and cues.
const EVENING: &str = "
undersong: 1
title: \"Evening <script>alert(1)</script> & “two”\"
music: { loudness: as-is, crossfade: 4s, fade-in: 1s, fade-out: 4s }
phases:
  - { name: onset, length: 40s, max: 60s, playlist: { tracks: [1000.wav, 1500.wav] }, cues: [
      { name: word, at: 12s, voice: word.wav, to: a }, { at: 15s, remind: canary-4711 },
      { name: chime, at: 35s, chime: word.wav } ] }
  - { name: rest, length: 10s, music: silence }
  - { name: return, length: 40s, playlist: { tracks: [3000.wav] }, cues: [ { name: back, at: 20s, voice: word.wav } ] }
";

fn stage() -> (Stage, Prepared) {
    let stage = Stage::new();
    for (hertz, seconds) in [(1_000, 25), (1_500, 90), (3_000, 90)] {
        let tone = sine(f64::from(hertz), -20.0, 48_000, seconds * 48_000 + 17);
        let file = stage.path(&format!("{hertz}.wav"));
        wav(&file, &tone, 48_000, 2, Wav::Float);
    }
    let word = noise(5, 0.1, 2 * 48_000 + 11);
    wav(&stage.path("word.wav"), &word, 48_000, 2, Wav::Float);
    let prepared = stage.prepare(EVENING, RATE);
    (stage, prepared)
}

/// A session whose clock a loop turns, recorded as the daemon records it.
struct Evening {
    player: Player,
    engine: Engine,
    journal: Arc<Journal>,
    notes: Notes,
    /// What listener a heard at each of the session's frames.
    heard: Vec<Frame>,
}

const BLOCK: usize = 960;

fn started(prepared: &Prepared) -> Started {
    let layout = &prepared.timeline.layout;
    Started {
        title: prepared.session.title.clone(),
        script: "/media/session.yaml".into(),
        hash: prepared.session.hash.clone(),
        rate: RATE,
        caps: Caps::default(),
        zones: layout.listeners(layout.all()),
        seed: prepared.session.seed,
        undersong: "0.1.0".into(),
        boot: "one".into(),
    }
}

impl Evening {
    fn begin(prepared: &Prepared, folder: &Path) -> Self {
        let journal = Journal::create(folder, started(prepared)).unwrap();
        Self::on(journal, Beginning::new(prepared.steered(), Frames::ZERO))
    }

    fn on(journal: Journal, beginning: Beginning) -> Self {
        let journal = Arc::new(journal);
        let start = beginning.start.index();
        let (player, engine) = Player::live(Beginning {
            journal: Some(Arc::clone(&journal)),
            ..beginning
        })
        .unwrap();
        Self {
            notes: Notes::beside(journal.path()),
            player,
            engine,
            journal,
            heard: vec![[0.0; 2]; start],
        }
    }

    /// Takes the session up as the daemon does after a crash.
    fn resume(path: &Path, course: Course) -> Self {
        let account = read(path).unwrap();
        let journal = Journal::reopen(path).unwrap();
        let from = account.position;
        let boot = "one".to_owned();
        journal.append(
            Some(from),
            Entry::Resumed {
                from,
                boot,
                caps: Caps::default(),
            },
        );
        let mut course = course;
        for (at, change) in &account.changes {
            course = course.revise(*at, change).unwrap();
        }
        let beginning = Beginning {
            heard: Some(account.started_cues()),
            ramp_in: Duration::from_secs(3),
            ..Beginning::new(course, from)
        };
        Self::on(journal, beginning)
    }

    fn step(&mut self) {
        self.player.tick();
        let before = self.player.position();
        // The clock is turned faster than a disk writes, and cues do not wait for one that is slow.
        if before.index() % 24_000 < BLOCK {
            assert!(self.journal.flush(PATIENCE));
        }
        assert!(self.player.wait_ready(Frames::from(BLOCK), PATIENCE));
        let channels = self.engine.channels();
        let mut samples = vec![0.0; BLOCK * channels];
        self.engine.render(&mut samples);
        // A frame of a rest is none of the session's.
        let passed = (self.player.position() - before).index();
        let frames = samples.chunks_exact(channels).take(passed);
        self.heard.extend(frames.map(|frame| [frame[0], frame[1]]));
    }

    fn until(&mut self, seconds: f64) {
        let at = Frames((seconds * SECOND) as u64);
        while self.player.position() < at && !self.player.is_over() {
            self.step();
        }
        self.player.tick();
    }

    #[track_caller]
    fn steer(&mut self, change: &Change) -> Frames {
        let at = self.player.steer(change).unwrap();
        self.step();
        self.step();
        self.player.tick();
        at
    }

    fn append(&self, entry: Entry) -> Frames {
        let at = self.player.position();
        self.journal.append(Some(at), entry);
        at
    }

    /// As the daemon ends it.
    fn end(&mut self, stop: Option<Stop>) {
        if let Some(stop) = stop {
            self.player.stop(stop);
        }
        while !self.player.is_over() {
            self.step();
            self.player.tick();
        }
        let how = stop.map_or(Ending::Played, ending);
        self.append(Entry::Ended { how });
    }

    fn told(&self) -> (Account, Played) {
        assert!(self.journal.flush(PATIENCE));
        let account = read(self.journal.path()).unwrap();
        let played = Played::of(&account);
        (account, played)
    }

    /// The crash: nothing more is written.
    fn die(self) -> (PathBuf, Vec<Frame>) {
        let path = self.journal.path().to_owned();
        assert!(self.journal.flush(PATIENCE));
        drop((self.player, self.engine, self.journal));
        while fs::File::open(&path).unwrap().try_lock().is_err() {
            std::thread::yield_now();
        }
        (path, self.heard)
    }
}

/// How loud a pitch is at a tenth of a second, in decibels.
fn tone(heard: &[Frame], hertz: f64, tenth: usize) -> f64 {
    let window = &heard[tenth * 4_800..(tenth + 1) * 4_800];
    let (mut re, mut im) = (0.0, 0.0);
    for (n, frame) in window.iter().enumerate() {
        let angle = std::f64::consts::TAU * hertz * n as f64 / SECOND;
        re += f64::from(frame[0]) * angle.cos();
        im += f64::from(frame[0]) * angle.sin();
    }
    20.0 * (re.hypot(im) * 2.0 / 4_800.0).max(1e-9).log10()
}

/// A piece is heard from and to the seconds that are told, as far as the ends of a fade are heard.
#[track_caller]
fn assert_heard(heard: &[Frame], hertz: f64, from: f64, to: f64) {
    let first = ((from - 2.0).max(0.0) * 10.0) as usize;
    let last = (((to + 2.0) * 10.0) as usize).min(heard.len() / 4_800);
    let sounds = |tenth: &usize| tone(heard, hertz, *tenth) > -45.0;
    let sounding: Vec<usize> = (first..last).filter(sounds).collect();
    let [begins, .., ends] = sounding[..] else {
        panic!("{hertz} Hz is not heard from {from} to {to}")
    };
    let (begins, ends) = (begins as f64 / 10.0, (ends + 1) as f64 / 10.0);
    assert!((begins - from).abs() < 0.9, "{hertz}: {begins} for {from}");
    assert!((ends - to).abs() < 0.9, "{hertz}: {ends} for {to}");
}

/// The pieces that are told of, from and to which second.
fn tracks(played: &Played) -> Vec<(String, f64, f64)> {
    let tracks = played.tracks().map(|moment| {
        let Deed::Track { title, length, .. } = &moment.deed else {
            unreachable!()
        };
        let end = moment.at + *length;
        let seconds = |at: Frames| at.0 as f64 / SECOND;
        (title.clone(), seconds(moment.at), seconds(end))
    });
    tracks.collect()
}

fn titles(played: &Played) -> Vec<String> {
    tracks(played)
        .into_iter()
        .map(|(title, ..)| title)
        .collect()
}

/// What is told of one kind, in the order of time.
fn deeds<'a, T>(played: &'a Played, of: impl Fn(&'a Moment) -> Option<T>) -> Vec<T> {
    played.moments.iter().filter_map(of).collect()
}

fn cues(played: &Played) -> Vec<&str> {
    deeds(played, |moment| match &moment.deed {
        Deed::Cue { name, .. } => Some(name.as_str()),
        _ => None,
    })
}

fn left_out(played: &Played) -> Vec<&str> {
    deeds(played, |moment| match &moment.deed {
        Deed::LeftOut { name, .. } => Some(name.as_str()),
        _ => None,
    })
}

fn phases(played: &Played) -> Vec<(&str, Frames)> {
    let spans = played.timeline.phases.iter();
    spans.map(|span| (span.name.as_str(), span.from)).collect()
}

#[test]
fn a_piece_whose_file_failed_is_not_told_as_heard() {
    let (stage, prepared) = stage();
    let folder = tempfile::tempdir().unwrap();
    let mut evening = Evening::begin(&prepared, folder.path());
    evening.until(6.0);
    let (file, why) = (
        stage.path("1500.wav").display().to_string(),
        "cannot be read any more".to_owned(),
    );
    evening.append(Entry::Trouble { file, why });
    let (why, asked) = ("notnow".to_owned(), Some(Change::Continue));
    evening.append(Entry::Refused { why, asked });
    evening.until(30.0);
    evening.end(Some(Stop::Quick));
    let (_, played) = evening.told();
    let failed = deeds(&played, |moment| match &moment.deed {
        Deed::Track { title, failed, .. } => Some((title.as_str(), *failed)),
        _ => None,
    });
    assert_eq!(failed, [("1000", false), ("1500", true)]);
    let desk = Desk::new();
    let path = evening.journal.path().to_str().unwrap();
    let shown = desk.run(&["journal", "show", path]).out;
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        shown.contains("1500, whose file failed; the bed was heard for what was missing"),
        "{shown}"
    );
    assert!(
        shown.contains("to let the phase go on was asked for"),
        "{shown}"
    );
    let page = desk.run(&["journal", "report", path, "-o", "-"]).out;
    assert!(
        page.contains("whose file failed") && !page.contains("asked for"),
        "{page}"
    );
}

#[test]
fn of_a_piece_that_follows_itself_only_the_one_that_failed_is_told_as_failed() {
    let (stage, _) = stage();
    let script = EVENING.replace("tracks: [1000.wav, 1500.wav]", "tracks: [1000.wav]");
    let prepared = stage.prepare(&script, RATE);
    let folder = tempfile::tempdir().unwrap();
    for (seconds, expected) in [(6.0, [true, false]), (30.0, [false, true])] {
        let mut evening = Evening::begin(&prepared, folder.path());
        evening.until(seconds);
        evening.append(Entry::Trouble {
            file: stage.path("1000.wav").display().to_string(),
            why: "cannot be read any more".to_owned(),
        });
        evening.until(35.0);
        evening.end(Some(Stop::Quick));
        let (_, played) = evening.told();
        let failed = deeds(&played, |moment| match &moment.deed {
            Deed::Track { failed, .. } => Some(*failed),
            _ => None,
        });
        assert_eq!(failed, expected, "at {seconds} s");
    }
}

#[test]
fn pieces_are_told_in_order_with_the_frames_they_really_sounded() {
    let (_stage, prepared) = stage();
    let folder = tempfile::tempdir().unwrap();
    let mut evening = Evening::begin(&prepared, folder.path());
    evening.until(6.0);
    let skipped = evening.steer(&Change::Skip);
    evening.until(25.0);
    evening.player.pause(true);
    for _ in 0..100 {
        evening.step();
    }
    evening.player.pause(false);
    evening.until(28.0);
    let marked = evening.append(Entry::Mark { name: None });
    evening.until(33.0);
    evening.steer(&Change::BringBack { to: None });
    evening.until(70.0);
    evening.end(Some(Stop::Quick));
    let (account, played) = evening.told();

    let told = tracks(&played);
    assert_eq!(titles(&played), ["1000", "1500", "3000"]);
    for ((_, from, to), hertz) in told.iter().zip([1_000.0, 1_500.0, 3_000.0]) {
        assert_heard(&evening.heard, hertz, *from, *to);
    }
    // To the frame: what the player had on its timeline in the end.
    let end = played.length();
    let clips = evening.player.timeline().clips.iter();
    let sounded: Vec<_> = clips.map(|clip| (clip.from, clip.end().min(end))).collect();
    let clips = played.timeline.clips.iter();
    let recorded: Vec<_> = clips.map(|clip| (clip.from, clip.end())).collect();
    assert_eq!(recorded, sounded);

    let begun = phases(&played);
    assert_eq!(begun[0], ("onset", Frames::ZERO));
    assert_eq!(begun[1], ("return", recorded[2].0), "no rest between");
    // The chime that was left out by the bringing back is neither told as heard nor forgotten.
    assert_eq!(cues(&played), ["word", "onset 2", "back"]);
    assert_eq!(left_out(&played), ["chime"]);
    let changes = deeds(&played, |moment| match &moment.deed {
        Deed::Changed(change) => Some((moment.at, change.clone())),
        _ => None,
    });
    assert_eq!(changes[0], (skipped, Change::Skip));
    assert_eq!(changes.len(), 2);
    let marks = deeds(&played, |moment| {
        matches!(moment.deed, Deed::Marked { .. }).then_some(moment.at)
    });
    assert_eq!(marks, [marked]);
    let rests = deeds(&played, |moment| match moment.deed {
        Deed::Rested { length } => Some(length),
        _ => None,
    });
    let [Some(rest)] = rests[..] else {
        panic!("{rests:?}")
    };
    assert!((1.0..2.1).contains(&rest.as_secs_f64()), "{rest:?}");
    assert_eq!(account.lost(), 0);
    assert!(played.moments.is_sorted_by_key(|moment| moment.at));
}

#[test]
fn a_session_that_crashed_is_told_as_one() {
    let (_stage, prepared) = stage();
    let folder = tempfile::tempdir().unwrap();
    let mut evening = Evening::begin(&prepared, folder.path());
    // The chime is due at 35 s and recorded ahead; the crash comes before it.
    evening.until(33.6);
    let (path, before) = evening.die();
    let mut again = Evening::resume(&path, prepared.steered());
    let from = again.player.position();
    assert!(from <= Frames::from(before.len()) && from >= Frames(32 * 48_000));
    again.until(60.0);
    again.end(None);
    let (_, played) = again.told();
    assert_eq!(
        titles(&played),
        ["1000", "1500", "3000"],
        "none comes twice"
    );
    let mut heard = before[..from.index()].to_vec();
    heard.extend(&again.heard[from.index()..]);
    for ((_, from, to), hertz) in tracks(&played).iter().zip([1_000.0, 1_500.0, 3_000.0]) {
        assert_heard(&heard, hertz, *from, *to);
    }
    assert_eq!(left_out(&played), ["chime"], "nobody heard it");
    assert_eq!(cues(&played), ["word", "onset 2", "back"]);
    let breaks = deeds(&played, |moment| {
        matches!(moment.deed, Deed::Interrupted { .. }).then_some(moment.at)
    });
    assert_eq!(breaks, [from]);
    let spans = &played.timeline.phases;
    let silent: Vec<bool> = spans.iter().map(|span| span.silent).collect();
    assert_eq!(silent, [false, true, false]);
    assert_eq!(spans[2].end(), played.length());
}

#[test]
fn restarted_again_before_anything_is_heard_it_was_one_restart_and_nothing_failed() {
    let (stage, prepared) = stage();
    let folder = stage.path("journal");
    let mut evening = Evening::begin(&prepared, &folder);
    evening.until(4.0);
    evening.journal.append(None, Entry::Left);
    let (path, _) = evening.die();
    let cut = read(&path).unwrap().last_heard;
    assert!(cut.was_left());
    std::thread::sleep(Duration::from_millis(1_200));
    // Prepared, and ended before its first block.
    Evening::resume(&path, prepared.steered()).die();
    assert_eq!(read(&path).unwrap().last_heard.wall(), cut.wall());
    let mut again = Evening::resume(&path, prepared.steered());
    assert!(again.journal.flush(PATIENCE));
    let before = read(&path).unwrap().last_heard;
    assert!(before.was_left() && before.wall() == cut.wall());
    again.until(6.0);
    assert!(again.journal.flush(PATIENCE));
    let account = read(&path).unwrap();
    assert!(!account.last_heard.was_left(), "what comes next is another");
    let interruptions = deeds(&Played::of(&account), |moment| match moment.deed {
        Deed::Interrupted { away, asked } => Some((away, asked)),
        _ => None,
    });
    let [(away, asked)] = interruptions[..] else {
        panic!("{interruptions:?}")
    };
    assert!(asked && away >= Duration::from_millis(1_200), "{away:?}");
}

#[test]
fn a_change_taken_back_leads_back_to_its_phase() {
    let (_stage, prepared) = stage();
    let folder = tempfile::tempdir().unwrap();
    let mut evening = Evening::begin(&prepared, folder.path());
    evening.until(14.0);
    evening.steer(&Change::BringBack { to: None });
    evening.until(18.0);
    let back = evening.steer(&Change::Undo);
    evening.until(25.0);
    let (_, played) = evening.told();
    let told = phases(&played);
    let names: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["onset", "return", "onset"]);
    assert_eq!(told[2].1, back);
    // The same phase has the same colour, in the picture and beside its pieces.
    let (path, _) = evening.die();
    let desk = Desk::new();
    let page = looked(&desk, &["report", path.to_str().unwrap(), "-o", "-"]);
    let classes = |before: &str| -> Vec<String> {
        let parts = page.split(before).skip(1);
        parts.map(|part| part.chars().take(2).collect()).collect()
    };
    assert_eq!(classes("<svg class=\"stroke "), ["p0", "p1", "p0"]);
    let bands = page
        .split("<g class=\"")
        .filter(|group| group.contains("class=\"band\""));
    let bands: Vec<&str> = bands.map(|group| &group[..2]).collect();
    assert_eq!(bands, ["p0", "p1", "p0"]);
}

#[test]
fn how_loud_it_was_is_recorded_and_takes_nothing_from_the_meters() {
    let (_stage, prepared) = stage();
    let folder = tempfile::tempdir().unwrap();
    let mut evening = Evening::begin(&prepared, folder.path());
    evening.until(49.0);
    let zone = prepared.timeline.layout.zones().next().unwrap();
    let peak = evening.player.meters(zone).peak.decibels().0;
    assert!(peak > -21.0, "the peak since the start, in silence: {peak}");
    let (_, played) = evening.told();
    let at = |second: u64| {
        let mut values = played.measured.values.iter();
        let near = values.find(|(at, _)| at.0.abs_diff(second * 48_000) < 24_001);
        near.unwrap().1.clone()
    };
    // A tone of 1 kHz whose peak is -20 dBFS on both channels has -20 LUFS.
    assert_eq!(at(6).len(), 2);
    for loudness in at(6) {
        assert!((loudness.unwrap().0 + 20.0).abs() < 0.3, "{loudness:?}");
    }
    // The word is for a alone, and b's music does not go down for it.
    let [Some(a), Some(b)] = at(13)[..] else {
        panic!("{:?}", at(13))
    };
    assert!((b.0 + 20.0).abs() < 0.3 && (a - b).0.abs() > 1.0, "{a} {b}");
    assert_eq!(at(48), [], "silence");
    let text = fs::read_to_string(evening.journal.path()).unwrap();
    let positions = text.lines().filter(|line| line.contains("\"position\""));
    assert!(positions.clone().count() > 45);
    for line in positions {
        assert!(line.len() < 130, "{line}");
        let record: Value = serde_json::from_str(line).unwrap();
        let values = record["loudness"].as_array().cloned().unwrap_or_default();
        for tenths in values
            .iter()
            .filter_map(Value::as_f64)
            .map(|value| value * 10.0)
        {
            assert!((tenths - tenths.round()).abs() < 1e-9, "{line}");
        }
    }
}

/// A journal of a whole session with something of everything, and its notes.
fn whole(folder: &Path) -> PathBuf {
    let (_stage, prepared) = stage();
    let mut evening = Evening::begin(&prepared, folder);
    evening.until(5.0);
    let detail = "hw:<img src=x onerror=alert(2)>".to_owned();
    let state = OutputState::Lost;
    evening.append(Entry::Device { state, detail });
    evening.append(Entry::Xruns { count: 2 });
    let at = evening.append(Entry::Mark { name: None });
    let note = format!("{CANARY} </li><script>alert(3)</script>");
    evening.notes.keep(&Note::now(Some(at), &note)).unwrap();
    evening.until(10.0);
    evening.steer(&Change::Extend {
        by: Duration::from_secs(5),
    });
    evening.until(20.0);
    evening.end(Some(Stop::Hard));
    evening.die().0
}

/// The program, looking at a folder of journals.
fn look(desk: &Desk, args: &[&str]) -> Said {
    let mut command = desk.command(&[&["journal"], args].concat());
    command.env("TZ", "XYZ-3").env("UNDERSONG_LOG", "trace");
    said(&command.output().unwrap())
}

#[track_caller]
fn looked(desk: &Desk, args: &[&str]) -> String {
    let said = look(desk, args);
    assert_eq!(said.code, 0, "{args:?}: {}", said.err);
    assert!(!said.err.contains(CANARY), "{}", said.err);
    said.out
}

/// Nothing is in the page that a browser would fetch or run.
#[track_caller]
fn assert_needs_nothing_else(page: &str) {
    // Text may say what it likes once it is no element of the page any more; the hatching is the page's own.
    let page = page.replace("src=x onerror=alert(2)", "");
    let page = page.replace("http-equiv", "").replace("url(#hatch)", "");
    for outside in [
        "http", "//", "src=", "@import", "url(", "href", "onerror", "<script", "<img", "<link",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn one_page_holds_all_but_the_notes_and_needs_nothing_else() {
    let desk = Desk::new();
    let path = whole(&desk.path("journals"));
    let journal = fs::read(&path).unwrap();
    let place = ["--journal", "journals"];
    let report = |more: &[&str]| looked(&desk, &[&["report"], &place[..], more].concat());

    let said = report(&["-o", "page.html"]);
    assert!(said.contains("notes are not in it"), "{said}");
    let page = fs::read_to_string(desk.path("page.html")).unwrap();
    assert_needs_nothing_else(&page);
    for told in [
        "Evening &lt;script&gt;alert(1)&lt;/script&gt; &amp; “two”",
        "hw:&lt;img src=x",
        "stopped at once",
        ">1000<",
        "a moment to come back to",
        "word<small>, for a alone</small>",
        "private notes are not on this page, nor how the session was steered",
    ] {
        assert!(page.contains(told), "{told}");
    }
    // What its therapist did about it is not the couple's affair, in words nor in the picture.
    let steered = ["5 s longer", "changed"];
    assert!(!steered.iter().any(|it| page.contains(it)), "{page}");
    assert!(!page.contains(CANARY), "neither a note nor a cue's words");
    assert_eq!(report(&["-o", "-"]), page);

    let said = report(&["--notes", "-o", "private.html"]);
    assert!(said.contains("only you may read it"), "{said}");
    let private = fs::read_to_string(desk.path("private.html")).unwrap();
    assert!(private.contains(&format!("{CANARY} &lt;/li&gt;&lt;script&gt;")));
    assert_needs_nothing_else(&private);
    assert!(private.contains("5 s longer") && private.contains("Marks and changes"));
    let about = fs::metadata(desk.path("private.html")).unwrap();
    assert_eq!(about.permissions().mode() & 0o777, 0o600);

    // Its own name: when and what, in the folder where one stands.
    let said = report(&[]);
    let name = said.split_whitespace().next().unwrap().to_owned();
    let title = "-evening-script-alert-1-script-two.html";
    assert!(name.ends_with(title), "{name}");
    assert_eq!(fs::read_to_string(desk.path(&name)).unwrap(), page);

    // Nothing but a page is written over.
    std::os::unix::fs::symlink(&path, desk.path("link.html")).unwrap();
    let itself = path.to_str().unwrap();
    for wrong in [itself, "link.html", "words.wav", "no/where.html", "."] {
        let said = look(&desk, &["report", place[0], place[1], "-o", wrong]);
        assert_eq!(said.code, 2, "{wrong}: {}", said.err);
    }
    assert_eq!(fs::read(&path).unwrap(), journal);
    assert!(!desk.names().concat().contains(".part"));
    assert!(!String::from_utf8(journal).unwrap().contains(CANARY));
}

#[test]
fn sessions_are_listed_and_shown_to_people_and_programs() {
    let desk = Desk::new();
    let folder = desk.path("journals");
    let earlier = folder.join("2025-01-02T03-04-05Z.jsonl");
    fs::rename(whole(&folder), &earlier).unwrap();
    let (_stage, prepared) = stage();
    let mut evening = Evening::begin(&prepared, &folder);
    evening.until(8.0);
    evening.die();
    let of = |args: &[&str]| looked(&desk, &[args, &["--journal", "journals"]].concat());

    let list = of(&["list"]);
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 2, "{list}");
    assert!(lines[0].trim_start().starts_with("1 ") && lines[0].ends_with("cut off"));
    assert!(lines[1].contains("0:20") && lines[1].ends_with("stopped at once"));
    assert!(
        lines[0].contains("XYZ"),
        "in which zone its times are: {list}"
    );
    let list: Value = serde_json::from_str(&of(&["list", "--json"])).unwrap();
    assert_eq!(list[0]["ending"], "cut-off");
    assert_eq!(list[1]["ending"], "at-once");
    assert_eq!(list[1]["number"], 2);
    assert!(list[1]["began"].as_str().unwrap().ends_with("+03:00"));
    assert_eq!(list[1]["title"], prepared.session.title);
    // As long as it is shown to be, to the frame.
    let shown: Value = serde_json::from_str(&of(&["show", "2", "--json"])).unwrap();
    let frames = list[1]["heard"].as_f64().unwrap() * SECOND;
    assert!(
        (frames - shown["length"].as_f64().unwrap()).abs() < 0.5,
        "{list} {shown}"
    );

    let shown = of(&["show", "2"]);
    for told in [
        "1000, heard for",
        "word, for a alone",
        "stopped at once",
        "was lost: hw:",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    assert_eq!(shown, looked(&desk, &["show", earlier.to_str().unwrap()]));
    assert_eq!(shown, of(&["show", "2025-01-02T03-04-05Z"]), "by its name");
    assert!(of(&["show"]).contains("cut off"), "the newest");
    let json: Value = serde_json::from_str(&of(&["show", "2", "--json"])).unwrap();
    let played = Played::of(&read(&earlier).unwrap());
    assert_eq!(json["length"], played.length().0);
    let of_kind = |kind: &str| -> Vec<&Value> {
        let moments = json["moments"].as_array().unwrap().iter();
        moments.filter(|moment| moment["kind"] == kind).collect()
    };
    assert_eq!(of_kind("music")[0]["title"], "1000");
    assert_eq!(of_kind("mark").len(), 1);
    assert_eq!(of_kind("changed")[0]["change"]["do"], "extend");
    assert_eq!(of_kind("voice")[0]["to"], serde_json::json!(["a"]));
    assert!(!shown.contains(CANARY) && !json.to_string().contains(CANARY));
}

#[test]
fn what_cannot_be_looked_at_is_said() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).unwrap();
    fs::create_dir(desk.path("others")).unwrap();
    desk.write("others/2025-01-02T03-04-05Z.jsonl", "{\"what\":\"ever\"}\n");
    desk.write(
        "room.yaml",
        "undersong-room: 1\ndevice: paced\nmedia: .\njournal: empty\n",
    );
    for (args, sentence) in [
        (
            &["list", "--journal", "empty"][..],
            "no session is recorded",
        ),
        (&["show", "--journal", "empty"], "no session is recorded"),
        (&["list", "--journal", "nosuch"], "there is no folder"),
        (&["list", "--room", "room.yaml"], "no session is recorded"),
        (&["list", "--room", "nosuch.yaml"], "nosuch.yaml"),
        (&["list", "--journal", "others"], "is no journal"),
        (&["show", "words.wav"], "is no journal"),
        (&["show", "./nosuch.jsonl"], "cannot be opened"),
        (
            &["report", "nosuch", "--journal", "empty", "-o", "x.html"],
            "cannot be opened",
        ),
    ] {
        let said = look(&desk, args);
        assert_eq!(said.code, 1, "{args:?}: {}", said.err);
        assert!(said.err.contains(sentence), "{args:?}: {}", said.err);
    }
    assert!(!desk.path("x.html").exists());
    whole(&desk.path("journals"));
    for number in ["0", "2"] {
        let said = look(&desk, &["show", number, "--journal", "journals"]);
        let told = said.err.contains("holds 1 session");
        assert!(said.code == 1 && told, "{}", said.err);
    }
    let both = ["list", "--journal", "empty", "--room", "room.yaml"];
    assert_eq!(look(&desk, &both).code, 2);
}

#[test]
fn who_may_not_read_is_told_who_may() {
    let desk = Desk::new();
    let path = whole(&desk.path("journals"));
    for open in [desk.folder(), &desk.path("journals")] {
        fs::set_permissions(open, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    let copy = desk.path("undersong");
    fs::copy(env!("CARGO_BIN_EXE_undersong"), &copy).unwrap();
    // Who may read everything looks as somebody else.
    let mut command = if fs::File::open(&path).is_ok() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--clear-groups"]).arg(&copy);
        command
    } else {
        Command::new(&copy)
    };
    desk.dress(&mut command);
    command.args(["journal", "list", "--journal", "journals"]);
    let told = said(&command.output().unwrap());
    assert_eq!(told.code, 1, "{}", told.err);
    let sentence = "only the daemon's user may read";
    assert!(told.err.contains(sentence), "{}", told.err);
}

fn signed(body: &str) -> String {
    let body = body.strip_suffix('}').unwrap();
    let sum = blake3::hash(body.as_bytes()).to_hex();
    format!("{body},\"sum\":\"{}\"}}\n", &sum[..8])
}

/// Each line of a journal as something else, or gone.
fn rewrite(path: &Path, line: impl Fn(&Value, &str) -> Option<String>) {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.split_inclusive('\n');
    let lines = lines.filter_map(|it| line(&serde_json::from_str(it).unwrap(), it));
    fs::write(path, lines.collect::<String>()).unwrap();
}

#[test]
fn what_is_lost_is_told_and_takes_nothing_else_along() {
    let desk = Desk::new();
    let (_stage, prepared) = stage();
    let mut evening = Evening::begin(&prepared, &desk.path("journals"));
    evening.until(85.0);
    evening.end(None);
    let (path, _) = evening.die();
    let all = Played::of(&read(&path).unwrap());
    // Where the first piece ended, and where the second phase began.
    rewrite(&path, |record, line| {
        let piece = record["what"] == "clip-ends" && record["from"] == 0;
        let phase = record["what"] == "phase" && record["name"] == "rest";
        (!piece && !phase).then(|| line.to_owned())
    });
    let account = read(&path).unwrap();
    let played = Played::of(&account);
    assert_eq!(account.lost(), 2);
    let lost = deeds(&played, |moment| match moment.deed {
        Deed::Lost { records } => Some(records),
        _ => None,
    });
    assert_eq!(lost, [1, 1]);
    let (before, after) = (tracks(&all), tracks(&played));
    assert_eq!(after[0].2, before[1].1, "until the next one came, at least");
    assert_eq!(after[1..], before[1..]);
    assert_eq!(phases(&played), [phases(&all)[0], phases(&all)[2]]);
    assert_eq!(cues(&played), cues(&all));
    assert_eq!(cues(&all), ["word", "onset 2", "chime", "back"]);

    // An earlier version wrote no ends, no loudness and no kinds.
    rewrite(&path, |record, _| {
        let mut record = record.clone();
        let fields = record.as_object_mut().unwrap();
        for field in ["loudness", "how", "silent", "sum"] {
            fields.remove(field);
        }
        (record["what"] != "clip-ends").then(|| signed(&record.to_string()))
    });
    let old = Played::of(&read(&path).unwrap());
    assert!(old.measured.is_empty());
    let told = tracks(&old);
    assert_eq!(titles(&old), titles(&all));
    assert_eq!((told[0].2, told[1].2), (told[1].1, told[2].1));
    assert_eq!(cues(&old), cues(&all));
    let report = || looked(&desk, &["report", path.to_str().unwrap(), "-o", "-"]);
    let page = report();
    assert!(page.contains("records are lost") && !page.contains("NaN"));
    assert_needs_nothing_else(&page);

    // A position that no session reaches is not believed.
    let mad = r#"{"v":1,"n":9000,"wall":1,"at":18446744073709551615,"what":"position"}"#;
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text + &signed(mad)).unwrap();
    assert!(report().contains("168:00:00"), "a week at most");
}

/// A daemon that plays without a device, and its log.
struct Daemon<'a> {
    desk: &'a Desk,
    process: Child,
}

impl<'a> Daemon<'a> {
    fn serve(desk: &'a Desk) -> Self {
        let mut log = fs::File::options();
        let log = log.append(true).create(true).open(desk.path("log"));
        let mut command = desk.command(&["serve", "--room", "room.yaml"]);
        command.env("UNDERSONG_LOG", "debug").stderr(log.unwrap());
        let process = command.stdout(Stdio::null()).spawn().unwrap();
        let daemon = Self { desk, process };
        daemon.until(&["status"], "Room two");
        daemon
    }

    fn run(&self, args: &[&str]) -> String {
        let mut command = self.desk.command(args);
        command.env("UNDERSONG_SOCKET", self.desk.path("run/control.sock"));
        let said = said(&command.output().unwrap());
        said.out + &said.err
    }

    /// Asks again and again: the daemon's clock is real time, and cannot be turned.
    #[track_caller]
    fn until(&self, args: &[&str], answer: &str) {
        let begun = Instant::now();
        let mut said = self.run(args);
        while !said.contains(answer) {
            assert!(begun.elapsed() < PATIENCE, "{args:?}: {said}");
            std::thread::sleep(Duration::from_millis(20));
            said = self.run(args);
        }
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_rooms_session_is_looked_at_while_it_plays_and_after_it_was_killed() {
    let desk = Desk::new();
    desk.write(
        "room.yaml",
        "undersong-room: 1\nname: Room two\ndevice: paced\nperiod: 256\nmedia: .\n\
         journal: journals\nsocket: run/control.sock\n",
    );
    desk.write(
        "session.yaml",
        &format!(
            "undersong: 1\ntitle: In the room\nphases:\n  - {{ name: onset, length: 50s, playlist: {{ tracks: [music.wav] }},\n      \
             cues: [ {{ name: first, at: 1s, voice: words.wav }}, {{ at: 1s, remind: {CANARY} }} ] }}\n"
        ),
    );
    let of = |args: &[&str]| looked(&desk, &[args, &["--room", "room.yaml"]].concat());
    let daemon = Daemon::serve(&desk);
    daemon.run(&["start", "session.yaml"]);
    daemon.until(
        &["journal", "show", "--room", "room.yaml"],
        "voice     first",
    );
    assert!(of(&["list"]).contains("playing now"));
    daemon.run(&["note", CANARY]);
    daemon.until(
        &["journal", "show", "--room", "room.yaml"],
        "a moment to come back to",
    );
    let page = of(&["report", "-o", "-"]);
    assert!(page.contains("playing now") && page.contains("The session goes on"));
    assert!(!page.contains(CANARY) && page.contains("marked") && !page.contains("reminder"));
    assert_needs_nothing_else(&page);
    daemon.kill();
    assert!(of(&["list"]).contains("cut off"));

    let daemon = Daemon::serve(&desk);
    daemon.until(&["status"], "In the room");
    daemon.until(
        &["journal", "show", "--room", "room.yaml"],
        "was interrupted",
    );
    daemon.run(&["pause"]);
    daemon.until(&["journal", "list", "--room", "room.yaml"], "resting now");
    daemon.run(&["stop", "--now"]);
    daemon.until(
        &["journal", "list", "--room", "room.yaml"],
        "stopped at once",
    );
    let json: Value = serde_json::from_str(&of(&["show", "--json"])).unwrap();
    let moments = json["moments"].as_array().unwrap();
    let count = |kind: &str| moments.iter().filter(|it| it["kind"] == kind).count();
    assert_eq!((count("music"), count("voice"), count("mark")), (1, 1, 1));
    assert_eq!((count("remind"), count("rest")), (1, 1));
    drop(daemon);
    assert!(of(&["report", "-o", "-", "--notes"]).contains(CANARY));
    let log = fs::read_to_string(desk.path("log")).unwrap();
    assert!(
        log.contains("a session begins") && !log.contains(CANARY),
        "{log}"
    );
    for entry in fs::read_dir(desk.path("journals")).unwrap() {
        let path = entry.unwrap().path();
        let notes = path.to_string_lossy().contains("notes");
        assert_eq!(fs::read_to_string(&path).unwrap().contains(CANARY), notes);
    }
}
