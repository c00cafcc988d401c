//! Rooms on an engine that is shared with other tests: each has a name that no other run uses.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use ticketon_queue::contract::{Maker, Reload, every_case, same_as_memory, same_as_the_model};
use ticketon_queue::{Ceilings, CeilingsInMemory, Redis, RedisQueue, RoomName};

/// The server that `cargo xtask up` started.
pub(super) async fn server() -> Redis {
    Redis::connect(&address("TICKETON_TEST_REDIS_URL")).await.unwrap()
}

/// The cluster that `cargo xtask up` started.
pub(super) async fn cluster() -> Redis {
    let nodes = address("TICKETON_TEST_REDIS_CLUSTER_URL").replace("redis://", "");
    Redis::connect(&format!("redis-cluster://{nodes}")).await.unwrap()
}

fn address(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run `cargo xtask up`, or the tests with `cargo xtask test`")
    })
}

pub(super) fn unused_room() -> RoomName {
    RoomName::parse(&format!("opera-{:x}", RandomState::new().hash_one(0))).unwrap()
}

pub(super) fn maker(redis: &Redis) -> Maker {
    let (redis, room) = (redis.clone(), unused_room());
    let ceilings: Arc<dyn Ceilings> = Arc::new(CeilingsInMemory::default());
    Box::new(move || {
        Arc::new(RedisQueue::new(
            room.clone(),
            redis.clone(),
            Arc::clone(&ceilings),
        ))
    })
}

pub(super) async fn keeps_the_contract(redis: &Redis) {
    every_case(|| maker(redis), Reload::Never).await;
    every_case(|| maker(redis), Reload::AfterEveryStep).await;
}

pub(super) async fn answers_like_a_list(redis: &Redis) {
    for seed in 0..4 {
        same_as_the_model(maker(redis), Reload::Never, seed, 120).await;
    }
}

pub(super) async fn answers_like_the_one_in_memory(redis: &Redis) {
    for seed in 0..8 {
        same_as_memory(maker(redis), seed, 250).await;
    }
}
