//! How every client of Kafka is set.

use rdkafka::ClientConfig;

use crate::limits;
use crate::settings::KafkaAddress;

/// What all clients have in common.
pub(super) fn config(address: &KafkaAddress) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &address.brokers)
        .set("client.id", "ticketon")
        .set(
            "reconnect.backoff.max.ms",
            limits::KAFKA_RECONNECTS_WITHIN.as_millis().to_string(),
        );
    config
}
