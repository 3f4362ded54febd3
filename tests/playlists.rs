//! Playlists of all kinds are read, and each mistake in them is told at its own line.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use undersong::mistake::Mistake;
use undersong::playlist::{self, LeftOut, Order, Playlist};
use undersong::script::{self, Content};

/// A folder with music in it, in which playlists are written.
struct Shelf(tempfile::TempDir);

impl Shelf {
    fn new() -> Self {
        let shelf = Self(tempfile::tempdir().unwrap());
        fs::create_dir(shelf.path("music")).unwrap();
        for name in [
            "1.flac",
            "2.flac",
            "10.flac",
            "a b.flac",
            "grün.ogg",
            "50%.mp3",
            "notes.txt",
        ] {
            fs::write(shelf.path("music").join(name), "not looked at").unwrap();
        }
        shelf
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str, text: impl AsRef<[u8]>) -> Result<Playlist, Vec<Mistake>> {
        fs::write(self.path(name), text).unwrap();
        playlist::read(&self.path(name))
    }

    /// The names of the tracks of a playlist that is right.
    fn tracks(&self, name: &str, text: impl AsRef<[u8]>) -> Vec<String> {
        names(&self.read(name, text).unwrap())
    }

    /// Each mistake as `line: sentence (help)`.
    fn told(&self, name: &str, text: impl AsRef<[u8]>) -> Vec<String> {
        let mistakes = self.read(name, text).unwrap_err();
        mistakes.iter().map(told).collect()
    }

    /// A script with one phase that has this playlist.
    fn script(&self, playlist: &str) -> Result<Playlist, Vec<String>> {
        let path = self.path("evening.yaml");
        let text = format!(
            "undersong: 1\nphases:\n  - name: calm\n    length: 20m\n    playlist: {playlist}\n"
        );
        fs::write(&path, text).unwrap();
        let reading = script::read(&path);
        let Some(session) = reading.session else {
            return Err(reading.mistakes.iter().map(told).collect());
        };
        match &session.phases[0].content {
            Content::Playlist(playlist) => Ok(playlist.as_ref().clone()),
            Content::Silence => panic!("no playlist"),
        }
    }
}

fn told(mistake: &Mistake) -> String {
    let line = mistake.place.line_column().map_or(0, |at| at.0);
    let help = mistake.help.as_deref().unwrap_or("");
    format!("{line}: {} ({help})", mistake.what)
}

fn names(playlist: &Playlist) -> Vec<String> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    playlist
        .tracks
        .iter()
        .map(|track| name(&track.path))
        .collect()
}

#[test]
fn m3u_is_read() {
    let shelf = Shelf::new();
    let text = "\u{FEFF}#EXTM3U\r\n#PLAYLIST:Calm\r\n#EXTINF:9,x\r\nmusic/a b.flac\r\n\r\nmusic/50%.mp3\r\n";
    let playlist = shelf.read("x.m3u8", text).unwrap();
    assert_eq!(names(&playlist), ["a b.flac", "50%.mp3"]);
    assert_eq!(playlist.name, "Calm");
    let titles = [0, 1].map(|at| playlist.tracks[at].title.as_deref());
    assert_eq!(titles, [Some("x"), None]);
    assert_eq!(playlist.tracks[1].place.line_column(), Some((6, 1)));
    assert_eq!(playlist.tracks[0].path, shelf.path("music/a b.flac"));
    let absolute = format!("file://{}", shelf.path("music/gr%C3%BCn.ogg").display());
    assert_eq!(shelf.tracks("x.M3U", absolute), ["grün.ogg"]);
}

#[test]
fn old_m3u_is_latin_1_and_m3u8_is_not() {
    let shelf = Shelf::new();
    assert_eq!(shelf.tracks("x.m3u", b"music/gr\xFCn.ogg\n"), ["grün.ogg"]);
    assert_eq!(shelf.tracks("x.m3u", "music/grün.ogg\n"), ["grün.ogg"]);
    let told = shelf.told("x.m3u8", b"#EXTM3U\nmusic/gr\xFCn.ogg\n");
    assert!(
        told[0].starts_with("2: ") && told[0].contains("UTF-8"),
        "{told:?}"
    );
}

