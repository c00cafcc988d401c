//! What is asked of a store in a database, whichever server has it.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use ticketon_core::contract;
use ticketon_core::contract::sample::{changes, fact, opening, performance_id, seat, user};
use ticketon_core::fact::Position;
use ticketon_core::follow;
use ticketon_core::plan::SeatNumber;
use ticketon_core::projection::Projection;
use ticketon_core::row::RowId;
use ticketon_core::seat::SeatState;
use ticketon_core::store::{
    Changes, Conflict, Engine, Found, Freshness, JournalLine, NotWritten, Reads as _, Store as _, Version,
};
use ticketon_server::adapter::sql::{
    CopyError, MySqlEngine, MySqlStore, OpenError, SqlReads, SqlStore, StoreAddress, Upkeep, contents, copy,
};
use ticketon_server::committer::Committers;

use super::scratch::{Server, execute};
use crate::support::person::{DECLINED, GOOD};
use crate::support::{House, event};

/// An engine whose facts are numbered at once, as the worker does a moment later.
struct Numbered {
    engine: MySqlEngine,
    upkeep: Upkeep,
}

#[async_trait]
impl Engine for Numbered {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        self.engine.begin(batch).await
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        self.engine.finish(accepted, journal).await?;
        number(&self.upkeep).await;
        Ok(())
    }
}

async fn numbered(server: &Server) -> (Numbered, SqlReads) {
    let mut store = server.store().await;
    let engine = store.engines.pop().expect("a store has an engine");
    let upkeep = store.upkeep;
    (Numbered { engine, upkeep }, store.reads)
}

async fn number(upkeep: &Upkeep) {
    while upkeep.number_facts().await.expect("facts are numbered") > 0 {}
}

async fn write(engine: &mut MySqlEngine, changes: &Changes) {
    let found = engine.begin(std::slice::from_ref(changes)).await;
    assert_eq!(found, Ok(Found::default()));
    assert_eq!(engine.finish(&[changes], &[]).await, Ok(()));
}

/// A store whose shop is open, its two writers and what reads.
async fn opened(server: &Server) -> (MySqlEngine, MySqlEngine, MySqlStore) {
    let mut store = server.store().await;
    let mut one = store.engines.pop().expect("one writer");
    let other = store.engines.pop().expect("another writer");
    write(&mut one, &opening()).await;
    (one, other, store)
}

fn seat_id(number: u32) -> RowId {
    RowId::Seat(performance_id(), SeatNumber(number))
}

fn seating(n: u32, number: u32) -> Changes {
    changes(n).create(seat(number, SeatState::Free)).record(fact())
}

pub(super) async fn it_is_a_store(server: &Server) {
    contract::store(async || numbered(server).await).await;
}

pub(super) async fn it_is_like_memory(server: &Server) {
    for seed in 0..6 {
        let (engine, reads) = numbered(server).await;
        contract::store_like_memory(engine, reads, seed, 40).await;
    }
}

pub(super) async fn an_address_that_leads_nowhere_says_which(server: &Server) {
    let nothing = server.database().await;
    let refused = MySqlStore::open(&nothing, None).await.err();
    assert!(matches!(refused, Some(OpenError::Missing(_))), "{refused:?}");
    let nowhere = MySqlStore::open_or_create(&server.at("no_such_database"), None)
        .await
        .err();
    assert!(matches!(nowhere, Some(OpenError::NoDatabase(_))), "{nowhere:?}");
    let nobody = nothing.replacen("root@", "root:wrong@", 1);
    let denied = MySqlStore::open(&nobody, None).await.err();
    let Some(OpenError::Denied { at, .. }) = denied else {
        panic!("a wrong password is refused: {denied:?}");
    };
    assert!(!at.contains("wrong"), "a password is not shown: {at}");
    let away = MySqlStore::open("mysql://root@127.0.0.1:1/ticketon", None)
        .await
        .err();
    assert!(matches!(away, Some(OpenError::Unreachable { .. })), "{away:?}");
}

pub(super) async fn a_newer_schema_and_another_programs_tables_are_left_alone(server: &Server) {
    let newer = server.database().await;
    MySqlStore::open_or_create(&newer, None)
        .await
        .expect("a new store");
    execute(&newer, "UPDATE ticketon SET version = 99").await;
    let refused = MySqlStore::open(&newer, None).await.err();
    assert!(
        matches!(refused, Some(OpenError::Newer { found: 99, .. })),
        "{refused:?}"
    );
    let other = server.database().await;
    execute(&other, "CREATE TABLE note (text VARCHAR(10))").await;
    let refused = MySqlStore::open_or_create(&other, None).await.err();
    assert!(matches!(refused, Some(OpenError::NotAStore(_))), "{refused:?}");
}

