//! Dead letters: what came to a topic of ours and could not be used, put aside as it came, with the reason and where it
//! came from. Whoever reads facts goes on; a person looks, and may have it delivered again.
//!
//! Nothing in Kafka is rewritten: a letter that was delivered again is struck out by a further message behind it.

mod letters;
mod retry;

use rdkafka::message::{Header, Headers as _, Message, OwnedHeaders, OwnedMessage};
use serde::Serialize;

use self::letters::Letters;
use super::error::BusError;
use super::message::Outgoing;
use super::topics::Topics;
use crate::settings::KafkaAddress;

pub use retry::{Retried, Undelivered, Which};

const REASON: &str = "ticketon-reason";
const TOPIC: &str = "ticketon-topic";
const PARTITION: &str = "ticketon-partition";
const OFFSET: &str = "ticketon-offset";

/// What a dead letter says in headers behind what it brought along.
pub(super) const HEADERS: [&str; 4] = [REASON, TOPIC, PARTITION, OFFSET];

/// What strikes a letter out: a message without a value, whose header of this name is the letter's id.
pub(super) const RETRIED: &str = "ticketon-retried";

/// A message that was put aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// Its place among the dead letters, by which it is named.
    pub id: i64,
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
        partition: None,
        key: message.key().map(<[u8]>::to_vec),
        headers,
        value: message.payload().map(<[u8]>::to_vec),
    }
}

impl DeadLetter {
    /// Of the dead letters that Kafka holds and nobody had delivered again these, oldest first; at most `limit`.
    pub async fn list(address: &KafkaAddress, which: &Which, limit: usize) -> Result<Vec<Self>, BusError> {
        let mut open = Letters::open(address).await?;
        let mut letters = Vec::new();
        while letters.len() < limit
            && let Some(message) = open.next().await?
        {
            if which.has(message.offset()) {
                letters.push(Self::of(&message));
            }
        }
        Ok(letters)
    }

    fn of(message: &OwnedMessage) -> Self {
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        Self {
            id: message.offset(),
            reason: said(message, REASON),
            topic: said(message, TOPIC),
            partition: said(message, PARTITION),
            offset: said(message, OFFSET),
            key: text(message.key()),
            value: text(message.payload()),
        }
    }
}

/// What a header of ours says: the last of its name, whatever the message brought along.
fn said(message: &OwnedMessage, name: &str) -> String {
    let headers = message.headers().into_iter().flat_map(OwnedHeaders::iter);
    let last = headers.filter(|header| header.key == name).last();
    let value = last.and_then(|header| header.value).unwrap_or_default();
    String::from_utf8_lossy(value).into_owned()
}
