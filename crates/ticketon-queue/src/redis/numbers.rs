//! Numbers are recorded before they are given, so that a queue which forgets never gives one twice.

use redis::Script;

use super::RedisQueue;
use super::call::{moment, settings_args};
use super::scripts::SCRIPTS;
use crate::ceiling::{Ceiling, CeilingError};
use crate::entry::Seq;
use crate::error::QueueError;
use crate::keys::Receipt;
use crate::limits;
use crate::policy::Settings;
use crate::time::{Timestamp, whole_ms};

/// Why a queue has no number to give.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lack {
    /// All below its ceiling were given.
    UsedUp,
    /// It may have forgotten some that it gave.
    Forgot,
}

/// What a queue knows of its numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) epoch: u32,
    pub(super) ceiling: Seq,
    pub(super) lack: Lack,
}

impl RedisQueue {
    /// Makes the room in an epoch of its own, above everything that was recorded of it.
    pub(super) async fn make(&self, settings: &Settings, now: Timestamp) -> Result<bool, QueueError> {
        let recorded = self.ceilings.recorded(&self.room).await?;
        if recorded.is_some_and(|recorded| now.since(recorded.since) < limits::EPOCH_SETTLES) {
            return Err(being_made());
        }
        let (epoch, lost_up_to) = recorded.map_or((0, Seq(0)), |recorded| (recorded.epoch, recorded.seq));
        let ceiling = Ceiling {
            epoch: epoch + 1,
            since: now,
            seq: Seq(lost_up_to.0 + limits::NUMBERS_AT_ONCE),
        };
        if !self.ceilings.replace(&self.room, recorded, ceiling).await? {
            return Err(being_made());
        }
        let newcomers_from = recorded.map_or(0, |_| now.plus(limits::COMING_BACK).ms());
        let mut args = vec![
            ceiling.epoch.to_string(),
            lost_up_to.to_string(),
            ceiling.seq.to_string(),
            newcomers_from.to_string(),
            moment(now),
        ];
        args.extend(settings_args(settings));
        args.push(whole_ms(limits::REDIS_KEPT).to_string());
        let made: u8 = redis::from_redis_value(self.call(&SCRIPTS.open, &args).await?)
            .map_err(|error| QueueError::Corrupt(error.to_string()))?;
        Ok(made == 1)
    }

    /// Records more numbers and lets the queue give them; in the next epoch if it may have forgotten some, or if a
    /// receipt proves that. Somebody else may be first: the queue is asked again in any case.
    pub(super) async fn number(
        &self,
        known: Known,
        receipt: Option<&Receipt>,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        let recorded = self.ceilings.recorded(&self.room).await?;
        let told = recorded.map_or((known.epoch, known.ceiling), |recorded| {
            (recorded.epoch, recorded.seq)
        });
        let shown = receipt.map_or((0, Seq(0)), |receipt| (receipt.epoch, receipt.seq));
        let epoch = told.0.max(known.epoch).max(shown.0);
        let used = told.1.max(known.ceiling).max(shown.1);
        let goes_on = known.lack == Lack::UsedUp && epoch == known.epoch;
        let ceiling = Ceiling {
            epoch: if goes_on { epoch } else { epoch + 1 },
            since: recorded
                .filter(|_| goes_on)
                .map_or(now, |recorded| recorded.since),
            seq: Seq(used.0 + limits::NUMBERS_AT_ONCE),
        };
        if !self.ceilings.replace(&self.room, recorded, ceiling).await? {
            return Ok(());
        }
        if goes_on {
            self.tell(
                &SCRIPTS.grant,
                [ceiling.epoch.to_string(), ceiling.seq.to_string()],
            )
            .await
        } else {
            let args = [
                ceiling.epoch.to_string(),
                used.to_string(),
                ceiling.seq.to_string(),
            ];
            self.tell(&SCRIPTS.renew, args).await
        }
    }

    async fn tell<const N: usize>(&self, script: &Script, args: [String; N]) -> Result<(), QueueError> {
        self.ask(script, &args).await?;
        Ok(())
    }
}

fn being_made() -> QueueError {
    QueueError::Unreachable("somebody else is just making this queue".to_owned())
}

impl From<CeilingError> for QueueError {
    fn from(error: CeilingError) -> Self {
        Self::Unreachable(format!("its numbers cannot be recorded: {error}"))
    }
}
