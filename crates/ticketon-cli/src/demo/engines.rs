//! Real engines, which several processes share: where they are, and what of them is a demo's own.

use ticketon_server::adapter::kafka::remove_topics;
use ticketon_server::adapter::sql::MySqlStore;
use ticketon_server::roles::Roles;
use ticketon_server::server::StartError;
use ticketon_server::settings::{Bus, Settings, store_at};

use crate::exit::Exit;
use crate::failure::Failure;

/// Where the engines are: all three, or none.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(crate) struct Engines {
    /// A MySQL or MariaDB server; the demo makes a database there
    #[arg(long, hide = true, value_name = "URL", required = false, requires_all = ["queue", "bus"])]
    store: String,
    /// A Redis
    #[arg(long, hide = true, value_name = "URL", required = false, requires_all = ["store", "bus"])]
    queue: String,
    /// A Kafka
    #[arg(long, hide = true, value_name = "URL", required = false, requires_all = ["store", "queue"])]
    bus: String,
}

impl Engines {
    /// The same with a new database, and topics that begin with its name.
    pub(crate) async fn with_database(&self, name: &str) -> Result<Self, Failure> {
        let store = MySqlStore::create_database(&self.store, name).await;
        Ok(Self {
            store: store.map_err(StartError::from)?,
            queue: self.queue.clone(),
            bus: self.bus_of(name),
        })
    }

    /// Drops a database that was made here, and its topics.
    pub(crate) async fn drop_database(&self, name: &str) -> Result<(), Failure> {
        let dropped = MySqlStore::drop_database(&self.store, name).await;
        if let Bus::Kafka(address) = self.bus_of(name).parse().map_err(Failure::unexpected)? {
            remove_topics(&address).await?;
        }
        dropped.map_err(|error| StartError::from(error).into())
    }

    fn bus_of(&self, name: &str) -> String {
        format!("{}/{name}", self.bus.trim_end_matches('/'))
    }

    /// Settings over these engines, for a process of these roles.
    pub(crate) fn apply(&self, settings: Settings, roles: Roles) -> Result<Settings, Failure> {
        let store = store_at(&self.store, None).map_err(StartError::from)?;
        let usage = |error: &dyn std::error::Error| Failure::new(Exit::Usage, error.to_string());
        Ok(Settings {
            store: Some(store),
            queue: self.queue.parse().map_err(|error| usage(&error))?,
            bus: self.bus.parse().map_err(|error| usage(&error))?,
            roles,
            ..settings
        })
    }

    /// As they are handed to a child.
    pub(crate) fn arguments(&self) -> [&str; 6] {
        ["--store", &self.store, "--queue", &self.queue, "--bus", &self.bus]
    }
}
