//! Looking at a data folder beside whoever writes to it: takes no lock, changes nothing, and could not.

use std::path::{Path, PathBuf};

use ticketon_core::Timestamp;
use ticketon_core::ids::{EventId, Slug};
use ticketon_core::row::{RowId, UniqueKey};
use ticketon_core::store::Reads as _;
use ticketon_core::time::Clock as _;
use ticketon_core::verify::{Basis, ProviderBooks, Report};
use ticketon_server::adapter::sql::{SqlReads, SqlStore, StoreAddress};
use ticketon_server::adapter::system::SystemClock;
use ticketon_server::data_folder::DataFolder;
use ticketon_server::queue::Redis;
use ticketon_server::server::StartError;
use ticketon_server::settings::QueueUrl;
use ticketon_server::verify::{books_of, verify};

use crate::exit::Exit;
use crate::failure::Failure;

/// The store of a folder, to be read.
pub(crate) struct Beside {
    /// Its rows.
    pub(crate) reads: SqlReads,
    data_dir: PathBuf,
    redis: Option<Redis>,
    clock: SystemClock,
}

impl Beside {
    /// Opens a store; what else is there lies in a folder.
    pub(crate) async fn open(store: &StoreAddress, data_dir: &Path) -> Result<Self, Failure> {
        Ok(Self {
            reads: SqlStore::beside(store).await.map_err(StartError::from)?,
            data_dir: data_dir.to_owned(),
            redis: None,
            clock: SystemClock,
        })
    }

    /// With the waiting rooms where the settings say.
    pub(crate) async fn with_rooms(self, url: &QueueUrl) -> Result<Self, Failure> {
        let redis = match url {
            QueueUrl::Memory => None,
            QueueUrl::Redis(url) => Some(Redis::connect(url).await.map_err(StartError::from)?),
        };
        Ok(Self { redis, ..self })
    }

    /// The event of a slug or an id.
    pub(crate) async fn event(&self, name: &str) -> Result<EventId, Failure> {
        if let Ok(id) = name.parse() {
            return Ok(id);
        }
        let holder = match Slug::new(name) {
            Ok(slug) => self.reads.holder(&UniqueKey::EventSlug(slug)).await?,
            Err(_) => None,
        };
        if let Some(RowId::Event(id)) = holder {
            return Ok(id);
        }
        let message = format!("there is no event `{name}`");
        Err(Failure::new(Exit::NotFound, message).hint("ticketon event list"))
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Checks every promise, against the folder's ledger of the sandbox: where there is none, it has taken nothing. The
    /// ledger is read before the store, so that a sale that goes on gives no false alarm.
    pub(crate) async fn check(&self, basis: Basis) -> Result<Report, Failure> {
        let ledger = DataFolder::ledger_in(&self.data_dir);
        let books = if ledger.exists() {
            books_of(&ledger, self.now())?
        } else {
            ProviderBooks::empty(self.now())
        };
        let provider = Some(books);
        self.check_alone(&Basis { provider, ..basis }).await
    }

    /// Checks every promise, against no ledger but the one that the basis has.
    pub(crate) async fn check_alone(&self, basis: &Basis) -> Result<Report, Failure> {
        Ok(verify(&self.reads, self.redis.as_ref(), self.now(), basis).await?)
    }
}
