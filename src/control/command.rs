//! An order on its way: who gave it, for which session, and until when it is worth anything.

use serde::{Deserialize, Serialize};

use crate::daemon::Order;

/// An order as it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Which one it is.
    pub id: Id,
    /// What the daemon's status named when it was given.
    pub epoch: u64,
    /// On the daemon's own clock, in milliseconds; later it is not carried out.
    pub expires: u64,
    /// Only show what it would do.
    #[serde(default)]
    pub forecast: bool,
    /// What is asked.
    pub command: Order,
}

/// Which command it is: a client counts its own up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Id {
    /// The client, as it calls itself.
    pub client: String,
    /// Its number.
    pub sequence: u64,
}
