//! Whether words in a script can be spoken.

use super::Finding;

/// This version does not speak by itself.
#[must_use]
pub fn judge() -> Finding {
    let says = "this version does not speak by itself: each `say:` needs the recording of its words in `sound:`";
    Finding::ok("speech", says)
}
