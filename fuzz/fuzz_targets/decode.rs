//! Any bytes as an audio file: decoded to its end, sought, decoded again. What comes out is finite and bounded; what goes
//! in neither breaks our part nor holds it up. Sums that guard pages and frames are put right after each mutation, so that
//! what lies behind them is reached.

#![no_main]

mod place;
mod sums;

use std::backtrace::Backtrace;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use place::Place;
use undersong::decode::{DecodeError, Decoder};
use undersong::frame::{Frame, LOUDEST};
use undersong::time::Frames;

/// What a few bytes may stand for is endless in some formats: so much is enough.
const MOST: usize = 3_000_000;

thread_local! {
    static PLACE: Place = Place::new();
}

/// The last panic was not ours: it lies in the decoders we use, whose panics the library and the streams contain.
static FOREIGN: AtomicBool = AtomicBool::new(false);

fn watch_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let foreign = is_foreign(&Backtrace::force_capture().to_string());
        FOREIGN.store(foreign, Ordering::Relaxed);
        if foreign {
            eprintln!("contained: {panic}");
        } else {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
}

/// Whether what panicked is a decoder's: of the functions that are under way, the innermost that is theirs or ours is theirs.
fn is_foreign(trace: &str) -> bool {
    let whose = trace.lines().find_map(|line| {
        let ours = line.contains(" undersong::") || line.contains("<undersong::");
        let theirs = line.contains("symphonia") || line.contains("ropus");
        (ours || theirs).then_some(!ours)
    });
    whose.unwrap_or(false)
}

fn judge(frames: &[Frame]) {
    for sample in frames.as_flattened() {
        assert!(sample.is_finite() && sample.abs() <= LOUDEST, "{sample}");
    }
}

/// Reads on to the end, or to as much as is enough.
fn read(decoder: &mut Decoder) -> Result<usize, DecodeError> {
    let (mut frames, mut count) = (Vec::new(), 0);
    loop {
        frames.clear();
        let read = decoder.read(&mut frames)?;
        judge(&frames);
        assert_eq!(frames.len(), read);
        count += read;
        if read == 0 || count >= MOST {
            return Ok(count);
        }
    }
}

fn decode(bytes: &[u8]) -> Result<(), DecodeError> {
    let path = PLACE.with(|place| place.write("any", bytes));
    let mut decoder = Decoder::open(&path)?;
    let count = read(&mut decoder)?;
    let last = bytes.last().copied().unwrap_or_default();
    let to = (count as u64).saturating_mul(u64::from(last)) / 250;
    decoder.seek(Frames(to))?;
    read(&mut decoder)?;
    Ok(())
}

fuzz_target!(init: watch_panics(), |bytes: &[u8]| {
    if catch_unwind(AssertUnwindSafe(|| decode(bytes))).is_err() {
        assert!(FOREIGN.load(Ordering::Relaxed));
    }
});

fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    let size = fuzzer_mutate(bytes, size, most);
    // One in eight keeps its wrong sums.
    if seed % 8 != 0 {
        sums::put_right(&mut bytes[..size]);
    }
    size
});
