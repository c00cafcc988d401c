//! The rate limit: a token bucket inside the queue's state, so that any number of dispatchers together stay within
//! it. Whole numbers only: the same moments give the same tokens on every machine.

use serde::{Deserialize, Serialize};

use crate::limits::BURST;
use crate::time::{Timestamp, whole_ms};

/// A minute in milliseconds. A token is counted in as many parts, so that a rate of n a minute adds n parts a
/// millisecond and nothing is ever rounded.
const PARTS: u64 = 60_000;

/// What may be admitted at once without exceeding the rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Bucket(u64, Timestamp);

impl Bucket {
    /// A full bucket.
    pub(crate) fn full(per_minute: u32, now: Timestamp) -> Self {
        Self(brim(per_minute), now)
    }

    /// The bucket as it stands now: what the time since has added, up to the brim.
    #[must_use]
    pub(crate) fn refilled(self, per_minute: u32, now: Timestamp) -> Self {
        let Self(parts, as_of) = self;
        let gained = whole_ms(now.since(as_of)).saturating_mul(u64::from(per_minute));
        Self(parts.saturating_add(gained).min(brim(per_minute)), as_of.max(now))
    }

    /// The bucket after `count` admissions.
    #[must_use]
    pub(crate) fn less(self, count: usize) -> Self {
        let Self(parts, as_of) = self;
        Self(parts.saturating_sub(PARTS.saturating_mul(count as u64)), as_of)
    }

    /// Whole admissions left.
    pub(crate) fn tokens(self) -> u64 {
        self.0 / PARTS
    }
}

/// The most that is saved up: the burst's worth of the rate, and always one, or a slow rate would never admit.
fn brim(per_minute: u32) -> u64 {
    (whole_ms(BURST) * u64::from(per_minute)).max(PARTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    #[test]
    fn two_seconds_of_rate_are_saved_up() {
        let bucket = Bucket::full(3_000, at(0));
        assert_eq!(bucket.tokens(), 100);
        assert_eq!(bucket.refilled(3_000, at(3_600_000)).tokens(), 100);
    }

    #[test]
    fn a_slow_rate_admits_one_at_a_time() {
        let empty = Bucket::full(2, at(0)).less(1);
        assert_eq!(empty.refilled(2, at(29_999)).tokens(), 0);
        assert_eq!(empty.refilled(2, at(30_000)).tokens(), 1);
    }

    #[test]
    fn looking_often_loses_no_part_of_a_token() {
        let mut bucket = Bucket::full(7, at(0)).less(1);
        for ms in 0..=8_571 {
            bucket = bucket.refilled(7, at(ms));
        }
        assert_eq!(bucket.tokens(), 0);
        assert_eq!(bucket.refilled(7, at(8_572)).tokens(), 1);
    }

    #[test]
    fn a_clock_that_goes_backwards_adds_nothing() {
        let empty = Bucket::full(60, at(10_000)).less(2);
        assert_eq!(empty.refilled(60, at(5_000)).refilled(60, at(10_999)).tokens(), 0);
    }
}
