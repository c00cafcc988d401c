//! How the shop is run: one struct, one default, one check. Where the values come from (flags, environment,
//! file) is the command line's business.

mod bus;
mod listeners;
mod queue;

use std::net::SocketAddr;
use std::path::PathBuf;

use ticketon_pay::Keys;

use crate::adapter::sql::StoreAddress;
use crate::data_folder::DataFolder;
use crate::jobs::Schedules;
use crate::roles::{Role, Roles};

pub use bus::{BadBus, Bus, KafkaAddress};
pub use listeners::{Listeners, loopback};
pub use queue::{BadQueueUrl, QueueUrl};

/// How the shop is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the embedded store and its ledger.
    pub data_dir: PathBuf,
    /// Where the store is; a file in the folder unless said.
    pub store: Option<StoreAddress>,
    /// By which address whoever has a database's tables counted comes in; the store's own with another name unless said.
    pub batch_url: Option<String>,
    /// What this process does.
    pub roles: Roles,
    /// Where it listens.
    pub http: Listeners,
    /// Who moves the money.
    pub toss: TossSettings,
    /// Where the waiting rooms are, and what else all requests share for a moment.
    pub queue: QueueUrl,
    /// Where facts are published for others.
    pub bus: Bus,
    /// When each job is due.
    pub schedules: Schedules,
}

/// Who moves the money.
#[derive(Debug, Clone)]
pub enum TossSettings {
    /// Play money: a sandbox in this process, on a listener of its own, for it stands for somebody else's
    /// server.
    Sandbox {
        /// Where that listener is.
        listen: SocketAddr,
        /// The sandbox may sell on a listener that is not loopback.
        is_allowed: bool,
    },
    /// A server that speaks Toss Payments' protocol.
    At {
        /// Scheme, host and port.
        base_url: String,
        /// The keys; live ones move real money.
        keys: Keys,
    },
}

/// Settings that no shop can be run by; says what to set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    /// Real tickets for play money.
    #[error(
        "the sandbox sells for play money and the listener is `{0}`, not loopback: set `toss.base_url` and keys, or `toss.allow_sandbox = true`"
    )]
    SandboxInPublic(SocketAddr),
    /// A store of no kind that there is.
    #[error("`store.url` is `{0}`: it must begin with `sqlite:` or `mysql:`")]
    UnknownStore(String),
    /// A replica of a file.
    #[error("`store.read_url` names a replica, and a store in a file has none: take it away")]
    ReplicaOfAFile,
    /// Roles apart, over a store that one process has.
    #[error(
        "{0} alone cannot share a store in a file: set `store.url` to `mysql://user:password@host/database`"
    )]
    StoreOfOneProcess(Roles),
    /// Roles apart, over waiting rooms that one process has.
    #[error("{0} alone cannot share waiting rooms in memory: set `queue.url` to `redis://host:6379`")]
    QueueOfOneProcess(Roles),
    /// Roles apart, over a sandbox that one process has.
    #[error(
        "{0} alone cannot share the sandbox of one process: set `toss.base_url` to the provider, and its keys"
    )]
    SandboxOfOneProcess(Roles),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("./ticketon-data"),
            store: None,
            batch_url: None,
            roles: Roles::all(),
            http: Listeners::default(),
            toss: TossSettings::Sandbox {
                listen: loopback(9007),
                is_allowed: false,
            },
            queue: QueueUrl::Memory,
            bus: Bus::None,
            schedules: Schedules::default(),
        }
    }
}

impl Settings {
    /// Where the store is.
    pub fn store(&self) -> StoreAddress {
        let in_folder = || StoreAddress::File(DataFolder::store_in(&self.data_dir));
        self.store.clone().unwrap_or_else(in_folder)
    }

    /// Refuses what must not be run.
    pub fn validate(&self) -> Result<(), BadSettings> {
        if !self.roles.are_all() {
            self.must_be_shared()?;
        }
        let listen = self.listen();
        match &self.toss {
            TossSettings::Sandbox {
                is_allowed: false, ..
            } if !listen.ip().is_loopback() => Err(BadSettings::SandboxInPublic(listen)),
            TossSettings::Sandbox { .. } | TossSettings::At { .. } => Ok(()),
        }
    }

