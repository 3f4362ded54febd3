//! Cues sound on their frame, in the right ears, with the music out of their way.

mod common;

use common::files::{Wav, wav};
use common::sounds::{noise, sine};
use common::stage::{Stage, power, sentences};
use undersong::mistake::Rank;
use undersong::time::{Frames, Rate};
use undersong::timeline::music_over;
use undersong::zone::Listener;

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const RATE: Rate = Rate::DEFAULT;

fn stage() -> Stage {
    let stage = Stage::new();
    wav(
        &stage.path("music.wav"),
        &noise(3, 0.2, 90 * 48_000),
        48_000,
        2,
        Wav::Float,
    );
    let mut word = vec![[0.5, -0.5]];
    word.extend(sine(300.0, -12.0, 48_000, 4 * 48_000 + 17));
    wav(&stage.path("word.wav"), &word, 48_000, 2, Wav::Float);
    stage
}

fn script(cues: &str) -> String {
    format!(
        "undersong: 1\ntitle: Cues\nmusic: {{ loudness: as-is, fade-in: 0s }}\n\
         phases: [{{ name: all, length: 60s, playlist: [music.wav], cues: [{cues}] }}]\n"
    )
}

/// Where two renderings begin to differ in what a listener hears.
fn first_change(with: &[[f32; 2]], without: &[[f32; 2]]) -> Option<usize> {
    with.iter().zip(without).position(|(a, b)| a != b)
}

#[test]
fn a_cue_stands_on_its_frame() {
    let stage = Stage::new();
    let mut word = vec![[0.5, -0.5]];
    word.extend(sine(300.0, -12.0, 48_000, 48_000));
    wav(&stage.path("word.wav"), &word, 48_000, 2, Wav::Float);
    wav(
        &stage.path("music.wav"),
        &noise(3, 0.2, 90 * 48_000),
        48_000,
        2,
        Wav::Float,
    );
    for (at, frame) in [("0s", 0), ("12.345s", 592_560), ("end - 7s", 53 * 48_000)] {
        let silent = format!(
            "undersong: 1\ntitle: Cue\nmusic: {{ loudness: as-is }}\n\
             phases: [{{ name: all, length: 60s, music: silence, cues: [{{ at: {at}, voice: word.wav }}] }}]\n"
        );
        let heard = stage.hear(&silent, RATE).frames();
        // It rises from silence: on the frame itself it stands at zero, as does the next sample of the word.
        let first = heard.iter().position(|f| *f != [0.0, 0.0]);
        assert_eq!(first, Some(frame + 2), "{at}");
        // Between its edges of 5 ms it is the word itself.
        let end = word.len() - 240;
        assert_eq!(heard[frame + 240..frame + end], word[240..end], "{at}");
        let mut after = heard[frame + word.len()..].iter();
        assert!(after.all(|f| *f == [0.0, 0.0]), "{at}");
    }
    let chime = "undersong: 1\ntitle: Cue\nmusic: { loudness: as-is }\n\
         phases: [{ name: all, length: 60s, music: silence, cues: [{ at: 9s, chime: word.wav }] }]\n";
    let heard = stage.hear(chime, RATE).frames();
    // So does its attack.
    let first = heard.iter().position(|f| *f != [0.0, 0.0]);
    assert_eq!(first, Some(9 * 48_000 + 2));
}

#[test]
fn the_music_is_down_before_the_first_word_and_comes_back() {
    let stage = stage();
    let with = stage.hear(&script("{ at: 20s, voice: word.wav }"), RATE);
    let without = stage.hear(&script(""), RATE);
    let cue = &with.timeline.cues[0];
    let (with, without) = (with.frames(), without.frames());
    let loudness = |block: &[[f32; 2]]| {
        let mut meter = ebur128::EbuR128::new(2, 48_000, ebur128::Mode::I).unwrap();
        meter.add_frames_f32(block.as_flattened()).unwrap();
        meter.loudness_global().unwrap()
    };
    let (from, end) = (cue.at.index(), cue.end().index());
    let voice = loudness(&sine(300.0, -12.0, 48_000, 4 * 48_000));
    // The half second before the first word holds ducked music only.
    let ducked = loudness(&with[from - 4_800..from]).max(loudness(&with[end..end + 23_000]));
    assert!(
        voice - ducked >= 11.8,
        "speech stands {} LU above",
        voice - ducked
    );
    let changed = first_change(&with, &without).unwrap();
    let ahead = RATE.seconds(Frames::from(from - changed));
    assert!((1.5..=3.0).contains(&ahead), "down {ahead} s before");
    let last = with.len()
        - with
            .iter()
            .rev()
            .zip(without.iter().rev())
            .position(|(a, b)| a != b)
            .unwrap();
    let after = RATE.seconds(Frames::from(last - end));
    assert!((4.5..=8.5).contains(&after), "back {after} s after");
    assert!((power(&with[from - 4_800..from]) - power(&without[from - 4_800..from])) < -3.0);
}

