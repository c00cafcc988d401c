//! What several processes share on Redis, and that a sale goes on without it.

mod on_redis;
mod on_redis_cluster;
#[expect(dead_code, reason = "the queue's own tests do more with a server")]
#[path = "../../../ticketon-queue/tests/queue/redis/private.rs"]
mod private;
mod without;

use std::time::Duration;

use ticketon_core::Timestamp;
use ticketon_core::contract::claims;
use ticketon_core::ids::{Person, SaleId};
use ticketon_queue::Redis;
use ticketon_server::adapter::redis::{RedisBuckets, RedisClaims, RedisLeases};
use ticketon_server::adapter::system::SystemEntropy;
use ticketon_server::leases::{Lease, Leases as _};
use ticketon_server::rates::{Buckets as _, Key, Rate};

const NOON: Timestamp = Timestamp::from_millis(1_796_122_800_000);

/// The server that `cargo xtask up` started, with keys of this test's own.
pub(crate) async fn server() -> Redis {
    let url = address("TICKETON_TEST_REDIS_URL");
    Redis::connect(&format!("{url}?prefix={}", unused()))
        .await
        .unwrap()
}

/// The cluster that `cargo xtask up` started, with keys of this test's own.
pub(crate) async fn cluster() -> Redis {
    let nodes = address("TICKETON_TEST_REDIS_CLUSTER_URL").replace("redis://", "");
    let url = format!("redis-cluster://{nodes}?prefix={}", unused());
    Redis::connect(&url).await.unwrap()
}

fn address(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run `cargo xtask up`, or the tests with `cargo xtask test`")
    })
}

fn unused() -> String {
    SaleId::new(NOON, &SystemEntropy).to_string()
}

async fn claims_do_what_all_claims_must_do(redis: Redis) {
    claims(&RedisClaims::on(redis), &SystemEntropy).await;
}

async fn a_rate_holds_over_two_processes(redis: Redis) {
    let processes = [RedisBuckets::on(redis.clone()), RedisBuckets::on(redis)];
    let rate = Rate {
        per_minute: 60,
        burst: 3,
    };
    let key = |name: &str| Key::User(Person::new(name).unwrap());
    for process in [0, 1, 1] {
        assert_eq!(processes[process].take(rate, key("ana"), NOON).await, Ok(()));
    }
    let soon = NOON + Duration::from_millis(400);
    for process in &processes {
        let refused = process.take(rate, key("ana"), soon).await;
        assert_eq!(refused, Err(Duration::from_millis(600)));
    }
    assert_eq!(processes[0].take(rate, key("bob"), soon).await, Ok(()));
    let later = NOON + Duration::from_secs(1);
    assert_eq!(processes[0].take(rate, key("ana"), later).await, Ok(()));
    assert!(processes[1].take(rate, key("ana"), later).await.is_err());
}

async fn a_lease_is_one_processes_until_it_dies(redis: Redis) {
    let lease = Lease::Dispatcher(SaleId::new(NOON, &SystemEntropy));
    let other_lease = Lease::Dispatcher(SaleId::new(NOON, &SystemEntropy));
    let (one, other) = (
        RedisLeases::on(redis.clone(), &SystemEntropy),
        RedisLeases::on(redis, &SystemEntropy),
    );
    assert!(one.hold(lease).await && one.hold(lease).await, "it keeps it");
    assert!(!other.hold(lease).await);
    assert!(other.hold(other_lease).await);
    tokio::time::sleep(ticketon_server::limits::LEASE_LASTS + Duration::from_millis(200)).await;
    assert!(
        other.hold(lease).await,
        "and loses it when it does not ask any more"
    );
    assert!(!one.hold(lease).await);
}
