//! What a measurement is told by its environment: `make soak HOURS=1 SEED=7`.

use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

/// A setting of the environment, or what holds where there is none.
///
/// # Panics
/// With a sentence where what was written makes no sense.
pub fn setting<T: FromStr>(name: &str, otherwise: T) -> T {
    let written = std::env::var(name).unwrap_or_default();
    let text = written.trim();
    if text.is_empty() {
        return otherwise;
    }
    let value = text.parse().ok();
    value.unwrap_or_else(|| panic!("{name}={text} makes no sense; write a number"))
}

/// The seed of `SEED`, or another one each time.
pub fn seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    setting("SEED", now.map_or(1, |now| now.as_secs() % 1_000_000))
}
