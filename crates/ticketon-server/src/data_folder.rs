//! The folder of an embedded store: who writes to it holds its lock, and a `serve` leaves its address there.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::limits;

/// A data folder that this process alone writes to, until it is dropped or the process dies.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    /// An operating system's lock: gone when its owner is.
    _lock: File,
}

/// Why a data folder cannot be used; says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another command or `serve` writes to it.
    #[error("`{0}` is in use by another ticketon process: wait for it to end, or name another `--data-dir`")]
    InUse(PathBuf),
    /// The operating system refuses.
    #[error("`{path}`: {source}")]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl DataFolder {
    /// Locks a folder that may be new, waiting for a while for another process to finish with it.
    pub async fn lock(path: &Path) -> Result<Self, FolderError> {
        let at = |source| FolderError::Io {
            path: path.to_owned(),
            source,
        };
        fs::create_dir_all(path).map_err(at)?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&lock_path)
            .map_err(at)?;
        let mut waited = Duration::ZERO;
        loop {
            match lock.try_lock() {
                Ok(()) => {
                    return Ok(Self {
                        path: path.to_owned(),
                        _lock: lock,
                    });
                }
                Err(TryLockError::WouldBlock) if waited < limits::FOLDER_WAIT => {
                    tokio::time::sleep(limits::FOLDER_POLLED).await;
                    waited += limits::FOLDER_POLLED;
                }
                Err(TryLockError::WouldBlock) => return Err(FolderError::InUse(path.to_owned())),
                Err(TryLockError::Error(source)) => return Err(at(source)),
            }
        }
    }

    /// The address of the `serve` that is running on a folder, if one is.
    pub fn server_address(path: &Path) -> Option<String> {
        let lock = OpenOptions::new().append(true).open(path.join("lock")).ok()?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => fs::read_to_string(path.join("address")).ok(),
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    }

    /// The store's file in a folder.
    pub fn store_in(path: &Path) -> PathBuf {
        path.join("ticketon.db")
    }

    /// The sandbox's ledger in a folder.
    pub fn ledger_in(path: &Path) -> PathBuf {
        path.join("toss-sandbox.ledger")
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Says where the server is, for commands on this machine.
    pub fn publish_address(&self, url: &str) -> Result<(), FolderError> {
        let path = self.path.join("address");
        fs::write(&path, url).map_err(|source| FolderError::Io { path, source })
    }

    /// Takes the address back.
    pub fn retract_address(&self) {
        if let Err(error) = fs::remove_file(self.path.join("address")) {
            tracing::debug!(%error, "there was no address to take back");
        }
    }
}
