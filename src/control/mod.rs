//! The ways in to a running daemon: one HTTP API, served on a unix socket; and the client that speaks it.
//!
//! | route | what |
//! | --- | --- |
//! | `POST /v1/commands` | gives an order, or shows what it would do |
//! | `GET /v1/status` | how things are |
//! | `GET /v1/timeline` | what will sound |
//! | `GET /v1/events` | what happens, as a stream of server-sent events |
//! | `GET /v1/openapi.json` | this, for programs |
//! | `GET /metrics` | counters, as Prometheus reads them |

mod api;
mod client;
mod command;
mod door;
mod events;
mod guard;
mod metrics;
mod socket;

pub use api::router;
pub use client::{Client, ClientError};
pub use command::{Command, Id};
pub use door::serve;
pub use events::Events;
pub use guard::{Guard, Verdict};
pub use socket::{SocketError, listen};
