//! A client of a running daemon.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;

use crate::control::command::{Command, Id};
use crate::control::events::Events;
use crate::daemon::{Answer, Order, Refused, Status};

/// A command is worth nothing after this.
const EXPIRY: Duration = Duration::from_secs(3);

/// A daemon that says nothing for so long hangs, or was stopped.
const SILENT: Duration = Duration::from_secs(3);

/// Why a daemon could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens there.
    #[error("no daemon listens on {}; `systemctl status undersong` says how it is, `undersong serve --room ROOM.yaml` starts one, --socket names another", .0.display())]
    Nobody(PathBuf),
    /// The user may not.
    #[error("you may not use {}; your user must belong to the daemon's group", .0.display())]
    Forbidden(PathBuf),
    /// It does not answer.
    #[error("the daemon on {} does not answer; `journalctl -u undersong` may say why, and `systemctl restart undersong` starts it anew", .0.display())]
    Silent(PathBuf),
    /// The connection broke, or what came was not understood.
    #[error("the daemon's answer did not come: {0}")]
    Broken(String),
    /// It was not carried out.
    #[error("{0}")]
    Refused(Refused),
}

impl From<hyper::Error> for ClientError {
    fn from(error: hyper::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// A client. Each question opens a connection of its own.
#[derive(Debug, Clone)]
pub struct Client {
    socket: PathBuf,
}

impl Client {
    /// A client of the daemon that listens on this socket.
    #[must_use]
    pub fn new(socket: &Path) -> Self {
        Self {
            socket: socket.to_owned(),
        }
    }

    /// How things are.
    ///
    /// # Errors
    /// Where the daemon cannot be asked.
    pub async fn status(&self) -> Result<Status, ClientError> {
        self.soon(async {
            let response = self.ask(Method::GET, "/v1/status", Vec::new()).await?;
            read(response).await
        })
        .await
    }

    /// Gives an order, or asks what it would do. An answer may take its time, as long as the daemon says how things are.
    ///
    /// # Errors
    /// Where it was not carried out.
    pub async fn order(
        &self,
        order: Order,
        forecast: bool,
        status: &Status,
    ) -> Result<Answer, ClientError> {
        let command = Command {
            id: Id {
                client: format!("undersong {}", std::process::id()),
                sequence: crate::journal::now(),
            },
            epoch: status.epoch,
            expires: status.now_ms + EXPIRY.as_millis() as u64,
            forecast,
            command: order,
        };
        let body = serde_json::to_vec(&command).map_err(|e| ClientError::Broken(e.to_string()))?;
        let answer = self.ask(Method::POST, "/v1/commands", body);
        let mut answer = std::pin::pin!(answer);
        let response = loop {
            if let Ok(response) = tokio::time::timeout(SILENT, &mut answer).await {
                break response?;
            }
            self.status().await?;
        };
        if response.status() == StatusCode::OK {
            return read(response).await;
        }
        Err(ClientError::Refused(read(response).await?))
    }

    /// What happens from now on.
    ///
    /// # Errors
    /// Where the daemon cannot be asked.
    pub async fn events(&self) -> Result<Events, ClientError> {
        let response = self.soon(self.ask(Method::GET, "/v1/events", Vec::new()));
        Ok(Events::of(response.await?.into_body()))
    }

    /// What a daemon that is well answers at once.
    async fn soon<T>(
        &self,
        answer: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<T, ClientError> {
        let answer = tokio::time::timeout(SILENT, answer).await;
        answer.unwrap_or_else(|_| Err(ClientError::Silent(self.socket.clone())))
    }

    async fn ask(
        &self,
        method: Method,
        route: &str,
        body: Vec<u8>,
    ) -> Result<Response<Incoming>, ClientError> {
        let mut connection = self.connect().await?;
        let request = Request::builder()
            .method(method)
            .uri(route)
            .header("host", "undersong")
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| ClientError::Broken(error.to_string()))?;
        Ok(connection.send_request(request).await?)
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, ClientError> {
        let stream = UnixStream::connect(&self.socket).await;
        let stream = stream.map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => {
                ClientError::Nobody(self.socket.clone())
            }
            ErrorKind::PermissionDenied => ClientError::Forbidden(self.socket.clone()),
            _ => ClientError::Broken(error.to_string()),
        })?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(sender)
    }
}

async fn read<T: DeserializeOwned>(response: Response<Incoming>) -> Result<T, ClientError> {
    let bytes = response.into_body().collect().await?.to_bytes();
    serde_json::from_slice(&bytes).map_err(|error| ClientError::Broken(error.to_string()))
}
