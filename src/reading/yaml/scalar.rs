//! Values that are one text: words, numbers, lengths, levels.

use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Written;
use super::node::{Node, Value};
use crate::level::Decibels;
use crate::mistake::Wrong;
use crate::reading::mistakes::Mistakes;
use crate::reading::suggest::{did_you_mean, listed};
use crate::time::{LengthError, parse_length};

/// Something that is written as one text.
pub trait Scalar: Sized + JsonSchema {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with the text.
    fn parse(text: &str) -> Result<Self, Wrong>;
}

impl<T: Scalar> Written for T {
    fn read(node: &Node, mistakes: &mut Mistakes) -> Option<Self> {
        match &node.value {
            Value::Scalar(text) => T::parse(text)
                .map_err(|wrong| mistakes.error(&node.span, wrong))
                .ok(),
            Value::Broken => None,
            _ => {
                let wrong = format!("one value is needed here, not {}", node.kind());
                mistakes.error(&node.span, Wrong::new(wrong));
                None
            }
        }
    }
}

/// Declares a value with a name for the schema and what an editor may accept for it.
macro_rules! scalar {
    ($(#[$meta:meta])* $name:ident($inner:ty), $schema:tt, $parse:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name(pub $inner);

        impl Scalar for $name {
            fn parse(text: &str) -> Result<Self, Wrong> {
                let parse: fn(&str) -> Result<$inner, Wrong> = $parse;
                parse(text).map(Self)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

// an editor takes `no` or `2024` for something else than text
scalar!(
    /// A text; its length is checked where it is used.
    Text(String), { "type": ["string", "number", "boolean"] },
    |text| if text.is_empty() { Err(Wrong::new("a text is needed here")) } else { Ok(text.into()) }
);

scalar!(
    /// The path of a file, from the folder of the file that names it.
    FileName(String), { "type": "string", "minLength": 1 },
    |text| Ok(text.into())
);

scalar!(
    /// A whole number.
    Number(u64), { "type": "integer", "minimum": 0 },
    |text| text.parse().map_err(|_| no_number(text))
);

scalar!(
    /// How intense music is.
    Rating(u8), { "type": "integer", "minimum": 1, "maximum": 5 },
    |text| {
        let rating = text.parse().ok().filter(|rating| (1..=5).contains(rating));
        rating.ok_or_else(|| Wrong::new("the intensity is a whole number from 1 (calm) to 5"))
    }
);

const WHOLE: &str = "write a whole number, 0 or more";

fn no_number(text: &str) -> Wrong {
    let shown = short(text);
    let size = text.strip_prefix('-').unwrap_or(text);
    if size.is_empty() || !size.bytes().all(|it| it.is_ascii_digit()) {
        return Wrong::new(format!("`{shown}` is no whole number")).help(WHOLE);
    }
    if text.len() > size.len() {
        Wrong::new(format!("`{shown}` is less than 0")).help(WHOLE)
    } else {
        Wrong::new(format!("`{shown}` is too large")).help(format!("{} is the largest", u64::MAX))
    }
}

scalar!(
    /// Yes or no.
    Switch(bool), { "type": "boolean" },
    |text| match text {
        "true" | "yes" | "on" => Ok(true),
        "false" | "no" | "off" => Ok(false),
        _ => Err(Wrong::new(format!("`{}` is neither `true` nor `false`", short(text)))),
    }
);

scalar!(
    /// A length of time.
    Length(Duration), {
        "anyOf": [
            { "const": 0 },
            { "type": "string", "pattern": r"^[0-9][0-9.:hmins ec]*$" }
        ]
    },
    parse_a_length
);

scalar!(
    /// A change of level.
    Level(Decibels), {
        "anyOf": [
            { "const": 0 },
            { "type": "string", "pattern": r"^[-+−]?[0-9.]+ ?[dD][bB]$" }
        ]
    },
    |text| quantity(text, "dB").map(Decibels)
);

fn parse_a_length(text: &str) -> Result<Duration, Wrong> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    parse_length(text).map_err(|error| match error {
        LengthError::Unreadable(_) if text.parse().is_ok_and(f64::is_finite) => {
            Wrong::new(format!("`{}` has no unit", short(text))).help(format!(
                "write `{text}s` for seconds or `{text}m` for minutes"
            ))
        }
        LengthError::Unreadable(_) => Wrong::new(format!("`{}` is no length", short(text)))
            .help("write for example `90s`, `12m`, `1h30m`, `0:40` or `1:02:03`"),
        error => Wrong::new(error.to_string()),
    })
}

/// Reads a number with its unit, `-2 dB`; zero needs none.
///
/// # Errors
/// The unit is missing or another, or it is no number.
pub fn quantity(text: &str, unit: &str) -> Result<f32, Wrong> {
    // word processors like to make a minus sign of a hyphen
    let plain = text.replace('−', "-");
    let end = plain
        .find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-'))
        .unwrap_or(plain.len());
    let (digits, written) = (&plain[..end], plain[end..].trim());
    let no_number = || {
        Wrong::new(format!("`{}` is no number with a unit", short(text)))
            .help(format!("write for example `-2 {unit}`"))
    };
    let number: f32 = digits.parse().map_err(|_| no_number())?;
    if written.eq_ignore_ascii_case(unit) || (written.is_empty() && number == 0.0) {
        return Ok(number);
    }
    if let Some(decimals) = written.strip_prefix(',') {
        let wrong = Wrong::new(format!("`{}` has a comma in its number", short(text)));
        let decimals = short(decimals.trim_end_matches(|c: char| !c.is_ascii_digit()));
        return Err(wrong.help(format!("write `{}.{decimals} {unit}`", short(digits))));
    }
    let wrong = if written.is_empty() {
        Wrong::new(format!("`{}` has no unit", short(text)))
    } else {
        Wrong::new(format!("`{}` is not the unit here", short(written)))
    };
    Err(wrong.help(format!("write `{} {unit}`", short(digits))))
}

/// A word that is not among those that can stand here.
pub(crate) fn no_such_word(text: &str, words: &[&str]) -> Wrong {
    Wrong::new(format!("`{}` is not known here", short(text))).help(
        did_you_mean(text, words.iter().copied())
            .unwrap_or_else(|| format!("it can be {}", listed(words).replace(" and ", " or "))),
    )
}

/// Enough of a text to recognise it.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_has_its_unit() {
        assert_eq!(quantity("-2 dB", "dB"), Ok(-2.0));
        assert_eq!(quantity("+1.5db", "dB"), Ok(1.5));
        assert_eq!(quantity("−3 dB", "dB"), Ok(-3.0));
        assert_eq!(quantity("0", "dB"), Ok(0.0));
        let help = |text| quantity(text, "dB").unwrap_err().help.unwrap();
        assert_eq!(help("-2"), "write `-2 dB`");
        assert_eq!(help("-2 LU"), "write `-2 dB`");
        assert_eq!(help("-0,5 dB"), "write `-0.5 dB`");
        for text in ["", "dB", "--2 dB", "inf dB", "NaN", "1e9 dB", "."] {
            assert!(quantity(text, "dB").is_err(), "{text}");
        }
    }

    #[test]
    fn a_length_has_its_unit() {
        assert_eq!(Length::parse("0").unwrap().0, Duration::ZERO);
        assert_eq!(Length::parse("1:30").unwrap().0, Duration::from_secs(90));
        let wrong = Length::parse("12").unwrap_err();
        assert!(wrong.help.unwrap().contains("`12s`"));
        let help = Length::parse("NaN").unwrap_err().help.unwrap();
        assert!(help.contains("`90s`"), "{help}");
        assert!(Length::parse("-3m").unwrap_err().what.contains("negative"));
    }
}
