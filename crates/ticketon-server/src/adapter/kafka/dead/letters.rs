//! The dead letters that are still to be looked at: all but those that are struck out.

use std::collections::BTreeSet;

use rdkafka::message::{Headers as _, Message as _, OwnedMessage};

use super::{RETRIED, said};
use crate::adapter::kafka::error::BusError;
use crate::adapter::kafka::held::Held;
use crate::adapter::kafka::topics::Topics;
use crate::settings::KafkaAddress;

/// Dead letters, oldest first. The topic is read twice, because what strikes a letter out lies behind it: so only numbers
/// are kept, however large the letters are.
pub(super) struct Letters {
    held: Held,
    retried: BTreeSet<i64>,
}

impl Letters {
    /// Those of this moment.
    pub(super) async fn open(address: &KafkaAddress) -> Result<Self, BusError> {
        let topic = Topics::of(address).of_dead_letters();
        let mut retried = BTreeSet::new();
        let mut held = Held::open(address, vec![topic.clone()]).await?;
        while let Some(message) = held.next().await? {
            retried.extend(struck_out(&message));
        }
        let held = Held::open(address, vec![topic]).await?;
        Ok(Self { held, retried })
    }

    /// The next; none after the last.
    pub(super) async fn next(&mut self) -> Result<Option<OwnedMessage>, BusError> {
        while let Some(message) = self.held.next().await? {
            if struck_out(&message).is_none() && !self.retried.contains(&message.offset()) {
                return Ok(Some(message));
            }
        }
        Ok(None)
    }
}

/// The letter that a message strikes out, if it is no letter itself: a letter has headers of ours behind what it brought
/// along, and may have brought anything.
fn struck_out(message: &OwnedMessage) -> Option<i64> {
    let last = message.headers()?.iter().last()?;
    (last.key == RETRIED)
        .then(|| said(message, RETRIED).parse().ok())
        .flatten()
}
