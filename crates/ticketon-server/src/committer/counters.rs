//! What a committer has done so far.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a committer has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counters {
    /// Batches that became durable.
    pub batches: u64,
    /// Changes that were accepted.
    pub changes: u64,
    /// Changes that were refused.
    pub conflicts: u64,
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

#[derive(Default)]
pub(super) struct Counting {
    batches: AtomicU64,
    changes: AtomicU64,
    conflicts: AtomicU64,
    largest_batch: AtomicU64,
    lines: AtomicU64,
    retries: AtomicU64,
    races: AtomicU64,
    bugs: AtomicU64,
}

impl Counting {
    pub(super) fn batch(&self, accepted: usize, refused: usize, lines: usize) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.changes.fetch_add(accepted as u64, Ordering::Relaxed);
        self.conflicts.fetch_add(refused as u64, Ordering::Relaxed);
        self.largest_batch
            .fetch_max((accepted + refused) as u64, Ordering::Relaxed);
        self.lines.fetch_add(lines as u64, Ordering::Relaxed);
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
        Counters {
            batches: self.batches.load(Ordering::Relaxed),
            changes: self.changes.load(Ordering::Relaxed),
            conflicts: self.conflicts.load(Ordering::Relaxed),
            largest_batch: self.largest_batch.load(Ordering::Relaxed),
            lines: self.lines.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            races: self.races.load(Ordering::Relaxed),
            bugs: self.bugs.load(Ordering::Relaxed),
        }
    }
}
