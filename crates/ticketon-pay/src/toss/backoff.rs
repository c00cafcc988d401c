//! How long to go on asking: pauses that double up to a bound, until a time is over.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::limits;

/// A bounded series of pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    total: Duration,
}

impl Backoff {
    /// Goes on for so many minutes: 15 outlive the longest that a payment stays undecided.
    pub const fn for_minutes(minutes: u64) -> Self {
        Self::for_at_most(Duration::from_mins(minutes))
    }

    /// Goes on for at most this long, apart from the last call's own time-outs.
    pub const fn for_at_most(total: Duration) -> Self {
        Self { total }
    }

    pub(super) fn start(self) -> Pauses {
        let end = Instant::now().checked_add(self.total);
        Pauses {
            next: limits::PAUSE_FIRST,
            end,
        }
    }
}

/// A backoff under way.
pub(super) struct Pauses {
    next: Duration,
    end: Option<Instant>,
}

impl Pauses {
    /// Waits for the next pause; false when the time is over.
    pub(super) async fn wait(&mut self) -> bool {
        let left = self
            .end
            .map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return false;
        }
        sleep(self.next.min(left)).await;
        self.next = self.next.saturating_mul(2).min(limits::PAUSE_MAX);
        true
    }
}
