//! Those who watch a daemon: connections that come and go, some of which never read, or never finish what they ask.

use std::path::PathBuf;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::task::JoinSet;
use undersong::control::Client;

use super::dice::Dice;

/// So many at once.
const MOST: usize = 12;

/// All connections that are open.
pub struct Watchers {
    socket: PathBuf,
    tasks: JoinSet<()>,
}

impl Watchers {
    /// Nobody yet.
    pub fn new(socket: PathBuf) -> Self {
        let tasks = JoinSet::new();
        Self { socket, tasks }
    }

    /// One more comes, unless there are many, and stays for a while.
    pub fn come(&mut self, dice: &mut Dice) {
        while self.tasks.try_join_next().is_some() {}
        if self.tasks.len() >= MOST {
            return;
        }
        let socket = self.socket.clone();
        let stay = Duration::from_secs_f64(dice.between(0.0, 30.0));
        match (dice.unit() * 4.0) as u32 {
            0 => self.tasks.spawn(async move {
                let _ = tokio::time::timeout(stay, half_a_request(socket)).await;
            }),
            1 => self.tasks.spawn(async move {
                let client = Client::new(&socket);
                let unread = client.events().await;
                tokio::time::sleep(stay).await;
                drop(unread);
            }),
            _ => self.tasks.spawn(async move {
                let _ = tokio::time::timeout(stay, watch(socket)).await;
            }),
        };
    }

    /// All go away.
    pub async fn leave(&mut self) {
        self.tasks.shutdown().await;
    }
}

async fn watch(socket: PathBuf) {
    let Ok(mut events) = Client::new(&socket).events().await else {
        return;
    };
    while events.next().await.is_some() {}
}

async fn half_a_request(socket: PathBuf) {
    if let Ok(stream) = UnixStream::connect(socket).await {
        let _ = stream.writable().await;
        let _ = stream.try_write(b"GET /v1/sta");
        std::future::pending::<()>().await;
    }
}
