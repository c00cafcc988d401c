//! Seeded chance: the same seed throws the same dice.

use std::time::Duration;

use ticketon_core::entropy::split_mix;

/// A series of throws.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The series of a seed; `series` tells the series of one demo apart.
    pub(crate) fn new(seed: u64, series: u64) -> Self {
        let mut state = seed ^ series.wrapping_mul(0xA24B_AED4_963E_E407);
        let start = split_mix(&mut state);
        Self(start)
    }

    /// Any number.
    pub(crate) fn any(&mut self) -> u64 {
        split_mix(&mut self.0)
    }

    /// A number below `end`; 0 where there is none.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let product = (self.any() >> 32) * u64::from(end);
        u32::try_from(product >> 32).unwrap_or(0)
    }

    /// Whether something happens that happens to so many of a hundred.
    pub(crate) fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// A time below `end`, to the millisecond.
    pub(crate) fn time_below(&mut self, end: Duration) -> Duration {
        let millis = u32::try_from(end.as_millis()).unwrap_or(u32::MAX);
        Duration::from_millis(self.below(millis).into())
    }

    /// Puts things into an order of chance.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let end = u32::try_from(last + 1).unwrap_or(u32::MAX);
            things.swap(last, self.below(end) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_series_differ() {
        let throws = |seed, series| {
            let mut dice = Dice::new(seed, series);
            [dice.any(), dice.any()]
        };
        assert_eq!(throws(7, 1), throws(7, 1));
        assert_ne!(throws(7, 1), throws(7, 2));
        assert_ne!(throws(7, 1), throws(8, 1));
    }

    #[test]
    fn every_face_comes_up() {
        let mut dice = Dice::new(7, 0);
        let mut seen = [0; 6];
        for _ in 0..6_000 {
            seen[dice.below(6) as usize] += 1;
        }
        assert!(seen.iter().all(|times| (800..1_200).contains(times)), "{seen:?}");
    }
}
