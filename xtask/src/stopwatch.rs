//! How long something took, for people to read; nothing is decided by it but when to give up waiting.

use std::time::{Duration, Instant};

/// Runs from its start.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "a developer wants to know how long it took, and a wait for a program must end"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