#[test]
fn a_cue_for_one_listener_is_exactly_zero_for_the_other() {
    let stage = stage();
    for (to, other) in [("a", Listener::B), ("b", Listener::A)] {
        let with = stage.hear(
            &script(&format!(
                "{{ at: 20s, voice: word.wav, to: {to} }}, {{ at: 40s, chime: word.wav, to: {to} }}"
            )),
            RATE,
        );
        assert_eq!(with.timeline.layout.len(), 2);
        let alone = stage.hear(&script(""), RATE).frames();
        assert_eq!(first_change(&with.by(other), &alone), None, "{to}");
        let own = if other == Listener::A {
            Listener::B
        } else {
            Listener::A
        };
        assert!(first_change(&with.by(own), &alone).is_some());
    }
    let silent = "undersong: 1\ntitle: Ears\nphases: [{ name: all, length: 30s, music: silence, cues: [{ at: 3s, voice: word.wav, to: a }] }]\n";
    let heard = stage.hear(silent, RATE);
    assert!(
        heard
            .by(Listener::B)
            .iter()
            .all(|frame| *frame == [0.0, 0.0])
    );
    assert!(power(&heard.by(Listener::A)) > -60.0);
}

#[test]
fn speech_makes_way_for_a_crossfade_where_it_may() {
    let stage = stage();
    wav(
        &stage.path("second.wav"),
        &noise(9, 0.2, 90 * 48_000),
        48_000,
        2,
        Wav::Float,
    );
    let script = |more: &str| {
        format!(
            "undersong: 1\ntitle: Way\nmusic: {{ crossfade: 10s }}\n\
         phases: [{{ name: all, length: 150s, playlist: [music.wav, second.wav], cues: [{{ at: 84s, voice: word.wav{more} }}] }}]\n"
        )
    };
    let stays = stage.prepare(&script(""), RATE);
    assert_eq!(stays.timeline.cues[0].at, Frames(84 * 48_000));
    assert!(
        sentences(&stays.remarks).contains("within"),
        "{}",
        sentences(&stays.remarks)
    );
    let moved = stage.prepare(&script(", within: 20s"), RATE);
    let cue = &moved.timeline.cues[0];
    assert!(moved.remarks.is_empty(), "{}", sentences(&moved.remarks));
    let (first, second) = (&moved.timeline.clips[0], &moved.timeline.clips[1]);
    assert!(cue.end() <= second.from || cue.at >= first.end());
    assert!(cue.at.0.abs_diff(84 * 48_000) <= 20 * 48_000);
}

/// Nobody follows two voices: one that may move finds its place before or behind another, and makes way for one that may not.
#[test]
fn voices_that_may_move_do_not_speak_at_once() {
    let stage = stage();
    let timeline = |cues: &str| {
        let script = format!(
            "undersong: 1\ntitle: Turns\nphases: [{{ name: all, length: 60s, playlist: [music.wav], cues: [{cues}] }}]\n"
        );
        stage.prepare(&script, RATE).timeline
    };
    let quiet = "{ at: 30s, voice: word.wav, place: quiet, within: 20s }";
    let chosen = timeline(quiet).cues[0].at;
    let there = RATE.seconds(chosen);
    for others in [
        format!("{quiet}, {quiet}, {quiet}"),
        // Where the first would go, another one stands.
        format!("{quiet}, {{ at: {there}s, voice: word.wav }}"),
        "{ at: 30s, voice: word.wav }, { at: 30s, voice: word.wav, within: 9s }".to_owned(),
        format!("{{ at: 30s, voice: word.wav, within: 9s, to: b }}, {quiet}"),
    ] {
        let cues = timeline(&others).cues.clone();
        for pair in cues.windows(2) {
            assert!(pair[0].end() <= pair[1].at, "{others}: {cues:?}");
        }
        assert!(
            cues.iter()
                .all(|cue| cue.at.0.abs_diff(30 * 48_000) <= 20 * 48_000)
        );
    }
}

