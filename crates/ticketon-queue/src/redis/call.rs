//! Asking a room's script, and what every answer may be: that there is no such room, or something to be read.

use redis::{Script, Value};

use super::reply::Answer;
use super::{RedisError, RedisQueue};
use crate::error::QueueError;
use crate::limits;
use crate::policy::Settings;
use crate::time::{Timestamp, whole_ms};

impl RedisQueue {
    /// Runs a script of an open room.
    pub(super) async fn ask(&self, script: &Script, args: &[String]) -> Result<Answer, QueueError> {
        let answer = Answer::of(self.call(script, args).await?)?;
        match answer.status() {
            "lost" => Err(QueueError::QueueLost),
            _ => Ok(answer),
        }
    }

    pub(super) async fn call(&self, script: &Script, args: &[String]) -> Result<Value, QueueError> {
        Ok(self.redis.run(script, &self.keys, args).await?)
    }
}

impl From<RedisError> for QueueError {
    fn from(error: RedisError) -> Self {
        match error {
            RedisError::Unreachable(_) => Self::Unreachable(error.to_string()),
            RedisError::Address { .. } | RedisError::Unexpected(_) => Self::Corrupt(error.to_string()),
        }
    }
}

/// Settings as the scripts take them: whole, and the numbers that they count with.
pub(super) fn settings_args(settings: &Settings) -> [String; 8] {
    let policy = &settings.policy;
    [
        settings_text(settings),
        settings.opens_at.ms().to_string(),
        settings.entry_from().ms().to_string(),
        u8::from(settings.paused).to_string(),
        policy.capacity.to_string(),
        policy.per_minute.to_string(),
        whole_ms(policy.claim).to_string(),
        whole_ms(policy.stay).to_string(),
    ]
}

pub(super) fn settings_text(settings: &Settings) -> String {
    serde_json::to_string(settings).expect("numbers and texts always have a JSON form")
}

pub(super) fn moment(now: Timestamp) -> String {
    now.ms().to_string()
}

/// Stock as a number that Lua can count with: beyond a full room it makes no difference.
pub(super) fn stock(sellable: u64) -> String {
    sellable.min(limits::WAITING_MAX as u64).to_string()
}
