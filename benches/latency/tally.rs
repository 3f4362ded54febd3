//! Times, and what is to be known of many.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

/// Times from a command to what is heard of it, by the command's name.
#[derive(Debug, Default)]
pub struct Tally {
    times: BTreeMap<&'static str, Vec<f64>>,
    /// Commands of which nothing was heard.
    pub unheard: u32,
    /// Commands that were refused.
    pub refused: u32,
}

impl Tally {
    /// One more.
    pub fn count(&mut self, name: &'static str, time: Duration) {
        let milliseconds = time.as_secs_f64() * 1000.0;
        self.times.entry(name).or_default().push(milliseconds);
    }

    /// All of another one, too.
    pub fn add(&mut self, other: Self) {
        for (name, times) in other.times {
            self.times.entry(name).or_default().extend(times);
        }
        self.unheard += other.unheard;
        self.refused += other.refused;
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.times.values().map(Vec::len).sum()
    }

    /// A line for each command and one for all; the p99 of all, and everything for programs.
    pub fn report(&self) -> (f64, Value) {
        println!("milliseconds   count     p50     p99     max  jitter");
        let mut all = Vec::new();
        let mut values = serde_json::Map::new();
        for (name, times) in &self.times {
            all.extend_from_slice(times);
            values.insert((*name).to_owned(), line(name, times.clone()).1);
        }
        let (p99, value) = line("all", all);
        values.insert("all".to_owned(), value);
        if self.unheard + self.refused > 0 {
            println!("{} unheard, {} refused", self.unheard, self.refused);
        }
        (p99, Value::Object(values))
    }
}

/// Prints the times of one command; jitter is the standard deviation.
fn line(name: &str, mut times: Vec<f64>) -> (f64, Value) {
    times.sort_by(f64::total_cmp);
    let count = times.len() as f64;
    let at = |part: f64| {
        let place = (part * count).ceil() as usize;
        times
            .get(place.saturating_sub(1))
            .copied()
            .unwrap_or(f64::NAN)
    };
    let (p50, p99, max) = (at(0.5), at(0.99), at(1.0));
    let mean = times.iter().sum::<f64>() / count;
    let power = times.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / count;
    let jitter = power.sqrt();
    println!(
        "{name:>12} {:>7} {p50:>7.2} {p99:>7.2} {max:>7.2} {jitter:>7.2}",
        times.len()
    );
    let value =
        json!({ "count": times.len(), "p50": p50, "p99": p99, "max": max, "jitter": jitter });
    (p99, value)
}
