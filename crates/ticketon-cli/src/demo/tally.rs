//! What happened, counted as it happens by whoever lived through it. Figures of the report come from here or from
//! the store, never from what was planned.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;
use tokio::time::Instant;

/// What a buyer does that takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Enter,
    Admit,
    Hold,
    Purchase,
    Confirm,
}

/// A count that many buyers raise.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Since when the sale is open.
    pub(crate) opened: Instant,
    /// Buyers who came.
    pub(crate) came: Count,
    /// Buyers who were let in.
    pub(crate) admitted: Count,
    /// Buyers who are gone, whatever they got.
    pub(crate) gone: Count,
    /// Buyers who got nothing and were let in for it.
    pub(crate) left_empty: Count,
    /// Buyers who closed the tab with seats in hand.
    pub(crate) abandoned: Count,
    /// Holds refused because somebody else was faster.
    pub(crate) seat_taken: Count,
    /// Holds refused because the person has as many seats as one may have.
    pub(crate) person_limit: Count,
    /// Purchases paid.
    pub(crate) paid: Count,
    /// Seats of those.
    pub(crate) seats_paid: Count,
    /// Money of those, in won.
    pub(crate) paid_won: Count,
    /// Attempts that were declined.
    pub(crate) declined: Count,
    /// Declined buyers who paid with a second card.
    pub(crate) second_card: Count,
    /// Confirmations whose answer the provider lost.
    pub(crate) answers_lost: Count,
    /// Of those, the ones that came out as paid.
    pub(crate) answers_found: Count,
    /// Requests that were sent twice at once.
    pub(crate) double_clicks: Count,
    /// Times that a buyer was told to come back later.
    pub(crate) told_later: Count,
    /// Times that nobody answered, or the answer was lost, and the buyer asked again.
    pub(crate) asked_again: Count,
    /// Refunds.
    pub(crate) refunds: Count,
    /// What they give back, in won.
    pub(crate) refunded_won: Count,
    /// What stays as fee, in won.
    pub(crate) fees_won: Count,
    /// Seats that were given back and sold again.
    pub(crate) sold_again: Count,
    told: Mutex<Told>,
    complaints: Mutex<Vec<String>>,
    steps: [Mutex<Histogram<u64>>; 5],
}

/// How those who still waited were told that all is sold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    by_stream: Vec<Instant>,
    by_asking: Vec<Instant>,
}

/// How long a step took, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

impl Count {
    /// One more.
    pub(crate) fn one(&self) {
        self.add(1);
    }

    /// So many more.
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// How many.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Step {
    /// Every step, in the order in which buyers go through them.
    pub(crate) const ALL: [Self; 5] = [
        Self::Enter,
        Self::Admit,
        Self::Hold,
        Self::Purchase,
        Self::Confirm,
    ];

    /// As reports write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Admit => "admit",
            Self::Hold => "hold",
            Self::Purchase => "purchase",
            Self::Confirm => "confirm",
        }
    }
}

impl Tally {
    /// Nothing yet; the sale opens now.
    pub(crate) fn opening_now() -> Self {
        Self {
            opened: Instant::now(),
            came: Count::default(),
            admitted: Count::default(),
            gone: Count::default(),
            left_empty: Count::default(),
            abandoned: Count::default(),
            seat_taken: Count::default(),
            person_limit: Count::default(),
            paid: Count::default(),
            seats_paid: Count::default(),
            paid_won: Count::default(),
            declined: Count::default(),
            second_card: Count::default(),
            answers_lost: Count::default(),
            answers_found: Count::default(),
            double_clicks: Count::default(),
            told_later: Count::default(),
            asked_again: Count::default(),
            refunds: Count::default(),
            refunded_won: Count::default(),
            fees_won: Count::default(),
            sold_again: Count::default(),
            told: Mutex::default(),
            complaints: Mutex::default(),
            steps: std::array::from_fn(|_| Mutex::new(histogram())),
        }
    }

