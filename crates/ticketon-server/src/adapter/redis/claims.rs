//! Claims that every process sees. The claims of one performance lie in one slot; of a cluster's many performances each
//! lies somewhere else.

use std::ops::Range;
use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use redis::{FromRedisValue, Script, Value};
use ticketon_core::Timestamp;
use ticketon_core::claims::{ClaimOwner, Claimed, Claims};
use ticketon_core::ids::PerformanceId;
use ticketon_core::limits::CLAIM_KEPT;
use ticketon_core::plan::SeatNumber;
use ticketon_queue::Redis;

use super::courtesy::Courtesy;

static TAKE: LazyLock<Script> = LazyLock::new(|| with_live(include_str!("lua/take_claims.lua")));
static GIVE_BACK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/give_back_claims.lua")));
static CLAIMED: LazyLock<Script> = LazyLock::new(|| with_live(include_str!("lua/claimed.lua")));

/// Claims on Redis.
pub struct RedisClaims(Courtesy);

impl RedisClaims {
    /// The claims of all who are connected to the same.
    pub fn on(redis: Redis) -> Self {
        Self(Courtesy::of(redis))
    }

    fn keys(&self, performance: PerformanceId) -> [String; 2] {
        ["owners", "ends"].map(|name| self.0.key(&format!("c:{performance}"), name))
    }
}

#[async_trait]
impl Claims for RedisClaims {
    async fn take(
        &self,
        performance: PerformanceId,
        seats: &[SeatNumber],
        owner: &ClaimOwner,
        now: Timestamp,
    ) -> Result<(), Claimed> {
        let mut args = vec![
            text_of(owner),
            moment(now),
            moment(now + CLAIM_KEPT),
            // Kept longer than that where clocks differ; `now` decides.
            milliseconds(2 * CLAIM_KEPT),
        ];
        args.extend(seats.iter().map(|seat| seat.0.to_string()));
        let answer = self.0.ask(&TAKE, &self.keys(performance), &args).await;
        match answer {
            Some(Value::Array(by_others)) => Err(Claimed {
                by_others: sorted(Value::Array(by_others)),
            }),
            Some(_) | None => Ok(()),
        }
    }

    async fn give_back(&self, performance: PerformanceId, seats: &[SeatNumber], owner: &ClaimOwner) {
        let mut args = vec![text_of(owner)];
        args.extend(seats.iter().map(|seat| seat.0.to_string()));
        // Without an answer they end by themselves.
        self.0.ask(&GIVE_BACK, &self.keys(performance), &args).await;
    }

    async fn claimed(
        &self,
        performance: PerformanceId,
        numbers: Range<u32>,
        now: Timestamp,
        owner: &ClaimOwner,
    ) -> Vec<SeatNumber> {
        let args = [text_of(owner), moment(now)];
        let answer = self.0.ask(&CLAIMED, &self.keys(performance), &args).await;
        let mut seats = answer.map(sorted).unwrap_or_default();
        seats.retain(|seat| numbers.contains(&seat.0));
        seats
    }
}

/// With what both scripts that look at live claims begin with.
fn with_live(script: &str) -> Script {
    Script::new(&[include_str!("lua/live_claims.lua"), script].concat())
}

/// In plan order; an answer that is no list of seats claims none.
fn sorted(answer: Value) -> Vec<SeatNumber> {
    let mut numbers = Vec::<u32>::from_redis_value(answer).unwrap_or_default();
    numbers.sort_unstable();
    numbers.into_iter().map(SeatNumber).collect()
}

fn text_of(owner: &ClaimOwner) -> String {
    match owner {
        ClaimOwner::Request(bytes) => format!("request {:032x}", u128::from_be_bytes(*bytes)),
        // No key has a space in it.
        ClaimOwner::Repeatable(person, key) => format!("key {} {person}", key.as_str()),
    }
}

fn moment(at: Timestamp) -> String {
    at.as_millis().to_string()
}

fn milliseconds(duration: Duration) -> String {
    duration.as_millis().to_string()
}
