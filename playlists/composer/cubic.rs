//! The value between samples.

/// A cubic through four neighbouring samples, at a share of the way from the second to the third.
pub fn cubic(samples: [f64; 4], share: f64) -> f64 {
    let [before, from, to, after] = samples;
    let slope = (to - before) / 2.0;
    let curve = before - 2.5 * from + 2.0 * to - after / 2.0;
    let twist = (after - before) / 2.0 + 1.5 * (from - to);
    ((twist * share + curve) * share + slope) * share + from
}
