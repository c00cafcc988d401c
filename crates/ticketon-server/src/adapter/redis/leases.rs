//! Leases that every process sees: who has one does the work, the others only look.

use std::sync::LazyLock;

use async_trait::async_trait;
use redis::{FromRedisValue, Script};
use ticketon_core::entropy::Entropy;
use ticketon_queue::Redis;

use super::courtesy::Courtesy;
use crate::leases::{Lease, Leases};
use crate::limits;

static HOLD: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/hold_lease.lua")));

/// Leases on Redis.
pub struct RedisLeases {
    redis: Courtesy,
    holder: String,
}

impl RedisLeases {
    /// The leases of all who are connected to the same; this process is told from others by random bytes.
    pub fn on(redis: Redis, entropy: &dyn Entropy) -> Self {
        let mut random = [0; 16];
        entropy.fill(&mut random);
        Self {
            redis: Courtesy::of(redis),
            holder: format!("{:032x}", u128::from_be_bytes(random)),
        }
    }
}

#[async_trait]
impl Leases for RedisLeases {
    async fn hold(&self, lease: Lease) -> bool {
        let key = self.redis.key(&format!("lease/{}", lease.name()), "holder");
        let args = [self.holder.clone(), limits::LEASE_LASTS.as_millis().to_string()];
        let answer = self.redis.ask(&HOLD, &[key], &args).await;
        answer.is_none_or(|answer| bool::from_redis_value(answer).unwrap_or(true))
    }
}