#[test]
fn pls_is_read() {
    let shelf = Shelf::new();
    let text = "[playlist]\nNumberOfEntries=2\nFile2=music/2.flac\nTitle2=Two\nFile1=music/1.flac\nVersion=2\n";
    let playlist = shelf.read("x.pls", text).unwrap();
    assert_eq!(names(&playlist), ["1.flac", "2.flac"]);
    let titles = [0, 1].map(|at| playlist.tracks[at].title.as_deref());
    assert_eq!(titles, [None, Some("Two")]);
}

const XSPF: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/">
  <title>Calm &amp; slow</title>
  <trackList>
    <track><title>x</title><location>music/a%20b.flac</location></track>
    <track><location> music/gr&#252;n.ogg </location><title> y &amp; z </title></track>
    <track><location><![CDATA[music/1.flac]]></location></track>
  </trackList>
</playlist>"#;

#[test]
fn xspf_is_read() {
    let shelf = Shelf::new();
    let playlist = shelf.read("x.xspf", XSPF).unwrap();
    assert_eq!(names(&playlist), ["a b.flac", "grün.ogg", "1.flac"]);
    assert_eq!(playlist.name, "Calm & slow");
    let titles = [0, 1, 2].map(|at| playlist.tracks[at].title.as_deref());
    assert_eq!(titles, [Some("x"), Some("y & z"), None]);
    assert_eq!(playlist.tracks[1].place.line_column(), Some((6, 23)));
}

/// A track's further locations are other copies of it.
#[test]
fn an_xspf_track_is_one_piece_however_many_places_it_is_at() {
    let shelf = Shelf::new();
    let tracks = "<track><title>x</title><location>music/1.flac</location><location>music/2.flac</location></track>\
                  <track><location>https://a.example/2.flac</location><location>music/2.flac</location>\
                  <title>y</title><location>gone.flac</location></track>";
    let text = format!("<playlist><trackList>{tracks}</trackList></playlist>");
    let playlist = shelf.read("x.xspf", &text).unwrap();
    assert_eq!(names(&playlist), ["1.flac", "2.flac"]);
    let titles = [0, 1].map(|at| playlist.tracks[at].title.as_deref());
    assert_eq!(titles, [Some("x"), Some("y")]);
    // What is nowhere else is told where it stands.
    let told = shelf.told(
        "x.xspf",
        text.replace("<location>music/2.flac</location>", ""),
    );
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("`gone.flac`"), "{told:?}");
    let away = text
        .replace("music/", "https://a.example/")
        .replace("<location>gone.flac</location>", "");
    assert_eq!(shelf.told("x.xspf", away).len(), 2);
}

#[test]
fn bad_xspf_is_refused() {
    let shelf = Shelf::new();
    let bomb = format!("<!DOCTYPE x [<!ENTITY a \"{}\">]>{XSPF}", "&b;".repeat(99));
    assert!(shelf.told("x.xspf", bomb)[0].contains("document type"));
    let told = shelf.told("x.xspf", XSPF.replace("&amp;", "&lol;"));
    assert!(
        told[0].starts_with("3: ") && told[0].contains("`&`"),
        "{told:?}"
    );
    let told = shelf.told("x.xspf", XSPF.replace("</trackList>", ""));
    assert!(
        told[0].starts_with("9: ") && told[0].contains("XML"),
        "{told:?}"
    );
    assert!(
        shelf.told("x.xspf", &XSPF[..XSPF.find("</trackList>").unwrap()])[0]
            .contains("ends in the middle")
    );
    assert!(shelf.told("x.xspf", "<a>".repeat(9_000))[0].contains("nested"));
    assert!(shelf.told("x.xspf", "<playlist/>")[0].contains("no tracks"));
    let told = shelf.told("x.xspf", XSPF.replace("%20", "%2"));
    assert!(told[0].starts_with("5: "), "{told:?}");
}

#[test]
fn our_own_yaml_is_read() {
    let shelf = Shelf::new();
    let text = "title: Calm\norder: shuffle\ntracks:\n  - music/1.flac\n  - { file: music/2.flac, intensity: 2, gain: -3 dB }\n  - { file: gone.flac, exclude: true }\n";
    let playlist = shelf.read("x.yaml", text).unwrap();
    assert_eq!(names(&playlist), ["1.flac", "2.flac"]);
    assert_eq!(playlist.name, "Calm");
    assert_eq!(playlist.order, Order::Shuffle);
    assert_eq!(playlist.tracks[1].intensity, Some(2));
    assert_eq!(playlist.tracks[1].gain.0, -3.0);
    assert_eq!(playlist.tracks[1].place.line_column(), Some((5, 13)));
}

