//! Why a store was not opened.

use std::path::PathBuf;

use sqlx::Error;

/// Why a store was not opened; says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No such file, or nothing in the database: opening makes no store, so that a wrong address is noticed.
    #[error(
        "there is no store at `{0}`: name another folder or `store.url`, or make one with `ticketon init`"
    )]
    Missing(String),
    /// There is a store in the place where a new one was to be made.
    #[error("there is a store at `{0}`: use it, or name another folder or `store.url` for a new one")]
    Exists(String),
    /// The folder that should hold the file does not exist.
    #[error("there is no folder `{0}`: make it first")]
    NoFolder(PathBuf),
    /// The file, or the database, is something else's.
    #[error("`{0}` is not a Ticketon store: name another; this one was left as it is")]
    NotAStore(String),
    /// A newer version of the program wrote it.
    #[error("`{at}` has schema {found}, this program knows {known}: use the newer program that wrote it")]
    Newer {
        /// The file, or the address.
        at: String,
        /// Its schema.
        found: usize,
        /// The newest that this program knows.
        known: usize,
    },
    /// An older version of the program wrote it, and whoever only reads does not change it.
    #[error(
        "`{at}` has schema {found}, this program needs {known}: run `ticketon serve` once, which brings it up to date"
    )]
    Older {
        /// The file, or the address.
        at: String,
        /// Its schema.
        found: usize,
        /// The one that this program needs.
        known: usize,
    },
    /// Another process is writing to the store and does not finish.
    #[error("`{0}` is locked: end the other process that writes to it, then try again")]
    Locked(String),
    /// The address leads nowhere.
    #[error("`store.url` is no address of a store: {0}; write `mysql://user:password@host:3306/database`")]
    NotAnAddress(String),
    /// The server has no such database.
    #[error("there is no database at `{0}`: make it with `CREATE DATABASE`, or name another in `store.url`")]
    NoDatabase(String),
    /// The server knows this user not, or not with this password, or not for this.
    #[error("the store at `{at}` refuses its user: {source}; see `store.url`")]
    Denied {
        /// The address, without the password.
        at: String,
        /// What the server said.
        source: Error,
    },
    /// The server does not answer.
    #[error("the store at `{at}` does not answer: {source}; start it, or see `store.url`")]
    Unreachable {
        /// The address, without the password.
        at: String,
        /// What happened.
        source: Error,
    },
    /// Anything else.
    #[error("`{path}` cannot be opened: {source}")]
    Failed {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: Error,
    },
}
