//! How long the provider takes: nothing, or seeded times around a median with a long tail (the shape is
//! *assumed*). The same seed gives the same series of times.

use std::f64::consts::TAU;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::limits;

/// A series of processing times.
#[derive(Debug)]
pub struct Latency {
    seed: u64,
    median: Duration,
    calls: AtomicU64,
}

/// How far the times spread: the 95th of a hundred takes 2.3 times the median, the 99th 3.2 times.
const SPREAD: f64 = 0.5;

impl Latency {
    /// No time at all.
    pub fn none() -> Self {
        Self::seeded(0, Duration::ZERO)
    }

    /// Times around this median.
    pub fn seeded(seed: u64, median: Duration) -> Self {
        Self {
            seed,
            median,
            calls: AtomicU64::new(0),
        }
    }

    /// How long the next call takes.
    pub fn next(&self) -> Duration {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        self.median.mul_f64(factor(self.seed, call))
    }
}

/// Lognormal, by the method of Box and Muller, cut off at the tail.
fn factor(seed: u64, call: u64) -> f64 {
    let mixed = mix(seed ^ mix(call));
    let radius = (-2.0 * unit(mixed).ln()).sqrt();
    let normal = radius * (TAU * unit(mix(mixed))).cos();
    (SPREAD * normal).exp().min(limits::LATENCY_TAIL_MAX)
}

/// In (0, 1].
fn unit(bits: u64) -> f64 {
    let step = f64::from(u32::try_from(bits >> 32).expect("32 bits are left")) + 1.0;
    step / (f64::from(u32::MAX) + 1.0)
}

/// The finalizer of splitmix64: neighbours become strangers.
fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(latency: &Latency, calls: usize) -> Vec<Duration> {
        let mut times: Vec<Duration> = (0..calls).map(|_| latency.next()).collect();
        times.sort();
        times
    }

    #[test]
    fn times_lie_around_the_median_with_a_tail() {
        let median = Duration::from_millis(200);
        let times = sorted(&Latency::seeded(7, median), 2_000);
        let at = |percent: usize| times[times.len() * percent / 100].as_millis();
        assert!((185..=215).contains(&at(50)), "{}", at(50));
        assert!((380..=540).contains(&at(95)), "{}", at(95));
        assert!(times[1_999] <= median.mul_f64(limits::LATENCY_TAIL_MAX));
    }

    #[test]
    fn the_same_seed_takes_the_same_time() {
        let series = |seed| sorted(&Latency::seeded(seed, Duration::from_millis(200)), 50);
        assert_eq!(series(7), series(7));
        assert_ne!(series(7), series(8));
        assert_eq!(sorted(&Latency::none(), 3), [Duration::ZERO; 3]);
    }
}