#[test]
fn bad_yaml_playlists_are_told_line_by_line() {
    let shelf = Shelf::new();
    let told = shelf.told(
        "x.yaml",
        "ordr: shuffle\ntracks:\n  - music/3.flac\n  - { file: music/2.flac, intensity: 6 }\n  - { file: music/2.flac, gain: 7 dB }\n  - x.yaml\n  - { gain: 0 }\n",
    );
    let expected = [
        "1: a playlist has no key",
        "3: there is no file",
        "4: the intensity",
        "5: the gain",
        "6: ",
        "7: a track needs `file`",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}");
    }
    assert!(told[4].contains("names itself"), "{told:?}");
    assert!(
        shelf.told("y.yaml", "tracks: [{file: music/1.flac, exclude: yes}]")[0]
            .contains("every track")
    );
    assert!(shelf.told("y.yaml", "tracks: []")[0].contains("no tracks"));
    assert!(shelf.told("y.yaml", "title: x")[0].contains("names no tracks"));
    assert!(shelf.told("y.yaml", "file: x.m3u")[0].contains("cannot name another playlist"));
}

#[test]
fn a_folder_is_in_natural_order() {
    let shelf = Shelf::new();
    fs::write(shelf.path("music/.hidden.flac"), "").unwrap();
    fs::create_dir(shelf.path("music/deep.flac")).unwrap();
    fs::create_dir(shelf.path("none")).unwrap();
    let playlist = playlist::read(&shelf.path("music")).unwrap();
    assert_eq!(
        names(&playlist),
        [
            "1.flac",
            "2.flac",
            "10.flac",
            "50%.mp3",
            "a b.flac",
            "grün.ogg"
        ]
    );
    assert_eq!(playlist.name, "music");
    let told = shelf.script("none").unwrap_err();
    assert!(
        told[0].starts_with("5: ") && told[0].contains("no audio files"),
        "{told:?}"
    );
}

#[test]
fn a_file_whose_name_is_not_utf_8_is_left_out_and_the_rest_is_played() {
    let shelf = Shelf::new();
    let broken = |name: &[u8]| shelf.path("music").join(OsStr::from_bytes(name));
    fs::write(broken(b"gr\xFCn.flac"), "not looked at").unwrap();
    fs::write(broken(b"cover \xFC.jpg"), "not looked at").unwrap();
    let playlist = playlist::read(&shelf.path("music")).unwrap();
    assert_eq!(playlist.tracks.len(), 6);
    assert_eq!(
        playlist.left_out,
        [LeftOut::Misnamed("gr\u{FFFD}n.flac".into())]
    );
    fs::create_dir(shelf.path("old")).unwrap();
    let old = shelf.path("old").join(OsStr::from_bytes(b"gr\xFCn.flac"));
    fs::write(old, "not looked at").unwrap();
    let told = shelf.script("old").unwrap_err();
    assert!(
        told[0].contains("no audio files") && told[0].contains("not UTF-8; rename it"),
        "{told:?}"
    );
}

#[test]
fn a_title_without_end_is_cut() {
    let shelf = Shelf::new();
    let long = "Still wäter ".repeat(30_000);
    let track = "music/1.flac";
    for (name, text) in [
        (
            "x.m3u8",
            format!("#PLAYLIST:{long}\n#EXTINF:1,{long}\n{track}\n"),
        ),
        (
            "x.pls",
            format!("[playlist]\nFile1={track}\nTitle1={long}\n"),
        ),
        (
            "x.xspf",
            format!(
                "<playlist><title>{long}</title><trackList><track><location>{track}</location>\
                 <title>{long}</title></track></trackList></playlist>"
            ),
        ),
        ("x.yaml", format!("title: {long}\ntracks: [{track}]\n")),
    ] {
        let playlist = shelf.read(name, text).unwrap();
        let titles = playlist.tracks[0].title.iter().chain([&playlist.name]);
        for title in titles.filter(|title| *title != "x") {
            assert_eq!(title.chars().count(), 200, "{name}");
            assert!(title.ends_with('…'), "{name}");
        }
    }
}

