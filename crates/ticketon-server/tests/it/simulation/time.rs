//! Two clocks over the runtime's paused one: the world's, which everybody else shares, and the shop's, which goes a
//! little wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ticketon_core::Timestamp;
use ticketon_core::time::Clock;
use tokio::time::Instant;

/// What time it is in the world. It may jump ahead, as it does for a machine that slept.
pub(super) struct WorldTime {
    epoch: Timestamp,
    began: Instant,
    jumped_ms: AtomicI64,
    skew_ms: AtomicI64,
}

/// What time the shop thinks it is: the world's, give or take.
pub(super) struct ShopClock(pub(super) Arc<WorldTime>);

impl WorldTime {
    /// From `epoch` on.
    pub(super) fn from(epoch: &str) -> Self {
        Self {
            epoch: epoch.parse().unwrap(),
            began: Instant::now(),
            jumped_ms: AtomicI64::new(0),
            skew_ms: AtomicI64::new(0),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.since_the_beginning().as_millis()).unwrap();
        Timestamp::from_millis(self.epoch.as_millis() + elapsed + self.jumped_ms.load(Ordering::Relaxed))
    }

    /// Without the jumps: what the trace shows.
    pub(super) fn since_the_beginning(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn jump(&self, ahead: Duration) {
        let ahead = i64::try_from(ahead.as_millis()).unwrap();
        self.jumped_ms.fetch_add(ahead, Ordering::Relaxed);
    }

    /// How much the shop's clock is ahead of the world's from now on. Less than before means that it goes back.
    pub(super) fn skew(&self, ms: i64) {
        self.skew_ms.store(ms, Ordering::Relaxed);
    }
}

impl Clock for ShopClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.now().as_millis() + self.0.skew_ms.load(Ordering::Relaxed))
    }
}
