//! What Kafka holds of ours.

use std::collections::BTreeMap;

use rdkafka::consumer::StreamConsumer;
use rdkafka::error::KafkaError;
use serde::Serialize;

use super::client;
use super::error::BusError;
use super::held;
use super::topics::Topics;
use crate::settings::KafkaAddress;

/// A topic as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TopicStatus {
    /// How many partitions it has.
    pub partitions: usize,
    /// How many messages it holds.
    pub messages: u64,
}

/// Our topics by name, dead letters last but for the alphabet; those that are not there are left out.
pub async fn topics(address: &KafkaAddress) -> Result<BTreeMap<String, TopicStatus>, BusError> {
    let unreachable = |why| BusError::unreachable(address, why);
    let mut config = client::config(address);
    config.set("group.id", "ticketon.reading");
    let consumer: StreamConsumer = config.create().map_err(unreachable)?;
    let names = Topics::of(address);
    let mut asked = names.of_facts();
    asked.push(names.of_dead_letters());
    let extents = tokio::task::spawn_blocking(move || held::extents(&consumer, &asked)).await;
    let extents = extents
        .unwrap_or(Err(KafkaError::Canceled))
        .map_err(unreachable)?;
    let mut topics: BTreeMap<String, TopicStatus> = BTreeMap::new();
    for ((topic, _), (first, end)) in extents {
        let status = topics.entry(topic).or_default();
        status.partitions += 1;
        status.messages += u64::try_from(end - first).unwrap_or(0);
    }
    Ok(topics)
}