    /// Where this process listens.
    pub fn listen(&self) -> SocketAddr {
        self.http.of(&self.roles)
    }

    /// Processes that share the roles share their engines.
    fn must_be_shared(&self) -> Result<(), BadSettings> {
        let roles = || self.roles.clone();
        if matches!(self.store(), StoreAddress::File(_)) {
            return Err(BadSettings::StoreOfOneProcess(roles()));
        }
        if self.queue == QueueUrl::Memory {
            return Err(BadSettings::QueueOfOneProcess(roles()));
        }
        if matches!(self.toss, TossSettings::Sandbox { .. }) && self.roles.any(Role::moves_money) {
            return Err(BadSettings::SandboxOfOneProcess(roles()));
        }
        Ok(())
    }
}

/// The store that an address leads to, as it is written in a file of settings.
pub fn store_at(url: &str, read_url: Option<&str>) -> Result<StoreAddress, BadSettings> {
    if url.starts_with("mysql://") || url.starts_with("mariadb://") {
        return Ok(StoreAddress::Database {
            url: url.to_owned(),
            read_url: read_url.map(str::to_owned),
        });
    }
    let Some(path) = url.strip_prefix("sqlite:") else {
        // The address may hold a password.
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
        return Err(BadSettings::UnknownStore(format!("{scheme}:…")));
    };
    if read_url.is_some() {
        return Err(BadSettings::ReplicaOfAFile);
    }
    let path = path.strip_prefix("//").unwrap_or(path);
    Ok(StoreAddress::File(PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_a_file_or_a_database() {
        let file = |path: &str| Ok(StoreAddress::File(PathBuf::from(path)));
        assert_eq!(store_at("sqlite:shop.db", None), file("shop.db"));
        assert_eq!(store_at("sqlite:///srv/shop.db", None), file("/srv/shop.db"));
        let url = "mysql://ticketon:secret@db/ticketon";
        let database = StoreAddress::Database {
            url: url.to_owned(),
            read_url: None,
        };
        assert_eq!(store_at(url, None), Ok(database));
        assert_eq!(
            store_at("postgres://me:secret@db/a", None),
            Err(BadSettings::UnknownStore("postgres:…".to_owned()))
        );
        assert_eq!(
            store_at("sqlite:a.db", Some(url)),
            Err(BadSettings::ReplicaOfAFile)
        );
    }

    #[test]
    fn the_sandbox_is_refused_on_a_public_listener_unless_it_is_allowed() {
        let public: SocketAddr = "0.0.0.0:8080".parse().unwrap();
        let mut settings = Settings::default();
        settings.http.gateway = public;
        assert_eq!(settings.validate(), Err(BadSettings::SandboxInPublic(public)));
        settings.toss = TossSettings::Sandbox {
            listen: loopback(0),
            is_allowed: true,
        };
        assert_eq!(settings.validate(), Ok(()));
    }

    #[test]
    fn roles_apart_need_engines_that_they_can_share() {
        let mut settings = Settings {
            roles: Roles::of([Role::App]),
            ..Settings::default()
        };
        let roles = settings.roles.clone();
        assert_eq!(
            settings.validate(),
            Err(BadSettings::StoreOfOneProcess(roles.clone()))
        );
        settings.store = Some(store_at("mysql://db/ticketon", None).unwrap());
        assert_eq!(
            settings.validate(),
            Err(BadSettings::QueueOfOneProcess(roles.clone()))
        );
        settings.queue = "redis://db".parse().unwrap();
        assert_eq!(settings.validate(), Err(BadSettings::SandboxOfOneProcess(roles)));
        settings.roles = Roles::of([Role::Broker, Role::Dispatcher]);
        assert_eq!(settings.validate(), Ok(()), "they ask no provider");
        settings.roles = Roles::of([Role::Batch]);
        assert_eq!(settings.validate(), Ok(()), "nor does who runs jobs");
        settings.roles = Roles::of([Role::Broker, Role::Dispatcher]);
        assert_eq!(settings.listen(), loopback(9003), "the first role's");
    }
}
