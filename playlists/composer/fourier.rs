//! From a spectrum to a loop of samples.

use std::f64::consts::TAU;

/// A spectrum of a power of two of bins, which becomes a loop of as many samples.
pub struct Spectrum {
    real: Vec<f64>,
    imag: Vec<f64>,
}

impl Spectrum {
    /// An empty spectrum of `size` bins, a power of two.
    pub fn new(size: usize) -> Self {
        assert!(
            size.is_power_of_two(),
            "a spectrum has a power of two of bins"
        );
        Self {
            real: vec![0.0; size],
            imag: vec![0.0; size],
        }
    }

    /// Adds a sine of an amplitude and phase that goes round `bin` times in the loop.
    pub fn add(&mut self, bin: usize, amplitude: f64, phase: f64) {
        if bin > 0 && bin < self.real.len() / 2 {
            self.real[bin] += amplitude * phase.cos();
            self.imag[bin] += amplitude * phase.sin();
        }
    }

    /// The loop: its last sample goes on into its first without a seam.
    pub fn samples(mut self) -> Vec<f64> {
        self.reorder();
        let size = self.real.len();
        let mut half = 1;
        while half < size {
            self.butterflies(half);
            half *= 2;
        }
        self.real
    }

    /// Puts the bins in bit-reversed order.
    fn reorder(&mut self) {
        let size = self.real.len();
        let shift = usize::BITS - size.trailing_zeros();
        for at in 0..size {
            let other = at.reverse_bits() >> shift;
            if at < other {
                self.real.swap(at, other);
                self.imag.swap(at, other);
            }
        }
    }

    /// One pass of butterflies, `half` apart.
    fn butterflies(&mut self, half: usize) {
        let turns: Vec<(f64, f64)> = (0..half)
            .map(|at| (TAU * at as f64 / (2 * half) as f64).sin_cos())
            .collect();
        for start in (0..self.real.len()).step_by(2 * half) {
            for (offset, (sin, cos)) in turns.iter().enumerate() {
                let (a, b) = (start + offset, start + offset + half);
                let real = self.real[b] * cos - self.imag[b] * sin;
                let imag = self.real[b] * sin + self.imag[b] * cos;
                self.real[b] = self.real[a] - real;
                self.imag[b] = self.imag[a] - imag;
                self.real[a] += real;
                self.imag[a] += imag;
            }
        }
    }
}
