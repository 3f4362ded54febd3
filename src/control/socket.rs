//! The unix socket on which a daemon listens.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

/// Why a daemon cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Another one listens there.
    #[error("a daemon listens on {} already; stop that one first, or name another `socket` in the room file", .0.display())]
    Taken(PathBuf),
    /// Something else lies there.
    #[error("{} is no socket; name another `socket` in the room file", .0.display())]
    NoSocket(PathBuf),
    /// The system refuses.
    #[error("the socket {} cannot be made: {source}; check whose the folder is, or name another `socket` in the room file", path.display())]
    Refused {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Listens on a socket that its owner and its group may use. Its folder is made where it is missing. A socket that a
/// killed daemon left is taken over.
///
/// # Errors
/// Where it cannot be made, or a daemon listens there.
pub async fn listen(path: &Path) -> Result<UnixListener, SocketError> {
    let refused = |source| SocketError::Refused {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o750).create(folder);
        made.map_err(refused)?;
    }
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(refused(error)),
        Ok(about) if !about.file_type().is_socket() => {
            return Err(SocketError::NoSocket(path.to_owned()));
        }
        Ok(_) => {
            if UnixStream::connect(path).await.is_ok() {
                return Err(SocketError::Taken(path.to_owned()));
            }
            fs::remove_file(path).map_err(refused)?;
        }
    }
    let listener = UnixListener::bind(path).map_err(refused)?;
    fs::set_permissions(path, Permissions::from_mode(0o660)).map_err(refused)?;
    Ok(listener)
}
