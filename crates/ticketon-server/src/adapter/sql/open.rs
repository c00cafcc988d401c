//! Why a store was not opened.

use std::path::PathBuf;

use sqlx::Error;

/// Why a store's file was not opened; says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No such file: opening makes no store, so that a wrong folder is noticed.
    #[error("there is no store at `{0}`: name another folder, or make one with `ticketon init`")]
    Missing(PathBuf),
    /// A file is in the place where a new store was to be made.
    #[error("`{0}` exists: open it, or name another folder for a new store")]
    Exists(PathBuf),
    /// The folder that should hold the file does not exist.
    #[error("there is no folder `{0}`: make it first")]
    NoFolder(PathBuf),
    /// The file is something else.
    #[error("`{0}` is not a Ticketon store: name another file; this one was left as it is")]
    NotAStore(PathBuf),
    /// A newer version of the program wrote the file.
    #[error("`{path}` has schema {found}, this program knows {known}: use the newer program that wrote it")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: usize,
        /// The newest that this program knows.
        known: usize,
    },
    /// Another process is writing to the file and does not finish.
    #[error("`{0}` is locked: end the other process that writes to it, then try again")]
    Locked(PathBuf),
    /// Anything else.
    #[error("`{path}` cannot be opened: {source}")]
    Failed {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: Error,
    },
}
