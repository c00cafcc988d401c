//! What committers have done so far. Those of one process count together.

use std::sync::atomic::{AtomicU64, Ordering};

use ticketon_core::store::Conflict;
use tokio::time::Instant;

use crate::metrics::{self, Histogram};

/// What committers have done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counters {
    /// Batches that became durable.
    pub batches: u64,
    /// Changes that were accepted.
    pub changes: u64,
    /// Changes that were refused.
    pub conflicts: u64,
    /// Of these, changes of which a row had changed since it was read.
    pub stale: u64,
    /// Of these, changes that wanted what another row holds.
    pub taken: u64,
    /// Of these, changes whose request was answered before.
    pub answered: u64,
    /// Changes that were not let in, because as many waited as may.
    pub full: u64,
    /// The most changes in one batch.
    pub largest_batch: u64,
    /// Journal lines appended.
    pub lines: u64,
    /// Times a batch was sent again because the store did not answer.
    pub retries: u64,
    /// Times a batch was begun again because another writer to the same store was first.
    pub races: u64,
    /// Batches that a constraint refused though nothing stood against them: each is a bug.
    pub bugs: u64,
}

pub(super) struct Counting {
    /// Changes by batch.
    pub(super) sizes: Histogram,
    /// Seconds from the hand-over of changes to their being durable.
    pub(super) waits: Histogram,
    batches: AtomicU64,
    changes: AtomicU64,
    stale: AtomicU64,
    taken: AtomicU64,
    answered: AtomicU64,
    full: AtomicU64,
    largest_batch: AtomicU64,
    lines: AtomicU64,
    retries: AtomicU64,
    races: AtomicU64,
    bugs: AtomicU64,
}

impl Counting {
    /// Counts a batch that is durable: what became of its changes, and when each was handed over.
    pub(super) fn batch(&self, verdicts: &[Result<(), Conflict>], handed_over: &[Instant], lines: usize) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.largest_batch
            .fetch_max(verdicts.len() as u64, Ordering::Relaxed);
        self.lines.fetch_add(lines as u64, Ordering::Relaxed);
        if let Ok(changes) = u32::try_from(verdicts.len())
            && changes > 0
        {
            self.sizes.observe(f64::from(changes));
        }
        for verdict in verdicts {
            let counter = match verdict {
                Ok(()) => &self.changes,
                Err(Conflict::Stale(_)) => &self.stale,
                Err(Conflict::Taken(_)) => &self.taken,
                Err(Conflict::Answered(_)) => &self.answered,
            };
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let now = Instant::now();
        for since in handed_over {
            self.waits.observe(now.duration_since(*since).as_secs_f64());
        }
    }

    pub(super) fn full(&self) {
        self.full.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn race(&self) {
        self.races.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn bug(&self) {
        self.bugs.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Counters {
        let [stale, taken, answered] =
            [&self.stale, &self.taken, &self.answered].map(|counter| counter.load(Ordering::Relaxed));
        Counters {
            conflicts: stale + taken + answered,
            stale,
            taken,
            answered,
            full: self.full.load(Ordering::Relaxed),
            batches: self.batches.load(Ordering::Relaxed),
            changes: self.changes.load(Ordering::Relaxed),
            largest_batch: self.largest_batch.load(Ordering::Relaxed),
            lines: self.lines.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            races: self.races.load(Ordering::Relaxed),
            bugs: self.bugs.load(Ordering::Relaxed),
        }
    }
}

impl Default for Counting {
    fn default() -> Self {
        Self {
            sizes: metrics::sizes(),
            waits: metrics::durations(),
            batches: AtomicU64::default(),
            changes: AtomicU64::default(),
            stale: AtomicU64::default(),
            taken: AtomicU64::default(),
            answered: AtomicU64::default(),
            full: AtomicU64::default(),
            largest_batch: AtomicU64::default(),
            lines: AtomicU64::default(),
            retries: AtomicU64::default(),
            races: AtomicU64::default(),
            bugs: AtomicU64::default(),
        }
    }
}
