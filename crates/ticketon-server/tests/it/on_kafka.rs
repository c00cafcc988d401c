//! What is published in a real Kafka, and what its readers make of it. Every test has topics of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rdkafka::consumer::{Consumer as _, StreamConsumer};
use rdkafka::message::{Header, Headers as _, Message as _, OwnedHeaders, OwnedMessage};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::util::Timeout;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::load_cursor;
use ticketon_core::row::Reader;
use ticketon_server::adapter::kafka::{BusError, Consumer, DeadLetter, Published, Publisher, Which, status};
use ticketon_server::background::{Background, Publishing};
use ticketon_server::settings::{Bus, KafkaAddress};
use tokio::time::{sleep, timeout};

use crate::support::House;

const VARIABLE: &str = "TICKETON_TEST_KAFKA_URL";
/// A fresh Kafka makes its groups' own topic first, which takes seconds.
const PATIENCE: Duration = Duration::from_secs(30);

static PREFIXES: AtomicU32 = AtomicU32::new(0);

/// The real Kafka, under a prefix that nobody else has.
fn kafka() -> KafkaAddress {
    let Ok(url) = std::env::var(VARIABLE) else {
        panic!(
            "{VARIABLE} is not set: `cargo xtask up` starts the engines and says what to set, `cargo xtask test` does both"
        );
    };
    let n = PREFIXES.fetch_add(1, Ordering::Relaxed);
    let bus = format!("{}/test-{}-{n}", url.trim_end_matches('/'), std::process::id());
    match bus.parse() {
        Ok(Bus::Kafka(address)) => address,
        _ => panic!("{VARIABLE} is `{url}`, no Kafka"),
    }
}

async fn facts_of(house: &House) -> Vec<Recorded> {
    house.shop.cx.reads.facts(Position(0), 10_000).await.unwrap()
}

/// As many facts as asked for, in the order of their positions.
async fn receive(consumer: &mut Consumer, count: usize) -> Vec<Recorded> {
    let mut facts = Vec::new();
    let receiving = async {
        while facts.len() < count {
            let received = consumer.next(1_000, Duration::from_millis(200)).await.unwrap();
            facts.extend(received.into_iter().map(|received| received.recorded));
        }
    };
    timeout(PATIENCE, receiving).await.expect("all facts come");
    facts.sort_by_key(|recorded| recorded.position);
    facts
}

/// Nothing more comes.
async fn receives_nothing(consumer: &mut Consumer) {
    let more = consumer.next(1_000, Duration::from_secs(1)).await.unwrap();
    assert!(more.is_empty(), "{more:?}");
}

