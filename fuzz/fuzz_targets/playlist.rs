//! Any bytes as a playlist of any kind; the first byte says which.

#![no_main]

mod place;

use libfuzzer_sys::fuzz_target;
use place::Place;
use undersong::playlist;

thread_local! {
    static PLACE: Place = Place::new();
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let name = match kind {
        b'm' => "any.m3u",
        b'8' => "any.m3u8",
        b'p' => "any.pls",
        b'x' => "any.xspf",
        _ => "any.yaml",
    };
    let path = PLACE.with(|place| place.write(name, bytes));
    match playlist::read(&path) {
        Ok(list) => assert!(!list.tracks.is_empty(), "a playlist of nothing"),
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "refused without a word");
            for mistake in &mistakes {
                let span = mistake.place.span.clone().unwrap_or(0..0);
                let text = mistake.place.source.text.get(span);
                assert!(text.is_some(), "beside the text: {mistake}");
            }
        }
    }
});
