//! Many writers at once, and what came of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use ticketon_core::store::Store;
use tokio::time::Instant;

use super::Outcome;
use super::hall::Hall;

/// What one run came to.
pub(crate) struct Measured {
    took: Duration,
    /// One commit each, in order of length.
    latencies: Vec<Duration>,
}

/// Lets `writers` hold seats, one after another each, for so long.
pub(crate) async fn measure<S: Store + 'static>(
    hall: &Arc<Hall>,
    store: &Arc<S>,
    writers: usize,
    length: Duration,
) -> Outcome<Measured> {
    let begun = Instant::now();
    let until = begun + length;
    let writing: Vec<_> = (0..writers)
        .map(|_| tokio::spawn(hold_until(hall.clone(), store.clone(), until)))
        .collect();
    let mut latencies = Vec::new();
    for writer in writing {
        latencies.extend(writer.await??);
    }
    let took = begun.elapsed();
    latencies.sort_unstable();
    Ok(Measured { took, latencies })
}

async fn hold_until<S: Store>(hall: Arc<Hall>, store: Arc<S>, until: Instant) -> Outcome<Vec<Duration>> {
    let mut latencies = Vec::new();
    while Instant::now() < until {
        let Some(hold) = hall.next_hold() else { break };
        let begun = Instant::now();
        store.commit(hold).await?;
        latencies.push(begun.elapsed());
    }
    Ok(latencies)
}

impl Measured {
    pub(crate) fn holds(&self) -> usize {
        self.latencies.len()
    }

    pub(crate) fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.holds()).expect("a run of seconds")) / self.took.as_secs_f64()
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "holds_per_s": self.per_second().round(),
            "p50_us": self.latency(50).as_micros() as u64,
            "p99_us": self.latency(99).as_micros() as u64,
        })
    }

    fn latency(&self, percent: usize) -> Duration {
        self.latencies[(self.latencies.len() - 1) * percent / 100]
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |percent| self.latency(percent).as_secs_f64() * 1_000.0;
        write!(f, "{:>6.0}/s (p50 {:>5.1} ms, p99 {:>5.1})", self.per_second(), ms(50), ms(99))
    }
}
