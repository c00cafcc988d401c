//! What whoever runs a sale sees of its waiting room, and may change while people wait. Nobody's place moves by it.

use ticketon_core::{Context, Refusal, Timestamp};
use ticketon_queue::{Change, Counters, Decision, Settings, decide_admission};

use super::{Room, to_queue};

/// How a room stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Who waits, who is inside.
    pub counters: Counters,
    /// How it is run.
    pub settings: Settings,
    /// What the next tick would do, and why.
    pub decision: Decision,
}

impl Room {
    /// How the room stands now.
    pub async fn standing(&self, cx: &Context) -> Result<Standing, Refusal> {
        let (now, sellable) = (cx.now(), self.sellable(cx).await?);
        let counters = self.ask(now, |queue| queue.counters(to_queue(now))).await?;
        let settings = self.settings(now).await?;
        Ok(Standing {
            decision: decide_admission(&counters, &settings.policy, sellable),
            counters,
            settings,
        })
    }

    /// Runs the room as `wanted` from now on, if it is still run as was seen; those who wait hear of it with the next tick.
    pub async fn replace<'a>(
        &'a self,
        seen: &'a Settings,
        wanted: &Settings,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        wanted
            .validate()
            .map_err(|error| Refusal::field("queue", error.to_string()))?;
        self.ask(now, |queue| queue.replace(seen, wanted.clone(), to_queue(now)))
            .await
    }

    /// Runs the room differently from now on; those who wait hear of it with the next tick.
    pub async fn change(&self, change: &Change, now: Timestamp) -> Result<(), Refusal> {
        let changed = self.settings(now).await?.changed(change.clone());
        changed
            .validate()
            .map_err(|error| Refusal::field("queue", error.to_string()))?;
        self.ask(now, |queue| queue.change(change.clone(), to_queue(now)))
            .await?;
        Ok(())
    }

    /// How the room is run.
    pub async fn settings(&self, now: Timestamp) -> Result<Settings, Refusal> {
        let progress = self.ask(now, |queue| queue.progress(to_queue(now))).await?;
        Ok(Settings::clone(&progress.settings))
    }
}