/// A breath between two phrases is enough for a word.
#[test]
fn a_word_that_looks_for_quiet_finds_a_rest_in_the_music() {
    let stage = stage();
    wav(
        &stage.path("yes.wav"),
        &sine(300.0, -12.0, 48_000, 2 * 48_000 + 17),
        48_000,
        2,
        Wav::Float,
    );
    let mut music = noise(3, 0.2, 90 * 48_000);
    let rest = 40 * 48_000 + 12_345..44 * 48_000 + 12_345;
    // And a passage that is softer for long.
    for (softer, stretch) in [(0.1, rest.clone()), (0.5, 14 * 48_000..26 * 48_000)] {
        for frame in &mut music[stretch] {
            *frame = frame.map(|sample| sample * softer);
        }
    }
    wav(&stage.path("music.wav"), &music, 48_000, 2, Wav::Float);
    let cues = "{ at: 33.3s, voice: yes.wav, place: quiet, within: 20s }";
    let timeline = stage.prepare(&script(cues), RATE).timeline;
    let cue = &timeline.cues[0];
    assert!(
        cue.at >= Frames::from(rest.start) && cue.end() <= Frames::from(rest.end),
        "{:?}",
        RATE.seconds(cue.at)
    );
}

/// Silence at the ends of a recording is no reason to bring the music down.
#[test]
fn the_music_makes_room_where_a_voice_is_heard_and_no_longer() {
    let stage = stage();
    let mut voice = vec![[0.0; 2]; 8 * 48_000];
    voice.extend(sine(300.0, -12.0, 48_000, 2 * 48_000));
    voice.extend(vec![[0.0; 2]; 20 * 48_000]);
    wav(&stage.path("yes.wav"), &voice, 48_000, 2, Wav::Float);
    let cues = "{ at: 10s, voice: yes.wav }";
    let timeline = stage.prepare(&script(cues), RATE).timeline;
    let [down, up] = &timeline.ducks[..] else {
        panic!("{:?}", timeline.ducks)
    };
    let [from, end] = [down.1.from, up.1.end()].map(|at| RATE.seconds(at));
    assert!((14.9..18.0).contains(&from), "{from}");
    assert!((20.0..30.0).contains(&end), "{end}");
}

/// Music that comes while a voice speaks is as far below it as any.
#[test]
fn a_voice_over_music_that_comes_is_heard_to_its_end() {
    let stage = stage();
    let script = script("{ at: 0s, voice: word.wav }").replace("fade-in: 0s", "fade-in: 4s");
    let [needed, whole] = [script.clone(), script.replace("at: 0s", "at: 20s")].map(|script| {
        let timeline = stage.prepare(&script, RATE).timeline;
        timeline.ducks[0].1.target.decibels()
    });
    assert!((needed - whole).0.abs() < 1.0, "{needed} {whole}");
}

/// The last bell of a phase whose music is a moment shorter.
#[test]
fn a_cue_at_the_end_of_a_phase_is_heard_though_the_music_ends_a_moment_before() {
    let stage = stage();
    let short = noise(3, 0.2, 59 * 48_000 + 33_600);
    wav(&stage.path("music.wav"), &short, 48_000, 2, Wav::Float);
    let cues = "{ at: 60s, chime: word.wav }, { at: 59.8s, chime: word.wav }";
    let timeline = stage.prepare(&script(cues), RATE).timeline;
    assert_eq!(timeline.phases[0].end(), Frames(59 * 48_000 + 33_600));
    assert_eq!(timeline.cues.len(), 2);
    for cue in &timeline.cues {
        assert_eq!(cue.at, timeline.phases[0].end());
    }
}

#[test]
fn a_cue_stays_in_its_phase() {
    let stage = stage();
    let script = |cue: &str| {
        format!(
            "undersong: 1\ntitle: Stay\nphases:\n\
             \x20 - {{ name: one, length: 40s, max: 120s, end: hold, playlist: [music.wav], cues: [{cue}] }}\n\
             \x20 - {{ name: two, length: 30s, music: silence }}\n"
        )
    };
    // Behind the end of a phase that was not lengthened: not said in the next one.
    let late = stage
        .prepare(&script("{ at: 100s, voice: word.wav }"), RATE)
        .timeline;
    assert!(late.cues.is_empty() && late.length == Frames(70 * 48_000));
    // The quietest place is in the silence of the next phase, and is not taken.
    let quiet = stage
        .prepare(
            &script("{ at: end - 15s, voice: word.wav, place: quiet }"),
            RATE,
        )
        .timeline;
    assert!(quiet.cues[0].end() <= quiet.phases[0].end());
}

