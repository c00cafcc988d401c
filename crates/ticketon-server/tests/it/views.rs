//! Views are counted once a viewer and window, added exactly once, and shown.

mod killed;
mod shown;

use std::sync::Arc;

use ticketon_core::ids::{EventId, Person};
use ticketon_core::{Caller, Timestamp, create_event, publish};
use ticketon_queue::Redis;
use ticketon_server::adapter::redis::RedisViews;
use ticketon_server::adapter::system::SystemEntropy;
use ticketon_server::limits::{VIEW_WINDOW, VIEWED_EVENTS_MAX};
use ticketon_server::views::{Batch, ViewCounts, Viewers, ViewsInMemory, Who};

use crate::support::{House, event};

const NOON: Timestamp = Timestamp::from_millis(1_796_122_800_000);

/// The same tests on every engine.
macro_rules! on {
    ($engine:ident with $redis:path: $($test:ident)*) => {
        mod $engine {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Engine::Redis($redis().await)).await;
            })*
        }
    };
}

macro_rules! on_all {
    ($($test:ident)*) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Engine::Memory(std::sync::Arc::default())).await;
            })*
        }
        on!(on_redis with crate::redis::server: $($test)*);
        on!(on_redis_cluster with crate::redis::cluster: $($test)*);
    };
}

on_all! {
    a_viewer_counts_once_a_window_whichever_process_sees_it
    what_is_taken_stays_until_it_is_confirmed
    more_events_than_one_decision_writes_are_counted_in_parts
    whoever_is_killed_in_between_adds_every_view_once
    two_who_add_at_once_add_every_view_once
}

/// Where views are counted.
enum Engine {
    Memory(Arc<ViewsInMemory>),
    Redis(Redis),
}

impl Engine {
    /// As one process more has it.
    fn process(&self) -> Arc<dyn ViewCounts> {
        match self {
            Self::Memory(views) => Arc::clone(views) as Arc<dyn ViewCounts>,
            Self::Redis(redis) => Arc::new(RedisViews::on(redis.clone())),
        }
    }
}

/// Somebody looks at an event.
fn looks(at: &dyn ViewCounts, event: EventId, name: &str, now: Timestamp) {
    let viewers = Viewers::new([7; 32]);
    let person = Person::new(name).unwrap();
    at.count(viewers.view(event, Who::User(&person), now), now, &SystemEntropy);
}

fn sum(batches: &[Batch]) -> u64 {
    batches.iter().flat_map(|batch| batch.seen.values()).sum()
}

fn an_event() -> EventId {
    EventId::new(NOON, &SystemEntropy)
}

async fn a_viewer_counts_once_a_window_whichever_process_sees_it(engine: Engine) {
    let processes = [engine.process(), engine.process()];
    let (gala, recital) = (an_event(), an_event());
    for process in &processes {
        for name in ["ana", "bob", "ana"] {
            looks(&**process, gala, name, NOON);
        }
        looks(&**process, recital, "ana", NOON);
        process.carried().await;
    }
    let next_window = NOON + VIEW_WINDOW;
    looks(&*processes[0], gala, "ana", next_window);
    processes[0].carried().await;
    let batches = processes[1].take().await.unwrap();
    let of = |event| -> u64 { batches.iter().filter_map(|batch| batch.seen.get(&event)).sum() };
    assert_eq!((of(gala), of(recital)), (3, 1));
    assert_eq!(processes[0].lost() + processes[1].lost(), 0);
}

async fn what_is_taken_stays_until_it_is_confirmed(engine: Engine) {
    let (one, other) = (engine.process(), engine.process());
    let gala = an_event();
    assert!(!other.has_any().await.unwrap());
    looks(&*one, gala, "ana", NOON);
    one.carried().await;
    assert!(other.has_any().await.unwrap());
    let first = one.take().await.unwrap();
    assert!(one.has_any().await.unwrap(), "it is not confirmed");
    looks(&*one, gala, "bob", NOON);
    one.carried().await;
    assert_eq!(
        other.take().await.unwrap(),
        first,
        "whoever asks, under the same name"
    );
    let another = Batch {
        id: ticketon_core::ids::ChangesId::new(NOON, &SystemEntropy),
        ..first[0].clone()
    };
    other.confirm(&another).await.unwrap();
    assert_eq!(
        other.take().await.unwrap(),
        first,
        "another name confirms nothing"
    );
    one.confirm(&first[0]).await.unwrap();
    let second = other.take().await.unwrap();
    assert_eq!(sum(&second), 1, "what came meanwhile comes next");
    assert_ne!(second[0].id, first[0].id);
    other.confirm(&second[0]).await.unwrap();
    assert_eq!(one.take().await.unwrap(), []);
}

async fn more_events_than_one_decision_writes_are_counted_in_parts(engine: Engine) {
    let process = engine.process();
    for _ in 0..2 * VIEWED_EVENTS_MAX {
        looks(&*process, an_event(), "ana", NOON);
    }
    let all = 2 * VIEWED_EVENTS_MAX as u64;
    process.carried().await;
    let batches = process.take().await.unwrap();
    assert_eq!(sum(&batches) + process.lost(), all);
    assert!(batches.len() > 1);
    for batch in &batches {
        assert!(batch.seen.len() <= VIEWED_EVENTS_MAX);
    }
}

async fn whoever_is_killed_in_between_adds_every_view_once(engine: Engine) {
    let house = House::on_sqlite().await;
    killed::at_every_step(&house, engine.process()).await;
}

async fn two_who_add_at_once_add_every_view_once(engine: Engine) {
    let house = House::on_sqlite().await;
    let (one, other) = (engine.process(), engine.process());
    let gala = published(&house, "gala").await;
    for round in 1..=5 {
        for name in 0..10 {
            looks(&*one, gala, &format!("{round}-{name}"), NOON);
        }
        one.carried().await;
        let (one, other) = tokio::join!(
            ticketon_server::views::flush_views(&house.shop.cx, &*one),
            ticketon_server::views::flush_views(&house.shop.background, &*other),
        );
        one.and(other).unwrap();
        assert_eq!(views(&house, gala).await, round * 10);
    }
}

/// An event on the shelf.
async fn published(house: &House, slug: &str) -> EventId {
    let staff = Caller::system("test");
    let created = create_event(&house.shop.cx, &staff, event(slug)).await.unwrap();
    publish(&house.shop.cx, &staff, created.id).await.unwrap();
    created.id
}

/// How often an event was looked at, as the store has it.
async fn views(house: &House, event: EventId) -> u64 {
    let freshness = ticketon_core::store::Freshness::Fresh;
    let views = house
        .shop
        .cx
        .load::<ticketon_core::views::Views>((event,), freshness)
        .await;
    views.unwrap().map_or(0, |(views, _)| views.count)
}
