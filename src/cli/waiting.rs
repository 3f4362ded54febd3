//! How far a session's preparation is, on a terminal, while an order waits for it.

use std::convert::Infallible;
use std::time::Duration;

use indicatif::ProgressBar;
use tokio::time::sleep;

use crate::cli::bar::bar;
use crate::control::Client;
use crate::daemon::State;

/// What is over by then is not shown.
const SHORT: Duration = Duration::from_secs(1);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(200);
/// In how many parts it is told.
const PARTS: u64 = 1_000;

/// Waits for an answer. Where the session is still being prepared after a second, a bar on the terminal says how far that
/// is. However long a look takes, the answer is not waited for any longer.
pub async fn watched<T>(client: &Client, answer: impl Future<Output = T>) -> T {
    tokio::select! {
        answer = answer => answer,
        never = shown(client) => match never {},
    }
}

/// Shows how far it is, again and again.
async fn shown(client: &Client) -> Infallible {
    sleep(SHORT).await;
    let mut bar = None;
    loop {
        if let Ok(status) = client.status().await
            && status.state == State::Preparing
        {
            let bar = bar.get_or_insert_with(Cleared::new);
            bar.show(status.prepared.unwrap_or(0.0));
        }
        sleep(LOOK).await;
    }
}

/// A bar that is gone when nobody waits any more.
struct Cleared(ProgressBar);

impl Cleared {
    fn new() -> Self {
        let bar = bar("The music is listened to first {wide_bar} {percent} %");
        bar.set_length(PARTS);
        Self(bar)
    }

    fn show(&self, part: f64) {
        self.0.set_position((part * PARTS as f64) as u64);
    }
}

impl Drop for Cleared {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