#[test]
fn a_cue_that_returns_every_minute_does() {
    let stage = stage();
    let timeline = stage
        .prepare(&script("{ every: 13s, chime: word.wav }"), RATE)
        .timeline;
    let at: Vec<u64> = timeline.cues.iter().map(|cue| cue.at.0 / 48_000).collect();
    assert_eq!(at, [13, 26, 39, 52]);
}

#[test]
fn a_reminder_is_placed_and_never_heard() {
    let stage = stage();
    let with = stage.hear(&script("{ at: 10s, remind: Lozenges }"), RATE);
    assert_eq!(with.timeline.cues.len(), 1);
    let without = stage.hear(&script(""), RATE);
    assert!(with.samples() == without.samples());
}

/// The music goes down by 20 dB and no further: what is softer than that is told, each cue once.
#[test]
fn a_voice_that_the_music_cannot_make_room_for_is_told_before_anybody_misses_it() {
    let stage = stage();
    for (name, level) in [
        ("lost.wav", -42.0),
        ("low.wav", -30.0),
        ("clear.wav", -21.0),
    ] {
        let sound = sine(300.0, level, 48_000, 3 * 48_000 + 5);
        wav(&stage.path(name), &sound, 48_000, 2, Wav::Float);
    }
    let cues = "{ name: lost, every: 15s, voice: lost.wav }, { name: low, at: 22s, voice: low.wav }, \
                { name: clear, at: 38s, voice: clear.wav }, { name: ring, at: 50s, chime: lost.wav }";
    let prepared = stage.prepare(&script(cues), RATE);
    let remarks = prepared.remarks.iter();
    let told: Vec<_> = remarks
        .filter(|it| it.what.contains("script asks for"))
        .collect();
    let all = sentences(&prepared.remarks);
    assert_eq!(told.len(), 2, "{all}");
    for (mistake, cue, way) in [(told[0], "lost", "below"), (told[1], "low", "above")] {
        let placed = prepared
            .timeline
            .cues
            .iter()
            .find(|it| it.name == cue)
            .unwrap();
        let path = placed.sound.as_ref().unwrap();
        let voice = prepared.library.facts(path).unwrap().loudness.unwrap();
        let (clips, library) = (&prepared.timeline.clips, &prepared.library);
        let over = placed.at..placed.end();
        let zone = prepared.timeline.layout.zones().next().unwrap();
        let music = music_over(clips, library, RATE, zone, over).unwrap();
        let height = (voice - music).0 + 20.0;
        let said = &mistake.what;
        assert!(
            said.contains(&format!(
                "`{cue}` is {:.0} dB {way} the music",
                height.abs()
            )),
            "{said}"
        );
        assert!(
            said.ends_with(
                "where the script asks for 12 dB above it, though the music goes down by 20 dB"
            ),
            "{said}"
        );
        assert_eq!(mistake.rank, Rank::Heard);
        let help = mistake.help.as_deref().unwrap_or_default();
        assert!(
            help.contains("recording") && help.contains("`level`"),
            "{help}"
        );
    }
}

/// A breath every ten seconds goes on for as long as its phase is held; a thousand times that is a mistake.
#[test]
fn what_returns_while_a_phase_is_held_is_bounded() {
    let stage = stage();
    let script = |cues: &str| {
        format!(
            "undersong: 1\ntitle: Held\nphases: [{{ name: breath, length: 60s, end: hold, playlist: [music.wav], cues: [{cues}] }}]\n"
        )
    };
    let often = "{ every: 10s, chime: word.wav }, { every: 12s, chime: word.wav }";
    let prepared = stage.prepare(&script(often), RATE);
    assert_eq!(prepared.timeline.cues.len(), 5 + 4);
    let begun = std::time::Instant::now();
    let cues = prepared.steered().timeline().cues.len();
    assert!(begun.elapsed() < std::time::Duration::from_secs(2));
    assert_eq!(cues, 8_639 + 7_199);
    let told = stage
        .try_prepare(&script(&[often; 2].join(", ")), RATE)
        .unwrap_err();
    assert!(
        sentences(&told).contains("20,000 times a day"),
        "{}",
        sentences(&told)
    );
}
