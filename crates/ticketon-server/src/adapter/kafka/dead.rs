//! Dead letters: what came to a topic of ours and could not be used, put aside as it came, with the reason and where it
//! came from. Whoever reads facts goes on; a person looks.

use rdkafka::message::{Header, Headers as _, Message, OwnedHeaders, OwnedMessage};
use serde::Serialize;

use super::error::BusError;
use super::held::Held;
use super::message::Outgoing;
use super::topics::Topics;
use crate::settings::KafkaAddress;

const REASON: &str = "ticketon-reason";
const TOPIC: &str = "ticketon-topic";
const PARTITION: &str = "ticketon-partition";
const OFFSET: &str = "ticketon-offset";

/// What a dead letter says in headers beside what it brought along.
pub(super) const HEADERS: [&str; 4] = [REASON, TOPIC, PARTITION, OFFSET];

/// A message that was put aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// Why.
    pub reason: String,
    /// The topic that it came to.
    pub topic: String,
    /// Its partition there.
    pub partition: String,
    /// Its place there.
    pub offset: String,
    /// Its key, as text.
    pub key: String,
    /// Its value, as text.
    pub value: String,
}

/// The message as a dead letter.
pub(super) fn letter(topics: &Topics, message: &OwnedMessage, reason: &str) -> Outgoing {
    let headers = message
        .headers()
        .map_or_else(OwnedHeaders::new, OwnedHeaders::clone);
    let said = [
        (REASON, reason.to_owned()),
        (TOPIC, message.topic().to_owned()),
        (PARTITION, message.partition().to_string()),
        (OFFSET, message.offset().to_string()),
    ];
    let headers = said.iter().fold(headers, |headers, (key, value)| {
        headers.insert(Header {
            key,
            value: Some(value),
        })
    });
    Outgoing {
        topic: topics.of_dead_letters(),
        key: message.key().unwrap_or_default().to_vec(),
        headers,
        value: message.payload().unwrap_or_default().to_vec(),
    }
}

impl DeadLetter {
    /// The dead letters that Kafka holds, oldest first; at most `limit`.
    pub async fn list(address: &KafkaAddress, limit: usize) -> Result<Vec<Self>, BusError> {
        let mut held = Held::open(address, vec![Topics::of(address).of_dead_letters()]).await?;
        let mut letters = Vec::new();
        while letters.len() < limit
            && let Some(message) = held.next().await?
        {
            letters.push(Self::of(&message));
        }
        Ok(letters)
    }

    fn of(message: &OwnedMessage) -> Self {
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        // The last of a name is ours, whatever the message brought along.
        let said = |name: &str| {
            let headers = message.headers().into_iter().flat_map(OwnedHeaders::iter);
            text(
                headers
                    .filter(|header| header.key == name)
                    .last()
                    .and_then(|header| header.value),
            )
        };
        Self {
            reason: said(REASON),
            topic: said(TOPIC),
            partition: said(PARTITION),
            offset: said(OFFSET),
            key: text(message.key()),
            value: text(message.payload()),
        }
    }
}
