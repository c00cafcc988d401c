//! The SQLite store does what every store must do, and keeps what it said over a crash.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use ticketon_core::contract;
use ticketon_core::contract::sample::{NOW, changes, fact, opening, performance_id, seat};
use ticketon_core::fact::Position;
use ticketon_core::limits::ANSWER_KEPT;
use ticketon_core::plan::SeatNumber;
use ticketon_core::row::RowId;
use ticketon_core::seat::SeatState;
use ticketon_core::store::{Changes, Engine as _, Freshness, JournalLine, Reads as _, Version};
use ticketon_server::adapter::sql::{
    Counted, CountedTable, Health, OpenError, Signal, SqlReads, SqliteEngine, SqliteStore, Statistics,
    StoreAddress,
};
use ticketon_server::background::Background;
use tokio::time::{sleep, timeout};

use crate::support::House;
use crate::support::person::holds;

/// A folder for stores, gone with its owner.
struct Folder(TempDir, AtomicU32);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder for tests"), AtomicU32::new(0))
    }

    fn next(&self) -> PathBuf {
        self.0
            .path()
            .join(format!("{}.db", self.1.fetch_add(1, Ordering::Relaxed)))
    }

    async fn store(&self) -> (SqliteEngine, SqlReads) {
        let store = SqliteStore::create(&self.next()).await.expect("a new store");
        (store.engine, store.reads)
    }
}

async fn write(engine: &mut SqliteEngine, changes: &Changes, lines: &[JournalLine]) {
    let found = engine
        .begin(std::slice::from_ref(changes))
        .await
        .expect("begin answers");
    assert_eq!(found, ticketon_core::store::Found::default());
    engine.finish(&[changes], lines).await.expect("finish answers");
}

fn line(bytes: &[u8]) -> JournalLine {
    JournalLine {
        stream: "queue".to_owned(),
        bytes: bytes.to_vec(),
    }
}

#[tokio::test]
async fn sqlite_is_a_store() {
    let folder = Folder::new();
    contract::store(async || folder.store().await).await;
}

#[tokio::test]
async fn sqlite_is_like_memory() {
    let folder = Folder::new();
    for seed in 0..10 {
        let (engine, reads) = folder.store().await;
        contract::store_like_memory(engine, reads, seed, 40).await;
    }
}

#[tokio::test]
async fn what_a_lost_answer_may_have_changed_is_not_told_from_memory() {
    let folder = Folder::new();
    let (mut engine, reads) = folder.store().await;
    write(&mut engine, &opening(), &[]).await;
    let seating = changes(1).create(seat(7, SeatState::OffSale)).record(fact());
    write(&mut engine, &seating, &[]).await;
    let selling = changes(2)
        .write(seat(7, SeatState::Free), Version(1))
        .record(fact());
    // Without a transaction each statement is durable by itself, and only the last one, the commit, fails.
    engine
        .finish(&[&selling], &[])
        .await
        .expect_err("there is nothing to commit");
    let id = RowId::Seat(performance_id(), SeatNumber(7));
    let rows = reads.rows(&[id], Freshness::Cached).await.unwrap();
    assert_eq!(rows, [Some((seat(7, SeatState::Free).into(), Version(2)))]);
}

#[tokio::test]
async fn a_store_opened_again_shows_everything() {
    let folder = Folder::new();
    let file = folder.next();
    let mut store = SqliteStore::create(&file).await.unwrap();
    write(&mut store.engine, &opening(), &[line(b"one")]).await;
    let seating = changes(1).create(seat(7, SeatState::OffSale)).record(fact());
    write(&mut store.engine, &seating, &[line(b"two")]).await;
    drop(store);

    let mut store = SqliteStore::open(&file).await.unwrap();
    let id = RowId::Seat(performance_id(), SeatNumber(7));
    let rows = store.reads.rows(&[id], Freshness::Cached).await.unwrap();
    assert_eq!(rows, [Some((seat(7, SeatState::OffSale).into(), Version(1)))]);
    assert_eq!(store.reads.head().await, Ok(Position(2)));
    assert_eq!(
        store.reads.journal("queue").await,
        Ok(vec![b"one".to_vec(), b"two".to_vec()])
    );
    let found = store.engine.begin(&[seating]).await.unwrap();
    assert_eq!(found.applied, [0], "what was applied before is remembered");
}

