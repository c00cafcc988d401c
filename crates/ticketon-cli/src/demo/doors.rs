//! The doors of the shop: one address, or several of which each request takes the next, as a balancer before them would
//! do. Whoever is not answered at one door finds another the next time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ticketon_server::client::Client;

/// Clients of every app and every broker.
#[derive(Debug, Clone)]
pub(crate) struct Doors {
    apps: Vec<Client>,
    brokers: Vec<Client>,
    next: Arc<AtomicUsize>,
}

impl Doors {
    /// One door for everything.
    pub(crate) fn one(client: Client) -> Self {
        Self::of(vec![client.clone()], vec![client])
    }

    /// Doors of apps and of brokers, at least one each.
    pub(crate) fn of(apps: Vec<Client>, brokers: Vec<Client>) -> Self {
        Self {
            apps,
            brokers,
            next: Arc::default(),
        }
    }

    /// The same for the bearer of a token.
    pub(crate) fn bearing(&self, token: &str) -> Self {
        let bearing = |clients: &[Client]| clients.iter().map(|client| client.bearing(token)).collect();
        Self {
            apps: bearing(&self.apps),
            brokers: bearing(&self.brokers),
            next: Arc::clone(&self.next),
        }
    }

    /// The next door that leads to a path.
    pub(crate) fn to(&self, path: &str) -> &Client {
        let doors = if is_for_brokers(path) {
            &self.brokers
        } else {
            &self.apps
        };
        &doors[self.next.fetch_add(1, Ordering::Relaxed) % doors.len()]
    }
}

fn is_for_brokers(path: &str) -> bool {
    path.starts_with("/api/v1/stream") || path.ends_with("/queue")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_wait_go_to_the_brokers_and_all_others_to_the_apps() {
        assert!(is_for_brokers("/api/v1/stream?queue=gala"));
        assert!(is_for_brokers("/api/v1/events/gala/queue"));
        assert!(!is_for_brokers("/api/v1/events/gala"));
    }
}
