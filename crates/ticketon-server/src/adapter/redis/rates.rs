//! Rates that hold over all processes together.

use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redis::{FromRedisValue, Script};
use sha2::{Digest as _, Sha256};
use ticketon_core::Timestamp;
use ticketon_queue::Redis;

use super::courtesy::Courtesy;
use crate::rates::{Buckets, BucketsInMemory, Key, Rate};

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/take_token.lua")));

/// Buckets on Redis; in this process while it does not answer.
pub struct RedisBuckets {
    redis: Courtesy,
    alone: BucketsInMemory,
}

impl RedisBuckets {
    /// The buckets of all who are connected to the same.
    pub fn on(redis: Redis) -> Self {
        Self {
            redis: Courtesy::of(redis),
            alone: BucketsInMemory::default(),
        }
    }
}

#[async_trait]
impl Buckets for RedisBuckets {
    async fn take(&self, rate: Rate, key: Key, now: Timestamp) -> Result<(), Duration> {
        let now_us = u128::try_from(now.as_millis()).unwrap_or(0) * 1_000;
        let args = [now_us, rate.every().as_micros(), rate.full().as_micros()];
        let args = args.map(|number| number.to_string());
        let name = self.redis.key(&format!("r:{}", nameless(&key)), "full-at");
        let answer = self.redis.ask(&TAKE, &[name], &args).await;
        match answer.map(u64::from_redis_value) {
            Some(Ok(0)) => Ok(()),
            Some(Ok(refills_in)) => Err(Duration::from_micros(refills_in)),
            Some(Err(_)) | None => self.alone.take(rate, key, now).await,
        }
    }
}

/// Nobody's address stands in a key of Redis.
fn nameless(key: &Key) -> String {
    let hash = Sha256::digest(format!("{key:?}"));
    URL_SAFE_NO_PAD.encode(&hash[..16])
}
