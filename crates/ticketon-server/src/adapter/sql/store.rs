//! A store, whichever database has it.

use std::fmt;
use std::path::{Path, PathBuf};

use ticketon_core::store::Engine;

use super::lists::Lists;
use super::mysql::MySqlStore;
use super::open::OpenError;
use super::reads::SqlReads;
use super::sqlite::SqliteStore;
use super::upkeep::Upkeep;

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// In one SQLite file.
    File(PathBuf),
    /// In a database of a MySQL or MariaDB server.
    Database {
        /// `mysql://user:password@host:port/database`.
        url: String,
        /// The same of a replica, for lists that anybody may see.
        read_url: Option<String>,
    },
}

/// A store: what writes, what reads, what people look through.
pub struct SqlStore {
    /// What writes, each for a committer of its own.
    pub engines: Vec<Box<dyn Engine>>,
    /// What decisions read.
    pub reads: SqlReads,
    /// What people look through.
    pub lists: Lists,
    /// What keeps it in order.
    pub upkeep: Upkeep,
}

impl SqlStore {
    /// Opens the store that is there, and brings its schema up to date.
    pub async fn open(address: &StoreAddress) -> Result<Self, OpenError> {
        match address {
            StoreAddress::File(path) => Ok(Self::of_file(SqliteStore::open(path).await?, path)),
            StoreAddress::Database { url, read_url } => {
                Ok(MySqlStore::open(url, read_url.as_deref()).await?.into())
            }
        }
    }

    /// Opens the store that is there, or makes a new one where there is none.
    pub async fn open_or_create(address: &StoreAddress) -> Result<Self, OpenError> {
        match address {
            StoreAddress::File(path) if path.exists() => Self::open(address).await,
            StoreAddress::File(path) => Ok(Self::of_file(SqliteStore::create(path).await?, path)),
            StoreAddress::Database { url, read_url } => {
                Ok(MySqlStore::open_or_create(url, read_url.as_deref()).await?.into())
            }
        }
    }

    /// Opens a store to be looked at beside whoever writes to it: nothing is changed, so a store of an older schema is
    /// refused.
    pub async fn beside(address: &StoreAddress) -> Result<SqlReads, OpenError> {
        match address {
            StoreAddress::File(path) => SqliteStore::beside(path).await,
            StoreAddress::Database { url, .. } => MySqlStore::beside(url).await,
        }
    }

    /// Whether there is a store, or something else, in that place.
    pub async fn exists(address: &StoreAddress) -> Result<bool, OpenError> {
        match address {
            StoreAddress::File(path) => Ok(path.exists()),
            StoreAddress::Database { url, .. } => MySqlStore::exists(url).await,
        }
    }

    fn of_file(store: SqliteStore, path: &Path) -> Self {
        Self {
            engines: vec![Box::new(store.engine)],
            reads: store.reads,
            lists: Lists::at(path),
            upkeep: Upkeep::at(path),
        }
    }
}

impl fmt::Display for StoreAddress {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Database { url, .. } => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("mysql", url));
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                write!(f, "{scheme}://{place}")
            }
        }
    }
}

impl From<MySqlStore> for SqlStore {
    fn from(store: MySqlStore) -> Self {
        let engines = store.engines.into_iter();
        Self {
            engines: engines
                .map(|engine| Box::new(engine) as Box<dyn Engine>)
                .collect(),
            reads: store.reads,
            lists: store.lists,
            upkeep: store.upkeep,
        }
    }
}
