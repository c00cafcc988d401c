//! Where facts are published for others: nowhere, or in Kafka.

use std::fmt;
use std::str::FromStr;

/// Where facts are published for others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Bus {
    /// Nowhere: whoever needs facts reads them in the store.
    #[default]
    None,
    /// In Kafka.
    Kafka(KafkaAddress),
}

/// A Kafka, and which topics in it are ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KafkaAddress {
    /// Brokers to begin with, as `host:port`, separated by commas.
    pub brokers: String,
    /// What the names of our topics begin with; two shops may share a Kafka.
    pub prefix: String,
}

/// A text that says no bus.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no bus: write `none:`, or `kafka://host:9092,other:9092` with `/prefix` where topics are not `ticketon.…`"
)]
pub struct BadBus(String);

/// What our topics begin with unless the address says otherwise.
const PREFIX: &str = "ticketon";

impl FromStr for Bus {
    type Err = BadBus;

    fn from_str(text: &str) -> Result<Self, BadBus> {
        if text == "none:" {
            return Ok(Self::None);
        }
        let bad = || BadBus(text.to_owned());
        let address = text.strip_prefix("kafka://").ok_or_else(bad)?;
        let (brokers, prefix) = match address.split_once('/') {
            Some((brokers, "")) => (brokers, PREFIX),
            Some(split) => split,
            None => (address, PREFIX),
        };
        if !brokers.split(',').all(is_broker) || !is_prefix(prefix) {
            return Err(bad());
        }
        Ok(Self::Kafka(KafkaAddress {
            brokers: brokers.to_owned(),
            prefix: prefix.to_owned(),
        }))
    }
}

impl fmt::Display for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none:"),
            Self::Kafka(address) => address.fmt(f),
        }
    }
}

impl fmt::Display for KafkaAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "kafka://{}/{}", self.brokers, self.prefix)
    }
}

fn is_broker(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// What Kafka takes in a topic's name, short enough that every topic's whole name fits.
fn is_prefix(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=100).contains(&text.len()) && text.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_brokers_and_perhaps_a_prefix() {
        assert_eq!("none:".parse(), Ok(Bus::None));
        for (text, said) in [
            ("kafka://a:9092", "kafka://a:9092/ticketon"),
            ("kafka://a:9092,[::1]:1/", "kafka://a:9092,[::1]:1/ticketon"),
            ("kafka://a:9092/opera", "kafka://a:9092/opera"),
        ] {
            assert_eq!(text.parse::<Bus>().unwrap().to_string(), said);
        }
    }

    #[test]
    fn what_cannot_be_reached_or_named_is_refused() {
        for text in [
            "",
            "kafka:",
            "kafka://",
            "kafka://a",
            "kafka://a:0",
            "kafka://a:x",
            "kafka://a:1,",
            "kafka://a:1/b/c",
            "redis://a:1",
        ] {
            assert!(text.parse::<Bus>().is_err(), "{text}");
        }
    }
}