#[tokio::test]
async fn a_crash_in_the_middle_of_a_batch_leaves_nothing_of_it() {
    let folder = Folder::new();
    let file = folder.next();
    let mut store = SqliteStore::create(&file).await.unwrap();
    write(&mut store.engine, &opening(), &[]).await;
    let seating = changes(1).create(seat(7, SeatState::Free)).record(fact());
    store.engine.begin(std::slice::from_ref(&seating)).await.unwrap();
    drop(store);

    let mut store = SqliteStore::open(&file).await.unwrap();
    assert_eq!(store.reads.head().await, Ok(Position(1)));
    write(&mut store.engine, &seating, &[]).await;
    assert_eq!(store.reads.head().await, Ok(Position(2)));
}

#[tokio::test]
async fn a_call_that_was_dropped_leaves_nothing_open() {
    let folder = Folder::new();
    let (mut engine, reads) = folder.store().await;
    write(&mut engine, &opening(), &[]).await;
    let batch = [changes(1).create(seat(7, SeatState::Free)).record(fact())];
    drop(timeout(Duration::ZERO, engine.begin(&batch)).await);
    write(&mut engine, &batch[0], &[]).await;
    assert_eq!(reads.head().await, Ok(Position(2)));
}

#[tokio::test]
async fn opening_makes_no_store_and_making_opens_none() {
    let folder = Folder::new();
    let file = folder.next();
    assert!(matches!(
        SqliteStore::open(&file).await,
        Err(OpenError::Missing(_))
    ));
    SqliteStore::create(&file).await.unwrap();
    assert!(matches!(
        SqliteStore::create(&file).await,
        Err(OpenError::Exists(_))
    ));
    let nowhere = file.join("below").join("a.db");
    assert!(matches!(
        SqliteStore::create(&nowhere).await,
        Err(OpenError::NoFolder(_))
    ));
}

#[tokio::test]
async fn a_file_that_is_something_else_is_left_as_it_is() {
    let folder = Folder::new();
    let file = folder.next();
    std::fs::write(
        &file,
        "a letter, and long enough to have a head of a hundred bytes: ".repeat(10),
    )
    .unwrap();
    assert!(matches!(
        SqliteStore::open(&file).await,
        Err(OpenError::NotAStore(_))
    ));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("a letter"));
}

#[tokio::test]
async fn a_key_is_remembered_for_a_day_and_forgotten_after() {
    let house = House::on_sqlite().await;
    let show = house.recital().await;
    let hold = async |seat: &str| {
        let wish = json!({"items": [{"seat": seat, "price": "R/adult"}]});
        house.buyer("ana").key("k").post(&holds(&show), wish).await
    };
    hold("A-1").await.done();
    house.later(ANSWER_KEPT);
    let background = Background::start(&house.shop);
    sleep(Duration::from_millis(50)).await;
    background.stop().await;
    hold("A-2").await.refused("idempotency_key_reused");
    house.later(Duration::from_millis(1));
    let background = Background::start(&house.shop);
    let forgotten = async {
        while !hold("A-2").await.status.is_success() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), forgotten).await.unwrap();
    background.stop().await;
}

#[tokio::test]
async fn a_file_s_tables_are_counted_beside_whoever_writes() {
    let folder = Folder::new();
    let path = folder.next();
    let mut engine = SqliteStore::create(&path).await.unwrap().engine;
    let statistics = Statistics::of(&StoreAddress::File(path), None).unwrap();
    write(&mut engine, &opening(), &[]).await;
    let seats = (1..=500).map(|number| seat(number, SeatState::Free));
    let seeding = seats.fold(changes(2).record(fact()), Changes::create);
    write(&mut engine, &seeding, &[]).await;

    let table = CountedTable::named("seat").unwrap();
    let look = async || {
        let overview = statistics.tables(NOW).await.unwrap();
        overview.of(table).unwrap().clone()
    };
    let before = look().await;
    assert_eq!((before.rows, before.stale), (500, Some(Signal::NeverCounted)));
    assert_eq!(statistics.count(table).await, Ok(Counted::Ok));
    let after = look().await;
    assert_eq!((after.counted_rows, after.stale), (Some(500), None));
    assert!(after.data_bytes > 0, "{after:?}");
    assert_eq!(statistics.health().await, Health::Up);

    // Whoever is in the middle of a batch is not waited for long.
    engine.begin(&[changes(3).record(fact())]).await.unwrap();
    let busy = statistics.count(table).await.unwrap();
    assert!(matches!(busy, Counted::Failed { message } if message.contains("locked")));
    engine.finish(&[], &[]).await.unwrap();
    assert_eq!(statistics.count(table).await, Ok(Counted::Ok));
}
