//! The door: who connects is let in, and whoever has stood in it for longest leaves where too many do.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::UnixListener;
use tokio::task::AbortHandle;

/// So many are connected at once. More would take the files that the music is read from, and `stop` must always get in.
const MOST: usize = 128;
/// Where the system lets nobody in, it is asked again after this.
const AGAIN: Duration = Duration::from_millis(100);

/// Answers whoever connects, without end.
pub async fn serve(listener: UnixListener, router: Router) -> Infallible {
    let mut inside: VecDeque<AbortHandle> = VecDeque::new();
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!("nobody can connect: {error}");
                tokio::time::sleep(AGAIN).await;
                continue;
            }
        };
        inside.retain(|connection| !connection.is_finished());
        if inside.len() >= MOST
            && let Some(oldest) = inside.pop_front()
        {
            oldest.abort();
        }
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        inside.push_back(tokio::spawn(connection).abort_handle());
        // Who came first is read before the next one is let in.
        tokio::task::yield_now().await;
    }
}
