//! Our topics: their names, how many partitions they have, and making them.
//!
//! A stream's id chooses its partition, so the number of partitions is never changed afterwards: a stream that moved
//! would be out of order. A topic that is there already is taken as it is.

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::types::RDKafkaErrorCode;
use ticketon_core::fact::Stream;

use super::client;
use super::error::BusError;
use crate::limits;
use crate::settings::KafkaAddress;

/// The kinds of streams, each with its topic's partitions: as many readers may share its facts. Events carry the crowd;
/// the system's few facts are one stream.
pub(super) const KINDS: [(&str, i32); 4] = [("event", 12), ("organization", 3), ("system", 1), ("user", 6)];

/// As many as the broker's own setting says.
const REPLICATION: TopicReplication<'_> = TopicReplication::Fixed(-1);

/// The names of our topics.
#[derive(Debug, Clone)]
pub(super) struct Topics {
    prefix: String,
}

impl Topics {
    pub(super) fn of(address: &KafkaAddress) -> Self {
        Self {
            prefix: address.prefix.clone(),
        }
    }

    /// Where a stream's facts are published.
    pub(super) fn of_stream(&self, stream: &Stream) -> String {
        self.of_kind(stream.kind())
    }

    /// Where the facts of streams of this kind are published.
    pub(super) fn of_kind(&self, kind: &str) -> String {
        self.named(kind)
    }

    /// The kind of streams whose facts a topic has.
    pub(super) fn kind_of<'a>(&self, topic: &'a str) -> Option<&'a str> {
        topic.strip_prefix(&self.prefix)?.strip_prefix('.')
    }

    /// All topics of facts.
    pub(super) fn of_facts(&self) -> Vec<String> {
        KINDS.iter().map(|(kind, _)| self.of_kind(kind)).collect()
    }

    /// Where what nobody could read is put.
    pub(super) fn of_dead_letters(&self) -> String {
        self.named("dead")
    }

    fn named(&self, kind: &str) -> String {
        format!("{}.{kind}", self.prefix)
    }
}

/// Removes our topics with all that they hold; those that are not there are no error.
pub async fn remove(address: &KafkaAddress) -> Result<(), BusError> {
    let unreachable = |why| BusError::unreachable(address, why);
    let admin: AdminClient<DefaultClientContext> = client::config(address).create().map_err(unreachable)?;
    let topics = Topics::of(address);
    let mut names = topics.of_facts();
    names.push(topics.of_dead_letters());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let options = AdminOptions::new().request_timeout(Some(limits::KAFKA_ANSWERS_WITHIN));
    let removed = admin.delete_topics(&names, &options).await.map_err(unreachable)?;
    for topic in removed {
        match topic {
            Ok(_) | Err((_, RDKafkaErrorCode::UnknownTopicOrPartition)) => {}
            Err((topic, why)) => {
                return Err(BusError::TopicStays {
                    at: address.brokers.clone(),
                    topic,
                    why: why.to_string(),
                });
            }
        }
    }
    Ok(())
}

/// Makes the topics that are not there yet; fails where Kafka does not answer in time.
pub(super) async fn prepare(address: &KafkaAddress) -> Result<(), BusError> {
    let unreachable = |why| BusError::unreachable(address, why);
    let admin: AdminClient<DefaultClientContext> = client::config(address).create().map_err(unreachable)?;
    let topics = Topics::of(address);
    let names = topics.of_facts();
    let dead = topics.of_dead_letters();
    let mut new: Vec<NewTopic<'_>> = Vec::new();
    for (name, (_, partitions)) in names.iter().zip(KINDS) {
        // Whoever joins later, or rebuilds everything, reads from the first fact on.
        let topic = NewTopic::new(name, partitions, REPLICATION).set("retention.ms", "-1");
        // A broker refuses what its clock calls too new: then a clock that is wrong would stop the relay.
        new.push(topic.set("message.timestamp.type", "LogAppendTime"));
    }
    new.push(NewTopic::new(&dead, 1, REPLICATION));
    let options = AdminOptions::new()
        .request_timeout(Some(limits::KAFKA_ANSWERS_WITHIN))
        .operation_timeout(Some(limits::KAFKA_ANSWERS_WITHIN));
    let made = admin.create_topics(&new, &options).await.map_err(unreachable)?;
    for topic in made {
        match topic {
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((topic, why)) => {
                return Err(BusError::NoTopic {
                    at: address.brokers.clone(),
                    topic,
                    why: why.to_string(),
                });
            }
        }
    }
    Ok(())
}
