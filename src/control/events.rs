//! What happens in a daemon, as its client is told.

use http_body_util::BodyExt;
use hyper::body::Incoming;

/// A stream of server-sent events.
#[derive(Debug)]
pub struct Events {
    body: Incoming,
    /// What came of a line that is not whole.
    pending: Vec<u8>,
}

impl Events {
    pub(super) const fn of(body: Incoming) -> Self {
        Self {
            body,
            pending: Vec::new(),
        }
    }

    /// The next event, as JSON; `None` once the daemon is gone. Whoever waits for something else meanwhile loses nothing.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            while let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=end).collect();
                if let Some(data) = line.strip_prefix(b"data: ") {
                    return Some(String::from_utf8_lossy(data.trim_ascii_end()).into_owned());
                }
            }
            let frame = self.body.frame().await?.ok()?;
            if let Some(bytes) = frame.data_ref() {
                self.pending.extend_from_slice(bytes);
            }
        }
    }
}
