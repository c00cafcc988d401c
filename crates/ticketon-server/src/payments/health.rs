//! Whether the provider answers: a new attempt is refused before its buyer leaves for the provider's window,
//! not after.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ticketon_core::Timestamp;

use crate::limits;

/// What the last calls to the provider were like.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    unanswered_in_a_row: u32,
    last_unanswered: Option<Timestamp>,
}

impl Health {
    /// Notes how a call went.
    pub(super) fn note(&self, is_answered: bool, now: Timestamp) {
        let mut seen = self.lock();
        if is_answered {
            *seen = Seen::default();
        } else {
            seen.unanswered_in_a_row += 1;
            seen.last_unanswered = Some(now);
        }
    }

    /// How long the provider rests, if it is down: many calls in a row went unanswered, the last one just now. Then
    /// somebody may try again.
    pub(super) fn rests_for(&self, now: Timestamp) -> Option<Duration> {
        let seen = self.lock();
        if seen.unanswered_in_a_row < limits::PROVIDER_DOWN_AFTER {
            return None;
        }
        let rested = now.since(seen.last_unanswered?);
        limits::PROVIDER_RESTS
            .checked_sub(rested)
            .filter(|rest| !rest.is_zero())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_down_after_many_silent_calls_and_is_tried_again_after_a_rest() {
        let health = Health::default();
        let now = Timestamp::from_millis(1_000_000);
        for _ in 0..limits::PROVIDER_DOWN_AFTER {
            assert_eq!(health.rests_for(now), None);
            health.note(false, now);
        }
        assert_eq!(health.rests_for(now), Some(limits::PROVIDER_RESTS));
        let second = Duration::from_secs(1);
        assert_eq!(
            health.rests_for(now + second),
            limits::PROVIDER_RESTS.checked_sub(second)
        );
        assert_eq!(health.rests_for(now + limits::PROVIDER_RESTS), None);
        health.note(true, now);
        assert_eq!(health.rests_for(now), None);
    }
}
