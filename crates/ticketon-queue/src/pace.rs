//! How fast admission really goes: what the estimate of a waiting time is made from.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::limits::PACE_WINDOW;
use crate::time::Timestamp;

/// Admissions of the last minute, by second.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Pace(VecDeque<(u64, u64)>);

impl Pace {
    /// Counts admissions, and forgets what is older than the window.
    pub(crate) fn add(&mut self, count: usize, at: Timestamp) {
        let second = at.ms() / 1_000;
        match self.0.back_mut() {
            // A clock that went backwards counts towards the latest second.
            Some((latest, sum)) if *latest >= second => *sum += count as u64,
            _ => self.0.push_back((second, count as u64)),
        }
        while self
            .0
            .front()
            .is_some_and(|(oldest, _)| oldest + PACE_WINDOW.as_secs() <= second)
        {
            self.0.pop_front();
        }
    }

    /// How many the window before `now` saw.
    pub(crate) fn per_window(&self, now: Timestamp) -> u64 {
        let second = now.ms() / 1_000;
        let mut sum = 0;
        for (of, count) in &self.0 {
            if of + PACE_WINDOW.as_secs() > second {
                sum += count;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_minute_counts() {
        let mut pace = Pace::default();
        pace.add(2, Timestamp::from_ms(500));
        pace.add(3, Timestamp::from_ms(30_000));
        assert_eq!(pace.per_window(Timestamp::from_ms(59_999)), 5);
        assert_eq!(pace.per_window(Timestamp::from_ms(60_000)), 3);
        assert_eq!(pace.per_window(Timestamp::from_ms(90_000)), 0);
    }
}
