//! Facts published a second from a log on SQLite, beside a producer that sends messages of the same size and waits for
//! none, to the same Kafka in the same run.
//!
//! The relay reads a page, publishes it, waits until all of it is acknowledged, and moves its cursor durably. Kafka is the
//! one of `TICKETON_TEST_KAFKA_URL`.
//!
//! `cargo xtask bench relay [FACTS]`

#[path = "log/rates.rs"]
mod rates;
#[path = "log/store.rs"]
mod store;
#[path = "figures/written.rs"]
mod written;

use std::error::Error;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use serde_json::json;
use ticketon_server::adapter::kafka::Publisher;
use ticketon_server::background::relay;
use ticketon_server::settings::{Bus, KafkaAddress};
use tokio::time::Instant;

use rates::{per_second, rounded};
use written::write;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What a fact and its headers come to.
const BYTES: usize = 600;

/// Between the two, so that nobody writes for the other.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Outcome<()> {
    let count = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok());
    let address = kafka()?;
    let logged = store::logged(count.unwrap_or(200_000)).await?;
    let head = logged.cx.reads.head().await?.0;
    let mut publisher = Publisher::connect(&address).await?;
    // The first message waits for the producer's id, half a second.
    relay(&logged.cx, &mut publisher).await?;
    let begun = Instant::now();
    let mut published = 0;
    loop {
        match relay(&logged.cx, &mut publisher).await? {
            0 => break,
            facts => published += facts as u64,
        }
    }
    let relaying = per_second(published, begun.elapsed());
    let producing = raw(&address, published)?;
    println!(
        "{head} facts   relayed {relaying:>8.0}/s   raw producer {producing:>8.0}/s   ratio {:.2}",
        relaying / producing
    );
    logged.committing.shutdown().await;
    let rows = json!([{"facts": head, "relayed_per_s": relaying.round(), "raw_per_s": producing.round()}]);
    write(
        "relay",
        &rows,
        &json!({"relayed_per_raw": rounded(relaying / producing)}),
    )
}

fn kafka() -> Outcome<KafkaAddress> {
    let url = std::env::var("TICKETON_TEST_KAFKA_URL").map_err(
        |_| "TICKETON_TEST_KAFKA_URL is not set: `cargo xtask up kafka` starts one and says what to set",
    )?;
    match format!("{}/bench-{}", url.trim_end_matches('/'), std::process::id()).parse()? {
        Bus::Kafka(address) => Ok(address),
        Bus::None => Err("a Kafka is needed".into()),
    }
}

fn raw(address: &KafkaAddress, count: u64) -> Outcome<f64> {
    let mut config = ClientConfig::new();
    let producer: BaseProducer = config
        .set("bootstrap.servers", &address.brokers)
        .set("enable.idempotence", "true")
        .set("linger.ms", "1")
        .create()?;
    let topic = format!("{}.event", address.prefix);
    let (key, value) = ([b'k'; 36], [b'v'; BYTES]);
    send(&producer, &topic, &key, &value)?;
    producer.flush(PATIENCE)?;
    let begun = Instant::now();
    for _ in 0..count {
        send(&producer, &topic, &key, &value)?;
    }
    producer.flush(PATIENCE)?;
    Ok(per_second(count, begun.elapsed()))
}

fn send(producer: &BaseProducer, topic: &str, key: &[u8], value: &[u8]) -> Outcome<()> {
    loop {
        match producer.send(BaseRecord::to(topic).key(key).payload(value)) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => {
                producer.poll(Duration::from_millis(10));
            }
            Err((error, _)) => return Err(error.into()),
        }
    }
}
