//! The order in which people number files: `2 b` before `10 a`.

use std::cmp::Ordering;

/// Compares two names: numbers in them by value, letters without regard to case.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    parts(a).cmp(parts(b)).then_with(|| a.cmp(b))
}

/// A letter, or a number by its length and digits, leading zeros left out: it can be of any length.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'n> {
    Number(usize, &'n str),
    Letter(String),
}

fn parts(name: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        if digits > 0 {
            let number = rest[..digits].trim_start_matches('0');
            rest = &rest[digits..];
            return Some(Part::Number(number.len(), number));
        }
        rest = &rest[first.len_utf8()..];
        Some(Part::Letter(first.to_lowercase().collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers() {
        let mut names = [
            "10 a",
            "2 b",
            "1 c",
            "B2",
            "a10",
            "A2",
            "02 c",
            "a99999999999999999999999",
        ];
        names.sort_by(|a, b| order(a, b));
        assert_eq!(
            names,
            [
                "1 c",
                "2 b",
                "02 c",
                "10 a",
                "A2",
                "a10",
                "a99999999999999999999999",
                "B2"
            ]
        );
    }
}
