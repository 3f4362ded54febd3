//! `undersong schema`

use crate::cli::Exit;
use crate::cli::screen::print;
use crate::script::schema;

/// Prints the JSON schema of scripts.
#[must_use]
pub fn run() -> Exit {
    // A JSON value always has a JSON form.
    print(&(serde_json::to_string_pretty(&schema()).unwrap_or_default() + "\n"))
}