    /// Notes how long a step took.
    pub(crate) fn took(&self, step: Step, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        lock(&self.steps[step as usize]).saturating_record(micros);
    }

    /// How long a step took.
    pub(crate) fn latency(&self, step: Step) -> Latency {
        let times = lock(&self.steps[step as usize]);
        let at = |quantile| millis(times.value_at_quantile(quantile));
        if times.is_empty() {
            return Latency::default();
        }
        Latency {
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
            max: millis(times.max()),
        }
    }

    /// Somebody who waited was told that all is sold.
    pub(crate) fn told(&self, by_stream: bool) {
        let mut told = lock(&self.told);
        let times = if by_stream {
            &mut told.by_stream
        } else {
            &mut told.by_asking
        };
        times.push(Instant::now());
    }

    /// How those who waited were told.
    pub(crate) fn all_told(&self) -> Told {
        lock(&self.told).clone()
    }

    /// A buyer saw something that must not be.
    pub(crate) fn complain(&self, complaint: String) {
        lock(&self.complaints).push(complaint);
    }

    /// What buyers saw that must not be.
    pub(crate) fn complaints(&self) -> Vec<String> {
        lock(&self.complaints).clone()
    }

    /// Who is between coming and going, but not inside.
    pub(crate) fn waiting(&self) -> u64 {
        let told = lock(&self.told).count() as u64;
        let passed = self.admitted.get() + told;
        self.came.get().saturating_sub(passed)
    }

    /// Who is inside.
    pub(crate) fn shopping(&self) -> u64 {
        let told = lock(&self.told).count() as u64;
        let passed = self.gone.get().saturating_sub(told);
        self.admitted.get().saturating_sub(passed)
    }
}

impl Told {
    /// How many.
    pub(crate) fn count(&self) -> usize {
        self.by_stream.len() + self.by_asking.len()
    }

    /// How many were told by their stream, and within what time of the first to hear it.
    pub(crate) fn by_stream(&self) -> Option<(usize, Duration)> {
        self.within(&self.by_stream)
    }

    /// How many heard it when they asked next, and within what time of the first to hear it.
    pub(crate) fn by_asking(&self) -> Option<(usize, Duration)> {
        self.within(&self.by_asking)
    }

    /// When the first of them heard it.
    pub(crate) fn first(&self) -> Option<Instant> {
        self.by_stream.iter().chain(&self.by_asking).min().copied()
    }

    fn within(&self, times: &[Instant]) -> Option<(usize, Duration)> {
        let last = times.iter().max()?;
        Some((times.len(), last.duration_since(self.first()?)))
    }
}

/// Microseconds up to ten minutes, to three digits.
fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 600_000_000, 3).expect("bounds that a histogram can have")
}

/// To a hundredth.
fn millis(micros: u64) -> f64 {
    (Duration::from_micros(micros).as_secs_f64() * 100_000.0).round() / 100.0
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_step_is_timed_and_one_that_nobody_took_is_nothing() {
        let tally = Tally::opening_now();
        for millis in 1..=100 {
            tally.took(Step::Hold, Duration::from_millis(millis));
        }
        let hold = tally.latency(Step::Hold);
        assert!((49.0..52.0).contains(&hold.p50), "{hold:?}");
        assert!((98.0..102.0).contains(&hold.max), "{hold:?}");
        assert_eq!(tally.latency(Step::Enter), Latency::default());
    }

    #[tokio::test]
    async fn who_was_told_at_the_door_was_never_inside() {
        let tally = Tally::opening_now();
        tally.came.add(10);
        tally.admitted.add(4);
        tally.gone.add(1);
        tally.told(true);
        tally.gone.one();
        assert_eq!((tally.waiting(), tally.shopping()), (5, 3));
        assert_eq!(tally.all_told().by_stream().unwrap().0, 1);
        assert_eq!(tally.all_told().by_asking(), None);
    }
}
