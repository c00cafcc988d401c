//! Where the waiting rooms are, and what else all requests share for a moment.

use std::fmt;
use std::str::FromStr;

/// Where the waiting rooms are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum QueueUrl {
    /// In the memory of the one process; their journals are in the store.
    #[default]
    Memory,
    /// On a Redis server or a Redis Cluster, for any number of processes.
    Redis(String),
}

/// A text that says no place for waiting rooms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write `memory:`, `redis://host:6379` or `redis-cluster://host:6379,other:6379`")]
pub struct BadQueueUrl;

impl FromStr for QueueUrl {
    type Err = BadQueueUrl;

    fn from_str(text: &str) -> Result<Self, BadQueueUrl> {
        match text.split_once("://") {
            None if text == "memory:" => Ok(Self::Memory),
            Some(("redis" | "redis-cluster", hosts)) if !hosts.is_empty() => Ok(Self::Redis(text.to_owned())),
            _ => Err(BadQueueUrl),
        }
    }
}

/// Without the password.
impl fmt::Display for QueueUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory:"),
            Self::Redis(url) => match (url.split_once("://"), url.rsplit_once('@')) {
                (Some((scheme, _)), Some((_, hosts))) => write!(f, "{scheme}://{hosts}"),
                _ => f.write_str(url),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_are_in_memory_or_on_redis() {
        assert_eq!("memory:".parse(), Ok(QueueUrl::Memory));
        for text in ["redis://a:6379", "redis-cluster://a:1,b:2"] {
            assert_eq!(text.parse::<QueueUrl>().unwrap().to_string(), text);
        }
        for text in ["", "memory", "redis:", "redis://", "mysql://a"] {
            assert_eq!(text.parse::<QueueUrl>(), Err(BadQueueUrl), "{text}");
        }
    }

    #[test]
    fn no_password_is_shown() {
        let url: QueueUrl = "redis://ana:secret@a:6379/2".parse().unwrap();
        assert_eq!(url.to_string(), "redis://a:6379/2");
    }
}
