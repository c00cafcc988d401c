//! What came of the ticks of this process.

use std::sync::atomic::{AtomicU64, Ordering};

use ticketon_core::Refusal;
use ticketon_queue::Tick;

/// What came of ticks so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticks {
    /// Ticks that were done.
    pub done: u64,
    /// Ticks that failed.
    pub failed: u64,
    /// Visitors who were let in.
    pub admitted: u64,
}

#[derive(Debug, Default)]
pub(super) struct CountedTicks {
    done: AtomicU64,
    failed: AtomicU64,
    admitted: AtomicU64,
}

impl CountedTicks {
    pub(super) fn count(&self, tick: Result<&Tick, &Refusal>) {
        match tick {
            Ok(tick) => {
                self.done.fetch_add(1, Ordering::Relaxed);
                self.admitted
                    .fetch_add(tick.admitted.len() as u64, Ordering::Relaxed);
            }
            Err(_) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn read(&self) -> Ticks {
        Ticks {
            done: self.done.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            admitted: self.admitted.load(Ordering::Relaxed),
        }
    }
}
