//! Publishing facts in order.
//!
//! The producer is idempotent, waits for all replicas and never gives a message up by itself: one that is lost makes
//! those behind it wait, so that what a partition holds is always what was handed over, up to some point. After a failure
//! the producer is thrown away with what it still had; whoever publishes hands the same facts over again.

use futures_util::future;
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord};
use ticketon_core::fact::Recorded;

use super::client;
use super::error::BusError;
use super::message::{self, Outgoing};
use super::topics::{self, Topics};
use crate::limits;
use crate::settings::KafkaAddress;

/// Publishes facts.
pub struct Publisher {
    address: KafkaAddress,
    topics: Topics,
    /// None after a failure.
    producer: Option<FutureProducer>,
}

impl Publisher {
    /// Connects, and makes the topics that are not there yet.
    pub async fn connect(address: &KafkaAddress) -> Result<Self, BusError> {
        topics::prepare(address).await?;
        Ok(Self::over(address))
    }

    /// Over topics that are there.
    pub(super) fn over(address: &KafkaAddress) -> Self {
        Self {
            address: address.clone(),
            topics: Topics::of(address),
            producer: None,
        }
    }

    /// Publishes these facts, in order; all are acknowledged by all replicas, or this fails.
    ///
    /// After a failure each partition has the first few of its facts, perhaps all of them.
    pub async fn publish(&mut self, facts: &[Recorded]) -> Result<(), BusError> {
        let messages: Result<Vec<Outgoing>, BusError> = facts
            .iter()
            .map(|recorded| message::write(&self.topics, recorded))
            .collect();
        self.send(messages?).await
    }

    pub(super) async fn send(&mut self, messages: Vec<Outgoing>) -> Result<(), BusError> {
        let producer = match self.producer.take() {
            Some(producer) => producer,
            None => producer(&self.address)?,
        };
        let sent = tokio::time::timeout(limits::PUBLISHED_WITHIN, send(&producer, &messages)).await;
        match sent {
            Ok(Ok(())) => {
                self.producer = Some(producer);
                Ok(())
            }
            Ok(Err(error)) => {
                throw_away(producer);
                Err(error)
            }
            Err(_) => {
                throw_away(producer);
                Err(BusError::TooLate {
                    at: self.address.brokers.clone(),
                    within: limits::PUBLISHED_WITHIN,
                })
            }
        }
    }
}

async fn send(producer: &FutureProducer, messages: &[Outgoing]) -> Result<(), BusError> {
    let mut waiting = Vec::with_capacity(messages.len());
    for message in messages {
        waiting.push(handed_over(producer, message)?);
    }
    for (acknowledged, message) in future::join_all(waiting).await.into_iter().zip(messages) {
        let canceled = Err(rdkafka::error::KafkaError::Canceled);
        if let Err(why) = acknowledged.map_or(canceled, |acknowledged| {
            acknowledged.map(|_| ()).map_err(|(why, _)| why)
        }) {
            return Err(not_published(message, why));
        }
    }
    Ok(())
}

fn handed_over(producer: &FutureProducer, message: &Outgoing) -> Result<DeliveryFuture, BusError> {
    let record = FutureRecord {
        partition: message.partition,
        key: message.key.as_ref(),
        payload: message.value.as_ref(),
        ..FutureRecord::to(&message.topic)
    };
    let record = record.headers(message.headers.clone());
    let handed_over = producer.send_result(record);
    handed_over.map_err(|(why, _)| not_published(message, why))
}

fn not_published(message: &Outgoing, why: rdkafka::error::KafkaError) -> BusError {
    BusError::NotPublished {
        topic: message.topic.clone(),
        why,
    }
}

fn producer(address: &KafkaAddress) -> Result<FutureProducer, BusError> {
    let mut config = client::config(address);
    config
        .set("enable.idempotence", "true")
        .set("enable.gapless.guarantee", "true")
        .set("acks", "all")
        // For ever: a message that ran out of time would leave a gap before those that did not.
        .set("message.timeout.ms", "0")
        .set("linger.ms", "1");
    config.create().map_err(|why| BusError::unreachable(address, why))
}

/// Forgets what the producer still had. It waits for threads of its own, so not here.
fn throw_away(producer: FutureProducer) {
    tokio::task::spawn_blocking(move || drop(producer));
}
