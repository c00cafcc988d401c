//! What a process that publishes facts brings along: the relay's half and the proofreader's.

use crate::adapter::kafka::{BusError, Consumer, Publisher};
use crate::settings::KafkaAddress;

/// Publishing, ready to run.
pub struct Publishing {
    pub(super) publisher: Publisher,
    pub(super) consumer: Consumer,
}

impl Publishing {
    /// Connects; fails where Kafka does not answer.
    pub async fn connect(address: &KafkaAddress) -> Result<Self, BusError> {
        let group = format!("{}.proofreader", address.prefix);
        Ok(Self {
            publisher: Publisher::connect(address).await?,
            consumer: Consumer::join(address, &group)?,
        })
    }
}
