//! What can go wrong with Kafka.

use std::time::Duration;

use rdkafka::error::KafkaError;
use ticketon_core::fact::Position;

use crate::settings::KafkaAddress;

/// Why Kafka did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// No broker answers, or the brokers refuse.
    #[error("Kafka at `{at}` does not answer: {why}")]
    Unreachable {
        /// Its brokers.
        at: String,
        /// What the client said.
        why: KafkaError,
    },
    /// A topic cannot be made.
    #[error("topic `{topic}` cannot be made in Kafka at `{at}`: {why}")]
    NoTopic {
        /// Its brokers.
        at: String,
        /// Which.
        topic: String,
        /// What the broker said.
        why: String,
    },
    /// A topic cannot be removed.
    #[error("topic `{topic}` cannot be removed from Kafka at `{at}`: {why}")]
    TopicStays {
        /// Its brokers.
        at: String,
        /// Which.
        topic: String,
        /// What the broker said.
        why: String,
    },
    /// A fact that nobody may publish.
    #[error("fact {} takes {bytes} bytes, more than may be published", position.0)]
    TooLarge {
        /// Which.
        position: Position,
        /// How large it is.
        bytes: usize,
    },
    /// A message that was not acknowledged.
    #[error("what belongs to `{topic}` was not published: {why}")]
    NotPublished {
        /// Where.
        topic: String,
        /// What the client said.
        why: KafkaError,
    },
    /// Acknowledgements that did not come.
    #[error("Kafka at `{at}` has not acknowledged within {within:?}")]
    TooLate {
        /// Its brokers.
        at: String,
        /// How long was waited.
        within: Duration,
    },
}

impl BusError {
    pub(super) fn unreachable(address: &KafkaAddress, why: KafkaError) -> Self {
        Self::Unreachable {
            at: address.brokers.clone(),
            why,
        }
    }
}