async fn relayed(house: &House, position: Position) {
    let relaying = async {
        while load_cursor(&house.shop.cx, Reader::Relay)
            .await
            .unwrap()
            .0
            .position
            < position
        {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, relaying).await.expect("the relay comes so far");
}

/// Somebody who has never heard of facts.
async fn stranger(address: &KafkaAddress, value: &str, headers: OwnedHeaders, key: &str) {
    stranger_to(address, "event", value, headers, key).await;
}

async fn stranger_to(address: &KafkaAddress, kind: &str, value: &str, headers: OwnedHeaders, key: &str) {
    let mut config = ClientConfig::new();
    let producer: FutureProducer = config
        .set("bootstrap.servers", &address.brokers)
        .create()
        .unwrap();
    let topic = format!("{}.{kind}", address.prefix);
    let record = FutureRecord::to(&topic).payload(value).key(key).headers(headers);
    producer.send(record, Timeout::After(PATIENCE)).await.unwrap();
}

#[tokio::test]
async fn what_happens_is_published_once_and_in_the_order_of_its_stream() {
    let (house, address) = (House::on_sqlite().await, kafka());
    house.recital().await;
    let background = Background::start(&house.shop);
    let background = background.publishing(&house.shop, Publishing::connect(&address).await.unwrap());
    let facts = facts_of(&house).await;
    let head = facts.last().unwrap().position;
    relayed(&house, head).await;

    let mut consumer = Consumer::join(&address, &format!("{}.a", address.prefix)).unwrap();
    assert_eq!(receive(&mut consumer, facts.len()).await, facts);
    receives_nothing(&mut consumer).await;
    background.stop().await;

    let mut published = Published::open(&address).await.unwrap();
    let mut last = BTreeMap::new();
    while let Some(recorded) = published.next().await.unwrap() {
        let before = last.insert(recorded.fact.stream, recorded.position);
        assert!(before < Some(recorded.position));
    }
    let held: u64 = status(&address)
        .await
        .unwrap()
        .values()
        .map(|topic| topic.messages)
        .sum();
    assert_eq!(held, head.0, "each fact is there once, and no dead letter");
}

#[tokio::test]
async fn what_a_relay_published_before_it_died_comes_again_and_is_dropped() {
    let (house, address) = (House::on_sqlite().await, kafka());
    house.recital().await;
    let facts = facts_of(&house).await;
    // Acknowledged, and the process is gone before its cursor moves.
    let mut died = Publisher::connect(&address).await.unwrap();
    died.publish(&facts).await.unwrap();
    let group = format!("{}.a", address.prefix);
    let mut consumer = Consumer::join(&address, &group).unwrap();
    assert_eq!(receive(&mut consumer, facts.len()).await, facts);
    consumer.done().await.unwrap();
    drop(consumer);

    let background = Background::start(&house.shop);
    let background = background.publishing(&house.shop, Publishing::connect(&address).await.unwrap());
    relayed(&house, facts.last().unwrap().position).await;
    // The next member of the group knows how far the last one was.
    let mut consumer = Consumer::join(&address, &group).unwrap();
    receives_nothing(&mut consumer).await;
    house.gala(5).await;
    let all = facts_of(&house).await;
    let fresh = receive(&mut consumer, all.len() - facts.len()).await;
    assert_eq!(fresh, all[facts.len()..]);
    background.stop().await;
}

#[tokio::test]
async fn what_is_no_fact_is_put_aside_with_its_reason_and_the_rest_goes_on() {
    let (house, address) = (House::on_sqlite().await, kafka());
    house.recital().await;
    let facts = facts_of(&house).await;
    let mut publisher = Publisher::connect(&address).await.unwrap();
    stranger(&address, "{\"hello\": 1}", OwnedHeaders::new(), "x").await;
    publisher.publish(&facts).await.unwrap();

    let mut consumer = Consumer::join(&address, &format!("{}.a", address.prefix)).unwrap();
    assert_eq!(receive(&mut consumer, facts.len()).await, facts);
    let letters = DeadLetter::list(&address, &Which::All, 10).await.unwrap();
    let [letter] = &letters[..] else {
        panic!("{letters:?}")
    };
    assert_eq!(letter.topic, format!("{}.event", address.prefix));
    assert_eq!(
        (letter.key.as_str(), letter.value.as_str()),
        ("x", "{\"hello\": 1}")
    );
    assert!(
        letter.reason.contains("its value is no fact"),
        "{}",
        letter.reason
    );
}

#[tokio::test]
async fn a_dead_letter_is_delivered_again_as_it_came_and_struck_out() {
    let address = kafka();
    drop(Publisher::connect(&address).await.unwrap());
    let own = [("ticketon-reason", "the stranger's own"), ("b", "2"), ("b", "3")];
    let headers = own.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
        headers.insert(Header {
            key,
            value: Some(*value),
        })
    });
    stranger(&address, "{\"hello\": 1}", headers.clone(), "x").await;
    stranger(&address, "{\"hello\": 2}", OwnedHeaders::new(), "y").await;
    let mut consumer = Consumer::join(&address, &format!("{}.a", address.prefix)).unwrap();
    let first = buried(&address, &mut consumer, 2).await;
    let of_x = first.iter().find(|letter| letter.key == "x").unwrap();
    let of_y = first.iter().find(|letter| letter.key == "y").unwrap();

    let one = Which::These(BTreeSet::from([of_x.id, 999]));
    let retried = DeadLetter::retry(&address, &one).await.unwrap();
    assert_eq!((retried.retried, retried.left), (vec![of_x.id], vec![]));
    // Still no fact: it comes back, in another letter.
    let then = buried(&address, &mut consumer, 2).await;
    assert_eq!(then[0], *of_y, "the other stays");
    let again = &then[1];
    assert!(again.id > of_y.id && again.offset > of_x.offset, "{again:?}");
    assert_eq!(
        (&again.topic, &again.partition, &again.key, &again.value),
        (&of_x.topic, &of_x.partition, &of_x.key, &of_x.value)
    );
    let came = last_of(&address, of_x).await;
    let came: Vec<_> = came.headers().unwrap().iter().collect();
    assert_eq!(came, headers.iter().collect::<Vec<_>>());

    let all = DeadLetter::retry(&address, &Which::All).await.unwrap();
    assert_eq!(all.retried, [of_y.id, again.id]);
    assert_eq!(DeadLetter::list(&address, &Which::All, 10).await.unwrap(), []);
}

