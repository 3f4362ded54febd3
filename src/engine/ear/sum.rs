//! A window that moves on.

/// The sum of the last values; the last of them may still grow.
#[derive(Debug)]
pub(super) struct Sum<const COUNT: usize> {
    values: [f64; COUNT],
    at: usize,
    total: f64,
}

impl<const COUNT: usize> Sum<COUNT> {
    pub const fn new() -> Self {
        Self {
            values: [0.0; COUNT],
            at: 0,
            total: 0.0,
        }
    }

    pub fn add(&mut self, value: f64) {
        self.values[self.at] += value;
        self.total += value;
    }

    /// The oldest value gives its place to a new one.
    pub fn next(&mut self) {
        self.at += 1;
        if self.at == COUNT {
            self.at = 0;
            // What rounding left behind goes.
            self.total = self.values.iter().sum();
        }
        self.total -= std::mem::take(&mut self.values[self.at]);
    }

    pub fn mean(&self) -> f64 {
        self.total.max(0.0) * const { 1.0 / COUNT as f64 }
    }
}
