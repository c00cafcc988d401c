//! What a database knows of its own tables, by which it chooses how to find rows: how far that is from the tables as they
//! are, and having them counted anew.
//!
//! Whoever counts is a user of its own with no more rights than that takes (`grants.rs`), on a connection of its own,
//! outside any transaction. Nothing here decides when to count (`crate::analyze` does), and nothing that is sold waits
//! for it.

mod address;
mod answer;
mod encoded;
mod grants;
mod mysql;
#[cfg(test)]
mod proof;
mod signal;
mod sqlite;
mod table;
mod user;

use std::time::Duration;

use serde::Serialize;
use ticketon_core::store::Unavailable;
use ticketon_core::time::Timestamp;
use ticketon_core::{Code, Refusal};
use tokio::sync::Mutex;

use super::store::StoreAddress;
use crate::limits;

pub use address::BadBatchUrl;
pub use answer::Counted;
pub use grants::Grant;
pub use signal::Signal;
pub use table::{CountedTable, NoTable};
pub use user::{BatchUser, UserError};

/// The statistics of a store.
pub struct Statistics {
    of: Of,
    /// How it was found when somebody asked last, and when that was. Whoever asks meanwhile waits for the one who looks.
    health: Mutex<Option<(Timestamp, Health)>>,
}

/// The futures of a server are large, and boxed: they are parts of a run's, which goes on beside much else.
enum Of {
    Sqlite(sqlite::File),
    MySql(Box<mysql::Server>),
}

/// What is known of all tables.
#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    /// Each table.
    pub tables: Vec<TableStatistics>,
    /// What the batch user may not do; by it alone some figures are missing.
    pub missing: Vec<Grant>,
    /// Whether it can be told which tables are stale.
    pub tells_stale: bool,
}

/// What is known of a table, beside the table as it is.
#[derive(Debug, Clone, Serialize)]
pub struct TableStatistics {
    /// Which.
    pub table: CountedTable,
    /// Its rows now, as the database estimates them.
    pub rows: u64,
    /// Its rows when they were last counted.
    pub counted_rows: Option<u64>,
    /// How far the two are apart, in percent of what was counted.
    pub drift_percent: Option<u64>,
    /// Rows changed since.
    pub changed_rows: Option<u64>,
    /// What its rows take, in bytes.
    pub data_bytes: u64,
    /// What its further indexes take, in bytes.
    pub index_bytes: u64,
    /// When it was last counted.
    pub counted_at: Option<Timestamp>,
    /// Why it should be counted again, if it should.
    pub stale: Option<Signal>,
}

/// Why statistics are not to be had; says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoStatistics {
    /// Whoever counts is not let in.
    #[error(
        "the batch user `{user}` is refused at `{at}`: make it with `ticketon db setup-batch-user` and set `batch.url`"
    )]
    UserRefused {
        /// Who.
        user: String,
        /// Where, without a password.
        at: String,
    },
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Whether whoever counts can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It has every right that it needs.
    Up,
    /// It lacks these.
    Lacks(Vec<Grant>),
    /// It does not come that far: who it is, or where, is wrong. Says no secret.
    Refused(String),
}

impl Statistics {
    /// Of the store at an address. Whoever counts in a database comes by `batch_url`; unless one is said, it is the
    /// store's own with the name [`BatchUser::NAME`] and no password. Nothing is connected to before it is needed.
    pub fn of(store: &StoreAddress, batch_url: Option<&str>) -> Result<Self, BadBatchUrl> {
        let of = match store {
            StoreAddress::File(path) => {
                address::of_file(batch_url)?;
                Of::Sqlite(sqlite::File::at(path))
            }
            StoreAddress::Database { url, read_url } => {
                let options = address::of_database(url, batch_url)?;
                Of::MySql(Box::new(mysql::Server::at(options, read_url.is_some())))
            }
        };
        Ok(Self {
            of,
            health: Mutex::default(),
        })
    }

    /// Every table that is worth counting, as it stands at `now`.
    pub async fn tables(&self, now: Timestamp) -> Result<Overview, NoStatistics> {
        match &self.of {
            Of::Sqlite(file) => Ok(file.tables().await?),
            Of::MySql(server) => Box::pin(server.tables(now)).await,
        }
    }

    /// Has a table counted anew, and looks whether it was.
    pub async fn count(&self, table: CountedTable) -> Result<Counted, NoStatistics> {
        match &self.of {
            Of::Sqlite(file) => Ok(file.count(table).await?),
            Of::MySql(server) => Box::pin(server.count(table)).await,
        }
    }

    /// Whether whoever counts can, as it was found not long before `now`.
    pub async fn health_lately(&self, now: Timestamp) -> Health {
        let mut known = self.health.lock().await;
        if let Some((at, health)) = &*known
            && now.since(*at) < health.is_kept_for()
        {
            return health.clone();
        }
        let health = self.health().await;
        *known = Some((now, health.clone()));
        health
    }

    /// Whether whoever counts can; changes nothing.
    pub async fn health(&self) -> Health {
        match &self.of {
            Of::Sqlite(file) => file.health().await,
            Of::MySql(server) => Box::pin(server.health()).await,
        }
    }
}

impl Health {
    /// How long it is believed: who has mended something wants to see it.
    pub fn is_kept_for(&self) -> Duration {
        match self {
            Self::Up => limits::BATCH_HEALTH_KEPT,
            Self::Lacks(_) | Self::Refused(_) => limits::BATCH_ILLNESS_KEPT,
        }
    }
}

impl From<NoStatistics> for Refusal {
    fn from(error: NoStatistics) -> Self {
        match error {
            NoStatistics::UserRefused { .. } => Refusal::new(Code::Unavailable, error.to_string()),
            NoStatistics::Unavailable(error) => error.into(),
        }
    }
}

impl Overview {
    /// What is known of one table.
    pub fn of(&self, table: CountedTable) -> Option<&TableStatistics> {
        self.tables.iter().find(|known| known.table == table)
    }
}