#[tokio::test]
async fn a_letter_that_somebody_else_wrote_is_left_where_it_is() {
    let address = kafka();
    drop(Publisher::connect(&address).await.unwrap());
    stranger_to(&address, "dead", "not ours", OwnedHeaders::new(), "x").await;
    let retried = DeadLetter::retry(&address, &Which::All).await.unwrap();
    let left: Vec<i64> = retried.left.iter().map(|left| left.id).collect();
    assert_eq!((retried.retried, left), (vec![], vec![0]));
    assert_eq!(
        DeadLetter::list(&address, &Which::All, 10).await.unwrap().len(),
        1
    );
}

/// So many dead letters, once a reader has put them aside.
async fn buried(address: &KafkaAddress, consumer: &mut Consumer, count: usize) -> Vec<DeadLetter> {
    let burying = async {
        loop {
            let letters = DeadLetter::list(address, &Which::All, 10).await.unwrap();
            if letters.len() == count {
                break letters;
            }
            consumer.next(1_000, Duration::from_millis(200)).await.unwrap();
        }
    };
    timeout(PATIENCE, burying).await.expect("all are put aside")
}

/// The last message of the partition that a letter came to.
async fn last_of(address: &KafkaAddress, letter: &DeadLetter) -> OwnedMessage {
    let mut config = ClientConfig::new();
    let consumer: StreamConsumer = config
        .set("bootstrap.servers", &address.brokers)
        .set("group.id", "test")
        .create()
        .unwrap();
    let mut wanted = TopicPartitionList::new();
    let partition = letter.partition.parse().unwrap();
    wanted
        .add_partition_offset(&letter.topic, partition, Offset::OffsetTail(1))
        .unwrap();
    consumer.assign(&wanted).unwrap();
    timeout(PATIENCE, consumer.recv())
        .await
        .unwrap()
        .unwrap()
        .detach()
}

#[tokio::test]
async fn a_forged_fact_is_found_by_the_proofreader() {
    let (house, address) = (House::on_sqlite().await, kafka());
    house.recital().await;
    let facts = facts_of(&house).await;
    let mut forged = facts.last().unwrap().clone();
    forged.position = Position(1_000_000);
    let mut forger = Publisher::connect(&address).await.unwrap();
    forger.publish(&[forged]).await.unwrap();
    let background = Background::start(&house.shop);
    let background = background.publishing(&house.shop, Publishing::connect(&address).await.unwrap());
    relayed(&house, facts.last().unwrap().position).await;
    let letters = async {
        loop {
            let letters = DeadLetter::list(&address, &Which::All, 10).await.unwrap();
            if !letters.is_empty() {
                break letters;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let letters = timeout(PATIENCE, letters).await.unwrap();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0].reason, "it is not what the log says");
    background.stop().await;
}

#[tokio::test]
async fn brokers_that_nobody_runs_are_named() {
    let Ok(Bus::Kafka(address)) = "kafka://127.0.0.1:1".parse() else {
        panic!("an address")
    };
    let refused = Publisher::connect(&address).await.err().unwrap();
    assert!(matches!(refused, BusError::Unreachable { .. }), "{refused}");
    assert!(refused.to_string().contains("127.0.0.1:1"), "{refused}");
}
