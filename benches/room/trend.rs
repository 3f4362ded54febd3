//! Whether something grows.

/// How much a value grows in each unit of time, by least squares over (time, value); 0 where there are too few.
pub fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    if points.len() < 3 {
        return 0.0;
    }
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (time, value) = (mean(|p| p.0), mean(|p| p.1));
    let product = |p: &(f64, f64)| (p.0 - time) * (p.1 - value);
    let above: f64 = points.iter().map(product).sum();
    let below: f64 = points.iter().map(|p| (p.0 - time).powi(2)).sum();
    above / below.max(f64::MIN_POSITIVE)
}

/// Whether what goes up and down is never again as low as it was: the least of the last third is above the least of the
/// first. What is opened and closed again does not do that; what leaks does.
pub fn grew(values: &[u32]) -> bool {
    let third = values.len() / 3;
    let least = |part: &[u32]| part.iter().min().copied();
    third > 0 && least(&values[values.len() - third..]) > least(&values[..third])
}

/// The least and the most.
pub fn span(values: &[u32]) -> (u32, u32) {
    let least = values.iter().min().copied().unwrap_or(0);
    (least, values.iter().max().copied().unwrap_or(0))
}
