//! Chance, all of it from one seed.

use std::sync::Mutex;
use std::time::Duration;

use ticketon_core::entropy::split_mix;

/// A stream of chance. The same seed gives the same stream.
pub(super) struct Dice(Mutex<u64>);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// A stream of its own, so that whoever throws it does not change what others throw.
    pub(super) fn fork(&self) -> Self {
        Self::new(self.throw())
    }

    pub(super) fn throw(&self) -> u64 {
        split_mix(&mut self.0.lock().unwrap())
    }

    /// From 0 up to, and without, `end`.
    pub(super) fn below(&self, end: u64) -> u64 {
        self.throw() % end
    }

    /// True so often of a hundred thousand.
    pub(super) fn chance(&self, of_100_000: u64) -> bool {
        of_100_000 > 0 && self.below(100_000) < of_100_000
    }

    /// True so often of a hundred.
    pub(super) fn percent(&self, of_100: u64) -> bool {
        self.chance(of_100 * 1_000)
    }

    /// A time from one up to another number of milliseconds.
    pub(super) fn millis(&self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from))
    }

    pub(super) fn one_of<T: Copy>(&self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }
}
