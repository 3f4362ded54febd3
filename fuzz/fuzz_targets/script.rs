//! Any bytes as a script: read, composed, drawn. Nothing panics, hangs, or points beside the text.

#![no_main]

mod place;

use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use place::Place;
use undersong::level::{Gain, Loudness};
use undersong::library::{Facts, Library};
use undersong::script;
use undersong::time::{Frames, Rate};
use undersong::timeline::{compose, files};

thread_local! {
    static PLACE: Place = Place::new();
}

/// A file of a length that its name decides: 20 s to 4 minutes.
fn known(path: &Path) -> (PathBuf, Facts) {
    let sum: u64 = path
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .map(|byte| u64::from(*byte))
        .sum();
    let frames = Frames(48_000 * (20 + sum % 220) + sum % 997);
    let facts = Facts {
        loudness: Some(Loudness(-20.0)),
        true_peak: Gain(0.5),
        seconds: vec![Loudness(-20.0); frames.index() / 48_000 + 1],
        head: Frames(sum % 9_000),
        ..Facts::silent(Rate::DEFAULT, frames)
    };
    (path.to_owned(), facts)
}

fuzz_target!(|bytes: &[u8]| {
    let path = PLACE.with(|place| place.write("evening.yaml", bytes));
    let reading = script::read(&path);
    for mistake in &reading.mistakes {
        let span = mistake.place.span.clone().unwrap_or(0..0);
        assert!(
            mistake.place.source.text.get(span).is_some(),
            "beside the text: {mistake}"
        );
    }
    let Some(session) = reading.session else {
        assert!(!reading.mistakes.is_empty(), "refused without a word");
        return;
    };
    let library = Library::known(files(&session).map(|(file, _)| known(file)));
    if let Ok(composition) = compose(&session, &library, Rate::DEFAULT) {
        let timeline = composition.timeline;
        let mut at = Frames::ZERO;
        for phase in &timeline.phases {
            assert_eq!(phase.from, at, "the phases do not follow each other");
            at = phase.end();
        }
        assert!(timeline.clips.iter().all(|clip| clip.length > Frames::ZERO));
    }
});
