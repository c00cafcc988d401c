//! Reading facts together with others of one group: each fact goes to one member.
//!
//! A fact comes once, in its partition's order: what was published twice is dropped by its sequence, which is kept with
//! the group's offset, so that it survives a restart and a change of hands. Whoever dies between handling facts and
//! saying so makes the group get those again. What is no fact is put among the dead letters, and the rest goes on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{
    BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance, StreamConsumer,
};
use rdkafka::error::KafkaError;
use rdkafka::message::{Message as _, OwnedMessage};
use rdkafka::{Offset, TopicPartitionList};
use ticketon_core::fact::{Position, Recorded};

use super::error::BusError;
use super::held::Partition;
use super::publisher::Publisher;
use super::topics::Topics;
use super::{client, dead, message};
use crate::limits;
use crate::settings::KafkaAddress;

/// A member of a group that reads facts.
pub struct Consumer {
    address: KafkaAddress,
    topics: Topics,
    client: Arc<StreamConsumer<Member>>,
    publisher: Publisher,
    /// How far it has come in the partitions that it has had something from.
    progress: BTreeMap<Partition, Progress>,
    /// Of which share of the partitions that is true.
    share: u64,
}

/// A fact as it came.
#[derive(Debug)]
pub struct Received {
    /// The fact.
    pub recorded: Recorded,
    message: OwnedMessage,
    /// The fact before it in its partition.
    before: Position,
}

struct Progress {
    /// The last fact.
    last: Position,
    /// The offset after the last message.
    next: i64,
}

/// Counts how often the group has shared its partitions out.
#[derive(Default)]
struct Member {
    share: AtomicU64,
}

impl Consumer {
    /// Joins a group, which begins with the first fact where it is new. Whoever publishes has made the topics.
    pub fn join(address: &KafkaAddress, group: &str) -> Result<Self, BusError> {
        let unreachable = |why| BusError::unreachable(address, why);
        let publisher = Publisher::over(address);
        let topics = Topics::of(address);
        let mut config = client::config(address);
        config
            .set("group.id", group)
            .set("enable.auto.commit", "false")
            .set("auto.offset.reset", "earliest");
        let consumer: StreamConsumer<Member> = config
            .create_with_context(Member::default())
            .map_err(unreachable)?;
        let names = topics.of_facts();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        consumer.subscribe(&names).map_err(unreachable)?;
        Ok(Self {
            address: address.clone(),
            topics,
            client: Arc::new(consumer),
            publisher,
            progress: BTreeMap::new(),
            share: 0,
        })
    }

    /// The facts that come next, at most `limit`; none if none comes within this time.
    pub async fn next(&mut self, limit: usize, within: Duration) -> Result<Vec<Received>, BusError> {
        let mut facts = Vec::new();
        for message in self.messages(limit, within).await? {
            let before = self.last_of(&message).await?;
            let partition = (message.topic().to_owned(), message.partition());
            let mut last = before;
            match message::read(&self.topics, &message) {
                Ok(recorded) if recorded.position <= before => {}
                Ok(recorded) => {
                    last = recorded.position;
                    facts.push(Received {
                        recorded,
                        message: message.clone(),
                        before,
                    });
                }
                Err(reason) => self.bury(&message, &reason).await?,
            }
            let next = message.offset() + 1;
            self.progress.insert(partition, Progress { last, next });
        }
        Ok(facts)
    }

    /// Says that all that came is handled: the group does not get it again.
    pub async fn done(&mut self) -> Result<(), BusError> {
        let mut offsets = TopicPartitionList::new();
        for ((topic, partition), progress) in &self.progress {
            let mut offset = offsets.add_partition(topic, *partition);
            offset
                .set_offset(Offset::Offset(progress.next))
                .map_err(|why| BusError::unreachable(&self.address, why))?;
            offset.set_metadata(progress.last.0.to_string());
        }
        if offsets.count() == 0 {
            return Ok(());
        }
        self.asking(move |consumer| consumer.commit(&offsets, CommitMode::Sync))
            .await
    }

    /// Puts a fact that cannot be handled among the dead letters. Its sequence counts no longer, so that a forged one does
    /// not hide those that follow.
    pub async fn put_aside(&mut self, received: &Received, reason: &str) -> Result<(), BusError> {
        let message = &received.message;
        self.bury(message, reason).await?;
        let partition = (message.topic().to_owned(), message.partition());
        if let Some(progress) = self.progress.get_mut(&partition) {
            progress.last = received.before;
        }
        Ok(())
    }

    async fn bury(&mut self, message: &OwnedMessage, reason: &str) -> Result<(), BusError> {
        tracing::warn!(
            kafka.topic = message.topic(),
            kafka.partition = message.partition(),
            kafka.offset = message.offset(),
            "a message is put among the dead letters: {reason}"
        );
        let letter = dead::letter(&self.topics, message, reason);
        self.publisher.send(vec![letter]).await
    }

    async fn messages(&mut self, limit: usize, within: Duration) -> Result<Vec<OwnedMessage>, BusError> {
        let Ok(first) = tokio::time::timeout(within, self.client.recv()).await else {
            return Ok(Vec::new());
        };
        let mut messages = vec![
            first
                .map_err(|why| BusError::unreachable(&self.address, why))?
                .detach(),
        ];
        while messages.len() < limit
            && let Some(Ok(message)) = self.client.recv().now_or_never()
        {
            messages.push(message.detach());
        }
        let share = self.client.context().share.load(Ordering::Acquire);
        if share != self.share {
            // Others may have had these partitions meanwhile.
            self.progress.clear();
            self.share = share;
        }
        Ok(messages)
    }

    /// The last fact that the group has had of a message's partition.
    async fn last_of(&self, message: &OwnedMessage) -> Result<Position, BusError> {
        let partition = (message.topic().to_owned(), message.partition());
        if let Some(progress) = self.progress.get(&partition) {
            return Ok(progress.last);
        }
        self.asking(move |consumer| {
            let mut asked = TopicPartitionList::new();
            asked.add_partition(&partition.0, partition.1);
            let committed = consumer.committed_offsets(asked, limits::KAFKA_ANSWERS_WITHIN)?;
            let elements = committed.elements();
            let last = elements.first().and_then(|offset| offset.metadata().parse().ok());
            Ok(Position(last.unwrap_or(0)))
        })
        .await
    }

    /// Asks the client something for which it makes its caller wait.
    async fn asking<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&StreamConsumer<Member>) -> Result<T, KafkaError> + Send + 'static,
    ) -> Result<T, BusError> {
        let consumer = Arc::clone(&self.client);
        let answer = tokio::task::spawn_blocking(move || ask(&consumer)).await;
        let answer = answer.unwrap_or(Err(KafkaError::Canceled));
        answer.map_err(|why| BusError::unreachable(&self.address, why))
    }
}

impl ClientContext for Member {}

impl ConsumerContext for Member {
    fn post_rebalance(&self, _: &BaseConsumer<Self>, _: &Rebalance<'_>) {
        self.share.fetch_add(1, Ordering::AcqRel);
    }
}