#[test]
fn every_missing_track_is_told_at_its_own_line() {
    let shelf = Shelf::new();
    let told = shelf.told(
        "x.m3u8",
        "music/1.flca\nmusic/2.flac\n#\nmusik/1.flac\nhttps://a.example/b.mp3\nx.m3u8\ny.pls\nmusic\nfile://server/a.flac\nmusic\\1.flac\n",
    );
    let expected = [
        "1: there is no file `music/1.flca` (did you mean `music/1.flac`?)",
        "4: there is no file `musik/1.flac` (there is no folder",
        "5: Undersong works without network",
        "6: this playlist names itself",
        "7: `y.pls` is a playlist",
        "8: `music` is a folder",
        "9: this address is on another machine",
        "10: there is no file `music\\1.flac` (write `/`",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn empty_and_oversized_playlists_are_refused() {
    let shelf = Shelf::new();
    for name in ["x.m3u8", "x.pls"] {
        assert!(shelf.told(name, "#EXTM3U\n")[0].contains("no tracks"));
    }
    let many = "music/1.flac\n".repeat(10_001);
    let told = shelf.told("x.m3u8", many);
    assert!(
        told[0].starts_with("10001: ") && told[0].contains("10000"),
        "{told:?}"
    );
    assert!(shelf.told("x.m3u8", vec![b'#'; 1 << 21])[0].contains("1024 KiB"));
    assert!(shelf.told("x.txt", "music/1.flac")[0].contains("no kind of playlist"));
    let missing = "gone.flac\n".repeat(10_000);
    let told = shelf.told("x.m3u8", missing);
    assert!(told.last().unwrap().contains("more mistakes"), "{told:?}");
}

#[test]
fn a_script_names_playlists_in_several_ways() {
    let shelf = Shelf::new();
    fs::write(shelf.path("x.m3u8"), "music/1.flac\nmusic/2.flac\n").unwrap();
    let of = |playlist: &str| shelf.script(playlist).unwrap();
    assert_eq!(names(&of("x.m3u8")), ["1.flac", "2.flac"]);
    assert_eq!(of("x.m3u8").name, "x");
    assert_eq!(of("music").tracks.len(), 6);
    assert_eq!(
        names(&of("[music/2.flac, music/1.flac]")),
        ["2.flac", "1.flac"]
    );
    assert_eq!(of("[music/2.flac]").name, "calm");
    let shuffled = of("{ file: x.m3u8, order: shuffle }");
    assert_eq!((shuffled.order, shuffled.tracks.len()), (Order::Shuffle, 2));
    let listed = of("{ tracks: [music/1.flac], title: One }");
    assert_eq!((listed.order, listed.name.as_str()), (Order::Listed, "One"));
    assert_eq!(listed.place.line_column(), Some((5, 15)));
}

#[test]
fn a_script_that_names_no_right_playlist_is_told_so() {
    let shelf = Shelf::new();
    fs::write(shelf.path("x.m3u8"), "music/3.flac\n").unwrap();
    for (playlist, expected) in [
        (
            "y.m3u8",
            "5: there is no playlist `y.m3u8` (did you mean `x.m3u8`?)",
        ),
        ("x.m3u8", "1: there is no file `music/3.flac`"),
        ("music/1.flac", "5: `music/1.flac`: this is an audio file"),
        ("evening.yaml", "1: a playlist has no key `undersong`"),
        ("[]", "5: this playlist has no tracks"),
        (
            "{ file: x.m3u8, tracks: [a] }",
            "5: a playlist has either a `file` or `tracks`",
        ),
        ("{ order: shuffle }", "5: this playlist names no tracks"),
        (
            "http://a.example/x.m3u",
            "5: Undersong works without network",
        ),
    ] {
        let told = shelf.script(playlist).unwrap_err();
        assert!(told[0].starts_with(expected), "{playlist}: {told:#?}");
    }
}

thread_local! {
    static SHELF: Shelf = Shelf::new();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_playlists_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        text in "([<>/&;!\\[\\]=%#\n\r \t\"'é-]|playlist|track|location|File1|file://|CDATA|tracks: ){0,60}",
        kind in prop::sample::select(vec!["m3u", "m3u8", "pls", "xspf", "yaml"]),
    ) {
        for content in [bytes, text.into_bytes()] {
            let read = SHELF.with(|shelf| shelf.read(&format!("x.{kind}"), content));
            if let Err(mistakes) = read {
                prop_assert!(!mistakes.is_empty());
                for mistake in mistakes {
                    let span = mistake.place.span.clone().unwrap_or(0..0);
                    prop_assert!(mistake.place.source.text.get(span).is_some(), "{mistake}");
                }
            }
        }
    }
}
