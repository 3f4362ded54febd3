//! What a check found.

use serde::Serialize;

/// How good it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// A session can be played, and something may go wrong.
    Warn,
    /// No session should be begun.
    Fail,
}

impl Verdict {
    /// In a word: `ok`, `warn` or `fail`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What a check found, for a person and for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check, in a word.
    pub check: &'static str,
    /// How good it is.
    pub verdict: Verdict,
    /// What it is and what it means, in a sentence.
    pub says: String,
    /// What to do; absent where nothing is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn ok(check: &'static str, says: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Ok,
            says: says.into(),
            advice: None,
        }
    }

    /// Something may go wrong, and this is to be done.
    pub fn warn(check: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Warn,
            says: says.into(),
            advice: Some(advice.into()),
        }
    }

    /// No session should be begun before this is done.
    pub fn fail(check: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Fail,
            ..Self::warn(check, says, advice)
        }
    }

    /// What it means and what to do, in one line.
    #[must_use]
    pub fn sentence(&self) -> String {
        match &self.advice {
            Some(advice) => format!("{}; {advice}", self.says),
            None => self.says.clone(),
        }
    }
}
