//! Delivering dead letters again: to the partition that they came to, exactly as they came.
//!
//! First it is delivered, then struck out: who dies in between delivers it once more next time, and readers drop by its
//! sequence what they have had. What still cannot be used comes back as another letter, with its new reason.

use std::collections::BTreeSet;

use rdkafka::message::{Header, Headers as _, Message as _, OwnedHeaders, OwnedMessage};
use serde::Serialize;

use super::letters::Letters;
use super::{DeadLetter, HEADERS, PARTITION, RETRIED, TOPIC, said};
use crate::adapter::kafka::error::BusError;
use crate::adapter::kafka::message::Outgoing;
use crate::adapter::kafka::publisher::Publisher;
use crate::adapter::kafka::topics::Topics;
use crate::settings::KafkaAddress;

/// Which dead letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    All,
    /// Those of these ids.
    These(BTreeSet<i64>),
}

/// What became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Retried {
    /// Ids of those that were delivered again.
    pub retried: Vec<i64>,
    /// Those that were not, oldest first.
    pub left: Vec<Undelivered>,
}

/// A letter that was not delivered again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Undelivered {
    /// Its id.
    pub id: i64,
    /// Why.
    pub why: String,
}

impl Which {
    pub(super) fn has(&self, id: i64) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(&id),
        }
    }
}

impl DeadLetter {
    /// Delivers letters again, oldest first, and strikes them out. One that cannot be delivered is left and does not stop
    /// those behind it. Ids that no letter has are passed over.
    pub async fn retry(address: &KafkaAddress, which: &Which) -> Result<Retried, BusError> {
        let topics = Topics::of(address);
        let mut publisher = Publisher::over(address);
        let mut letters = Letters::open(address).await?;
        let mut retried = Retried::default();
        while let Some(letter) = letters.next().await? {
            let id = letter.offset();
            if !which.has(id) {
                continue;
            }
            let Some(message) = as_it_came(&topics, &letter) else {
                let why = "it does not say where it came from: somebody else wrote it".to_owned();
                retried.left.push(Undelivered { id, why });
                continue;
            };
            let delivered = async {
                publisher.send(vec![message]).await?;
                publisher.send(vec![strike_out(&topics, id)]).await
            };
            match delivered.await {
                Ok(()) => retried.retried.push(id),
                Err(error) => retried.left.push(Undelivered {
                    id,
                    why: error.to_string(),
                }),
            }
        }
        Ok(retried)
    }
}

/// The message that was put aside; none if it does not say that it came to a topic of ours.
fn as_it_came(topics: &Topics, letter: &OwnedMessage) -> Option<Outgoing> {
    let topic = said(letter, TOPIC);
    if !topics.of_facts().contains(&topic) {
        return None;
    }
    let headers = letter.headers()?;
    let brought = headers.count().checked_sub(HEADERS.len())?;
    let headers = headers.iter().take(brought);
    Some(Outgoing {
        topic,
        partition: Some(said(letter, PARTITION).parse().ok()?),
        key: letter.key().map(<[u8]>::to_vec),
        headers: headers.fold(OwnedHeaders::new(), OwnedHeaders::insert),
        value: letter.payload().map(<[u8]>::to_vec),
    })
}

fn strike_out(topics: &Topics, id: i64) -> Outgoing {
    let id = id.to_string();
    Outgoing {
        topic: topics.of_dead_letters(),
        partition: None,
        headers: OwnedHeaders::new().insert(Header {
            key: RETRIED,
            value: Some(&id),
        }),
        key: Some(id.into_bytes()),
        value: None,
    }
}
