//! The end of the log in memory. Its readers follow one another within a moment, so the first to come reads what is new
//! from the database, and the others hear it from here.
//!
//! A fact never changes and positions are dense, so what is kept is never out of date; what follows it is not known here.
//! It is bounded by forgetting what was read first.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ticketon_core::fact::{Position, Recorded};

use crate::limits;

/// The facts that were read last, without a gap.
#[derive(Debug, Default)]
pub(super) struct LogTail(Mutex<VecDeque<Recorded>>);

impl LogTail {
    /// Facts after a position, if the first of them is kept; perhaps fewer than the log has.
    pub(super) fn after(&self, after: Position, limit: usize) -> Vec<Recorded> {
        let kept = self.kept();
        let first = kept.front().map_or(u64::MAX, |first| first.position.0);
        match after.0.saturating_add(1).checked_sub(first).map(usize::try_from) {
            Some(Ok(skipped)) => kept.iter().skip(skipped).take(limit).cloned().collect(),
            Some(Err(_)) | None => Vec::new(),
        }
    }

    /// Keeps what was read, if it is further on than what is kept.
    pub(super) fn read(&self, facts: &[Recorded]) {
        let mut kept = self.kept();
        let end = kept.back().map(|last| last.position);
        let (Some(first), Some(last)) = (facts.first(), facts.last()) else {
            return;
        };
        if end.is_some_and(|end| last.position <= end) {
            return;
        }
        if end.is_some_and(|end| first.position.0 > end.0 + 1) {
            kept.clear();
        }
        kept.extend(
            facts
                .iter()
                .filter(|fact| end.is_none_or(|end| fact.position > end))
                .cloned(),
        );
        let surplus = kept.len().saturating_sub(limits::FACTS_KEPT);
        kept.drain(..surplus);
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Recorded>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use ticketon_core::contract::sample;

    use super::*;

    fn facts(positions: impl Iterator<Item = u64>) -> Vec<Recorded> {
        let recorded = |position| Recorded {
            position: Position(position),
            fact: sample::fact(),
            act: None,
        };
        positions.map(recorded).collect()
    }

    fn after(tail: &LogTail, after: u64, limit: usize) -> Vec<u64> {
        let facts = tail.after(Position(after), limit);
        facts.iter().map(|recorded| recorded.position.0).collect()
    }

    #[test]
    fn whoever_comes_second_hears_what_the_first_one_read() {
        let tail = LogTail::default();
        assert!(after(&tail, 0, 9).is_empty());
        tail.read(&facts(3..=6));
        assert_eq!(after(&tail, 2, 9), [3, 4, 5, 6]);
        assert_eq!(after(&tail, 4, 1), [5]);
        assert!(after(&tail, 6, 9).is_empty(), "the database knows");
        assert!(after(&tail, 1, 9).is_empty(), "2 is not kept");
    }

    #[test]
    fn what_is_kept_has_no_gap_and_an_end() {
        let tail = LogTail::default();
        tail.read(&facts(1..=4));
        tail.read(&facts(3..=6));
        tail.read(&facts(1..=2));
        assert_eq!(after(&tail, 0, 9), [1, 2, 3, 4, 5, 6]);
        tail.read(&facts(9..=10));
        assert!(after(&tail, 5, 9).is_empty());
        assert_eq!(after(&tail, 8, 9), [9, 10]);
        let many = 11 + limits::FACTS_KEPT as u64;
        tail.read(&facts(11..many));
        assert!(after(&tail, 9, 9).is_empty());
        assert_eq!(after(&tail, many - 2, 9), [many - 1]);
    }
}
