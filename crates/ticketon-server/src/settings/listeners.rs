//! Where a process listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::roles::{Role, Roles};

/// Where the listener of each role is, and of a process that has all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listeners {
    /// Of the whole shop in one process.
    pub gateway: SocketAddr,
    /// Of apps.
    pub app: SocketAddr,
    /// Of brokers.
    pub broker: SocketAddr,
    /// Of dispatchers, which are only asked whether they live.
    pub dispatcher: SocketAddr,
    /// Of workers, which are only asked whether they live.
    pub worker: SocketAddr,
    /// Of those that run jobs.
    pub batch: SocketAddr,
}

/// An address on this machine; port 0 is any that is free.
pub fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

impl Listeners {
    /// The one listener of a process: the gateway's with all roles, else that of its first role.
    pub fn of(&self, roles: &Roles) -> SocketAddr {
        match roles.listener() {
            None => self.gateway,
            Some(Role::App) => self.app,
            Some(Role::Broker) => self.broker,
            Some(Role::Dispatcher) => self.dispatcher,
            Some(Role::Worker) => self.worker,
            Some(Role::Batch) => self.batch,
        }
    }
}

impl Default for Listeners {
    fn default() -> Self {
        let of = |role: Role| loopback(role.default_port());
        Self {
            gateway: loopback(8080),
            app: of(Role::App),
            broker: of(Role::Broker),
            dispatcher: of(Role::Dispatcher),
            worker: of(Role::Worker),
            batch: of(Role::Batch),
        }
    }
}
