//! A file that is there whole or not at all.

use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file beside its destination, which takes its name only when it is complete. Dropped before that, it is gone.
#[derive(Debug)]
pub struct Partial {
    file: NamedTempFile,
    to: PathBuf,
}

impl Partial {
    /// Begins a file that will be `to`. Blocking.
    ///
    /// # Errors
    /// Where nothing can be written in its folder.
    pub fn create(to: &Path) -> io::Result<Self> {
        Self::with(to, permissions())
    }

    /// The same for a file that nobody else may read. Blocking.
    ///
    /// # Errors
    /// Where nothing can be written in its folder.
    pub fn private(to: &Path) -> io::Result<Self> {
        Self::with(to, owners_alone())
    }

    fn with(to: &Path, permissions: std::fs::Permissions) -> io::Result<Self> {
        // Behind a link, the file that it leads to is written.
        let to = &to.canonicalize().unwrap_or_else(|_| to.to_owned());
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = tempfile::Builder::new()
            .prefix(".undersong-")
            .suffix(".part")
            .permissions(permissions)
            .tempfile_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Self {
            file,
            to: to.to_owned(),
        })
    }

    /// Puts the complete file in its place, in the stead of what was there. Blocking.
    ///
    /// # Errors
    /// Where the disk fails; then nothing has changed.
    pub fn complete(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(&self.to).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Write for Partial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Partial {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(unix)]
fn owners_alone() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o600)
}

/// What any program's new file has; the umask takes from it.
#[cfg(unix)]
fn permissions() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o666)
}
