//! What topics hold at one moment, from their first message on: for whoever rebuilds something, or looks around. Joins no
//! group and moves nobody's offsets.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{Consumer as _, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Message as _, OwnedMessage};
use rdkafka::{Offset, TopicPartitionList};

use super::client;
use super::error::BusError;
use crate::limits;
use crate::settings::KafkaAddress;

/// A topic's partition.
pub(super) type Partition = (String, i32);

/// The messages of topics up to where they ended when it was opened; each partition's in its order.
pub(super) struct Held {
    address: KafkaAddress,
    consumer: Arc<StreamConsumer>,
    /// Of the partitions that have not been read to their end: the offset after their last message.
    ends: BTreeMap<Partition, i64>,
}

impl Held {
    /// Opens the topics.
    pub(super) async fn open(address: &KafkaAddress, topics: Vec<String>) -> Result<Self, BusError> {
        let unreachable = |why| BusError::unreachable(address, why);
        let mut config = client::config(address);
        // The client wants a group's name, even where nobody joins one.
        config
            .set("group.id", "ticketon.reading")
            .set("enable.auto.commit", "false");
        let consumer: StreamConsumer = config.create().map_err(unreachable)?;
        let consumer = Arc::new(consumer);
        let asked = Arc::clone(&consumer);
        let extents = tokio::task::spawn_blocking(move || extents(&asked, &topics)).await;
        let extents = extents
            .unwrap_or(Err(KafkaError::Canceled))
            .map_err(unreachable)?;
        let ends: BTreeMap<Partition, i64> = extents
            .into_iter()
            .filter(|(_, (first, end))| first < end)
            .map(|(partition, (_, end))| (partition, end))
            .collect();
        let mut wanted = TopicPartitionList::new();
        for (topic, partition) in ends.keys() {
            wanted
                .add_partition_offset(topic, *partition, Offset::Beginning)
                .map_err(unreachable)?;
        }
        consumer.assign(&wanted).map_err(unreachable)?;
        Ok(Self {
            address: address.clone(),
            consumer,
            ends,
        })
    }

    /// How many messages are to come, about.
    pub(super) fn end(&self) -> u64 {
        self.ends
            .values()
            .map(|end| u64::try_from(*end).unwrap_or(0))
            .sum()
    }

    /// The next message; none after the last.
    pub(super) async fn next(&mut self) -> Result<Option<OwnedMessage>, BusError> {
        while !self.ends.is_empty() {
            let received = tokio::time::timeout(limits::KAFKA_ANSWERS_WITHIN, self.consumer.recv()).await;
            let received = received.map_err(|_| BusError::TooLate {
                at: self.address.brokers.clone(),
                within: limits::KAFKA_ANSWERS_WITHIN,
            })?;
            let message = received.map_err(|why| BusError::unreachable(&self.address, why))?;
            let partition = (message.topic().to_owned(), message.partition());
            let Some(end) = self.ends.get(&partition).copied() else {
                continue;
            };
            if message.offset() + 1 >= end {
                self.ends.remove(&partition);
            }
            if message.offset() < end {
                return Ok(Some(message.detach()));
            }
        }
        Ok(None)
    }
}

/// Each partition's first offset, and the one after its last.
pub(super) fn extents(
    consumer: &StreamConsumer,
    topics: &[String],
) -> Result<BTreeMap<Partition, (i64, i64)>, KafkaError> {
    let within: Duration = limits::KAFKA_ANSWERS_WITHIN;
    let mut extents = BTreeMap::new();
    for name in topics {
        let metadata = consumer.fetch_metadata(Some(name), within)?;
        for topic in metadata.topics() {
            for partition in topic.partitions() {
                let extent = consumer.fetch_watermarks(name, partition.id(), within)?;
                extents.insert((name.clone(), partition.id()), extent);
            }
        }
    }
    Ok(extents)
}