pub(super) async fn many_may_open_an_empty_database_at_once(server: &Server) {
    let url: Arc<str> = server.database().await.into();
    let opening = (0..4).map(|_| {
        let url = Arc::clone(&url);
        tokio::spawn(async move { MySqlStore::open_or_create(&url, None).await.map(|_| ()) })
    });
    let opening: Vec<_> = opening.collect();
    for opened in opening {
        opened.await.unwrap().expect("whoever comes second finds it done");
    }
}

pub(super) async fn one_of_two_writers_has_the_row(server: &Server) {
    let (mut one, mut other, store) = opened(server).await;
    write(&mut one, &seating(1, 7)).await;
    let holding = |n: u32, state| changes(n).write(seat(7, state), Version(1)).record(fact());
    let (first, second) = ([holding(2, SeatState::OffSale)], [holding(3, SeatState::Free)]);
    assert_eq!(one.begin(&first).await, Ok(Found::default()));
    // It waits for the row until the first one has committed, and hears what that one did.
    let waiting = tokio::spawn(async move {
        let found = other.begin(&second).await;
        (found, other)
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(one.finish(&[&first[0]], &[]).await, Ok(()));
    let (found, mut other) = waiting.await.unwrap();
    assert_eq!(found.unwrap().stale, [(0, seat_id(7))]);
    assert_eq!(other.finish(&[], &[]).await, Ok(()));
    let rows = store.reads.rows(&[seat_id(7)], Freshness::Cached).await.unwrap();
    assert_eq!(rows, [Some((seat(7, SeatState::OffSale).into(), Version(2)))]);
}

pub(super) async fn a_key_that_was_taken_meanwhile_is_found_when_begun_again(server: &Server) {
    let (mut one, mut other, _store) = opened(server).await;
    let registering = |n: u32| changes(n).create(user(n, "ana@example.com")).record(fact());
    let (first, second) = ([registering(1)], [registering(2)]);
    assert_eq!(one.begin(&first).await, Ok(Found::default()));
    assert_eq!(
        other.begin(&second).await,
        Ok(Found::default()),
        "nobody has it yet"
    );
    assert_eq!(one.finish(&[&first[0]], &[]).await, Ok(()));
    let raced = other.finish(&[&second[0]], &[]).await;
    assert!(matches!(raced, Err(NotWritten::Raced(_))), "{raced:?}");
    let found = other.begin(&second).await.unwrap();
    assert_eq!(found.taken.len(), 1, "{found:?}");
}

pub(super) async fn a_lock_that_is_not_had_is_a_race(server: &Server) {
    let (mut one, mut other, _store) = opened(server).await;
    write(&mut one, &seating(1, 7)).await;
    let holding = |n: u32| {
        changes(n)
            .write(seat(7, SeatState::OffSale), Version(1))
            .record(fact())
    };
    let (first, second) = ([holding(2)], [holding(3)]);
    assert_eq!(one.begin(&first).await, Ok(Found::default()));
    let raced = other.begin(&second).await;
    assert!(matches!(raced, Err(NotWritten::Raced(_))), "{raced:?}");
    assert_eq!(one.finish(&[&first[0]], &[]).await, Ok(()));
    assert_eq!(other.begin(&second).await.unwrap().stale, [(0, seat_id(7))]);
}

pub(super) async fn a_commit_whose_answer_was_lost_is_recognized(server: &Server) {
    let (mut one, mut other, store) = opened(server).await;
    let batch = [seating(1, 7)];
    write(&mut one, &batch[0]).await;
    let found = other.begin(&batch).await.unwrap();
    assert_eq!(found.applied, [0], "{found:?}");
    assert_eq!(other.finish(&[], &[]).await, Ok(()));
    number(&store.upkeep).await;
    assert_eq!(store.reads.head().await, Ok(Position(2)), "its fact stands once");
}

pub(super) async fn a_connection_that_is_cut_leaves_nothing_open(server: &Server) {
    let (mut one, mut other, store) = opened(server).await;
    let url = server.last();
    let batch = [seating(1, 7)];
    assert_eq!(one.begin(&batch).await, Ok(Found::default()));
    cut_everybody(&url).await;
    let cut = one.finish(&[&batch[0]], &[]).await;
    assert!(matches!(cut, Err(NotWritten::Unavailable(_))), "{cut:?}");
    write(&mut other, &batch[0]).await;
    let found = one.begin(&batch).await.unwrap();
    assert_eq!(found.applied, [0]);
    drop(store);
}

/// Ends every other connection to a database, as a server that is killed does.
async fn cut_everybody(url: &str) {
    let others = "SELECT CAST(id AS SIGNED) FROM information_schema.processlist \
                  WHERE db = database() AND id <> connection_id()";
    for row in execute(url, others).await {
        let id: i64 = sqlx::Row::get(&row, 0);
        execute(url, &format!("KILL {id}")).await;
    }
}

pub(super) async fn facts_get_dense_positions_once_they_are_visible(server: &Server) {
    let (mut one, mut other, store) = opened(server).await;
    number(&store.upkeep).await;
    let (first, second) = ([seating(1, 1)], [seating(2, 2)]);
    one.begin(&first).await.unwrap();
    other.begin(&second).await.unwrap();
    other.finish(&[&second[0]], &[]).await.unwrap();
    let mut snapshot = store.reads.snapshot().await.unwrap();
    assert_eq!(store.reads.head().await, Ok(Position(1)), "not numbered yet");
    let facts = snapshot.facts(Position(1), 10).await.unwrap();
    assert_eq!(facts.len(), 1, "a decision and its fact are seen together");
    assert_eq!(facts[0].position, Position(2));
    number(&store.upkeep).await;
    one.finish(&[&first[0]], &[]).await.unwrap();
    number(&store.upkeep).await;
    let facts = store.reads.facts(Position(0), 10).await.unwrap();
    let positions: Vec<u64> = facts.iter().map(|recorded| recorded.position.0).collect();
    assert_eq!(positions, [1, 2, 3]);
    assert_eq!(store.upkeep.number_facts().await, Ok(0));
}

pub(super) async fn a_crowd_shares_two_committers(server: &Server) {
    let store = SqlStore::from(server.store().await);
    let (reads, upkeep) = (store.reads, store.upkeep);
    let (committers, committing) = Committers::start(store.engines);
    committers.commit(opening()).await.unwrap();
    let crowd: Vec<_> = (1..=200)
        .map(|n| {
            let committers = committers.clone();
            // Everybody wants an address, and there are twenty.
            let registering = changes(n).create(user(n, &format!("user{}@example.com", n % 20)));
            let registering = registering.record(ticketon_core::fact::Fact {
                stream: ticketon_core::fact::Stream::User(user(n, "ana@example.com").id),
                ..fact()
            });
            tokio::spawn(async move { committers.commit(registering).await })
        })
        .collect();
    let mut registered = 0;
    for one in crowd {
        match one.await.unwrap() {
            Ok(()) => registered += 1,
            Err(refused) => assert!(matches!(
                refused,
                ticketon_core::store::CommitError::Conflict(Conflict::Taken(_))
            )),
        }
    }
    assert_eq!(registered, 20, "an address has one holder");
    committing.shutdown().await;
    number(&upkeep).await;
    assert_eq!(reads.head().await, Ok(Position(21)));
}

pub(super) async fn a_whole_sale_keeps_every_promise(server: &Server) {
    let house = House::on(SqlStore::from(server.store().await)).await;
    let show = house.gala(2).await;
    let (ana, bob, eve) = (house.buyer("ana"), house.buyer("bob"), house.buyer("eve"));
    assert_eq!(ana.enter(&show).await["state"], "admitted");
    assert_eq!(bob.enter(&show).await["state"], "admitted");
    assert_eq!(eve.enter(&show).await["state"], "waiting");
    let purchase = ana.buy(&show, ["A-1", "A-2"]).await;
    assert_eq!(purchase["tickets"].as_array().unwrap().len(), 2);
    bob.hold(&show, ["A-2"]).await.refused("seat_taken");
    let hold = bob.hold_best(&show, 2).await.done();
    let order = bob.order(&hold).await.done();
    let declined = bob.pay(&order["payments"][0], DECLINED).await.with(200);
    assert_eq!(declined["state"], "declined");
    house.later(std::time::Duration::from_mins(30));
    let cx = &house.shop.cx;
    ticketon_core::sweep(cx, 100).await.unwrap();
    number(house.shop.upkeep.as_ref().unwrap()).await;
    assert_eq!(bob.purchase(&order).await["state"], "expired");
    house.is_in_order().await;
}

pub(super) async fn what_people_look_through_is_one_statement(server: &Server) {
    let store = SqlStore::from(server.store().await);
    let lists = store.lists.clone();
    let house = House::on(store).await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    ana.buy(&show, ["A-1"]).await;
    ana.buy(&show, ["A-2"]).await;
    for (path, found) in [
        ("purchases", 2),
        ("purchases?limit=1", 1),
        ("tickets", 2),
        ("events?keyword=RECI", 1),
        ("events?keyword=nothing", 0),
        ("events?sort=created&keyword=recital", 1),
    ] {
        let before = lists.asked();
        let page = ana.get(path).await.done();
        assert_eq!(page["items"].as_array().unwrap().len(), found, "{path}");
        assert_eq!(lists.asked() - before, 1, "{path}");
    }
    let first = ana.get("purchases?limit=1").await.done();
    let next = format!(
        "purchases?limit=1&cursor={}",
        first["next_cursor"].as_str().unwrap()
    );
    let second = ana.get(&next).await.done();
    assert_ne!(first["items"][0]["code"], second["items"][0]["code"]);
    house.show(event("gala")).await;
    for sort in ["start", "created", "views"] {
        let path = format!("events?limit=1&sort={sort}");
        let first = ana.get(&path).await.done();
        let next = format!("{path}&cursor={}", first["next_cursor"].as_str().unwrap());
        let second = ana.get(&next).await.done();
        assert_ne!(first["items"][0]["slug"], second["items"][0]["slug"], "{sort}");
        assert!(second["next_cursor"].is_null(), "{sort}");
    }

    number(house.shop.upkeep.as_ref().unwrap()).await;
    while follow(&house.shop.cx, Projection::Trail, 100).await.unwrap() > 0 {}
    let before = lists.asked();
    let trail = house.admin().get("admin/audit?event=recital").await.done();
    assert_eq!(trail["items"][0]["kind"], "event_published");
    assert_eq!(lists.asked() - before, 1);
}

pub(super) async fn what_was_just_written_is_read_from_memory(server: &Server) {
    let store = SqlStore::from(server.store().await);
    let reads = store.reads.clone();
    let house = House::on(store).await;
    let show = house.recital().await;
    house.buyer("eve").buy(&show, ["A-1"]).await;
    let ana = house.buyer("ana");
    let before = reads.asked();
    let hold = ana.hold(&show, ["A-2"]).await.done();
    let purchase = ana.order(&hold).await.done();
    ana.pay(&purchase["payments"][0], GOOD).await.with(200);
    assert_eq!(
        reads.asked() - before,
        0,
        "hold, order and confirm ask the database nothing"
    );
}

pub(super) async fn a_store_goes_to_a_file_and_back(server: &Server) {
    let database = |url: String| StoreAddress::Database { url, read_url: None };
    let sold = database(server.database().await);
    let house = House::on(SqlStore::open_or_create(&sold).await.unwrap()).await;
    let show = house.gala(2).await;
    let ana = house.buyer("ana");
    ana.enter(&show).await;
    ana.key("once").buy(&show, ["A-1", "A-2"]).await;
    let folder = tempfile::TempDir::new().unwrap();
    let file = StoreAddress::File(folder.path().join("shop.db"));
    // Beside the shop that sells: not every fact has its position yet.
    let there = copy(&sold, &file).await.unwrap();
    assert!(
        there.rows > 20 && there.facts > 5 && there.answers == 1 && there.lines > 0,
        "{there:?}"
    );
    let back = database(server.database().await);
    assert_eq!(
        copy(&file, &back).await.unwrap(),
        there,
        "whichever database has it"
    );
    assert_eq!(contents(&sold).await.unwrap(), there);
    assert!(matches!(
        copy(&file, &back).await,
        Err(CopyError::Open(OpenError::Exists(_)))
    ));

    let house = House::on(SqlStore::open(&back).await.unwrap()).await;
    assert_eq!(
        house.buyer("ana").get("tickets").await.done()["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    house.buyer("bob").enter(&show).await;
    house.is_in_order().await;
}

pub(super) async fn a_replica_lists_what_anybody_may_see_and_nothing_else(server: &Server) {
    let (url, replica) = (server.database().await, server.database().await);
    // A replica that has heard of nothing yet.
    MySqlStore::open_or_create(&replica, None)
        .await
        .expect("an empty store");
    let store = MySqlStore::open_or_create(&url, Some(&replica))
        .await
        .expect("a new store");
    let house = House::on(SqlStore::from(store)).await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    ana.buy(&show, ["A-1"]).await;
    let found = |page: Value| page["items"].as_array().map(Vec::len);
    assert_eq!(
        found(house.anyone().get("events").await.done()),
        Some(0),
        "it lags"
    );
    assert_eq!(
        found(ana.get("purchases").await.done()),
        Some(1),
        "one's own does not"
    );
    assert_eq!(found(ana.get("tickets").await.done()), Some(1));
    house.anyone().get("events/recital").await.done();
    assert_eq!(
        found(house.admin().get("events").await.done()),
        Some(1),
        "nor do drafts of staff"
    );
}
