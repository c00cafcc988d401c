//! All facts that Kafka holds: for a replay from there.

use std::collections::BTreeMap;

use rdkafka::message::Message as _;
use ticketon_core::fact::{Position, Recorded};

use super::error::BusError;
use super::held::{Held, Partition};
use super::message;
use super::topics::Topics;
use crate::settings::KafkaAddress;

/// The facts that Kafka holds at one moment, each once; those of a stream in order.
pub struct Published {
    topics: Topics,
    held: Held,
    last: BTreeMap<Partition, Position>,
    others: u64,
}

impl Published {
    /// Opens all topics of facts.
    pub async fn open(address: &KafkaAddress) -> Result<Self, BusError> {
        let topics = Topics::of(address);
        Ok(Self {
            held: Held::open(address, topics.of_facts()).await?,
            topics,
            last: BTreeMap::new(),
            others: 0,
        })
    }

    /// How many messages there are, about.
    pub fn messages(&self) -> u64 {
        self.held.end()
    }

    /// How many of those that came were no facts.
    pub fn others(&self) -> u64 {
        self.others
    }

    /// The next fact; none after the last.
    pub async fn next(&mut self) -> Result<Option<Recorded>, BusError> {
        while let Some(message) = self.held.next().await? {
            let Ok(recorded) = message::read(&self.topics, &message) else {
                self.others += 1;
                continue;
            };
            let last = self
                .last
                .entry((message.topic().to_owned(), message.partition()))
                .or_default();
            if recorded.position > *last {
                *last = recorded.position;
                return Ok(Some(recorded));
            }
        }
        Ok(None)
    }
}
