//! Whether the provider answers: a new attempt is refused before its buyer leaves for the provider's window,
//! not after.

use std::sync::Mutex;
use std::sync::PoisonError;

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

    /// Whether the provider is down: many calls in a row went unanswered, the last one just now. After a while
    /// somebody may try again.
    pub(super) fn is_down(&self, now: Timestamp) -> bool {
        let seen = self.lock();
        let is_recent = |last: Timestamp| now.since(last) < limits::PROVIDER_RESTS;
        seen.unanswered_in_a_row >= limits::PROVIDER_DOWN_AFTER && seen.last_unanswered.is_some_and(is_recent)
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
            assert!(!health.is_down(now));
            health.note(false, now);
        }
        assert!(health.is_down(now));
        assert!(!health.is_down(now + limits::PROVIDER_RESTS));
        health.note(true, now);
        assert!(!health.is_down(now));
    }
}
