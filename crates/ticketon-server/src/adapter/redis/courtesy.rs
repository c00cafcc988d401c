//! Asking Redis for what one can do without.

use std::sync::{Mutex, MutexGuard, PoisonError};

use redis::{Script, Value};
use ticketon_queue::Redis;
use tokio::time::Instant;

use crate::limits;

/// A connection that is left alone for a moment after it has failed, so that one slow answer does not slow down all.
pub(super) struct Courtesy {
    redis: Redis,
    rests_until: Mutex<Option<Instant>>,
}

impl Courtesy {
    pub(super) fn of(redis: Redis) -> Self {
        Self {
            redis,
            rests_until: Mutex::default(),
        }
    }

    /// A key; all keys of one tag can be used in one script.
    pub(super) fn key(&self, tag: &str, name: &str) -> String {
        self.redis.key(tag, name)
    }

    /// What a script answers, unless Redis does not.
    pub(super) async fn ask(&self, script: &Script, keys: &[String], args: &[String]) -> Option<Value> {
        if self.rests_until().is_some_and(|until| Instant::now() < until) {
            return None;
        }
        match self.redis.run(script, keys, args).await {
            Ok(value) => {
                *self.rests_until() = None;
                Some(value)
            }
            Err(error) => {
                let was_resting = self.rests_until().replace(Instant::now() + limits::REDIS_RESTS);
                if was_resting.is_none() {
                    tracing::warn!("doing without claims, common rates, leases and views: {error}");
                }
                None
            }
        }
    }

    fn rests_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.rests_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
