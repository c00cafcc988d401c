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
    /// Of the whole process, where the system tells.
    processor: Option<Duration>,
}

/// Lets `writers` hold seats, one after another each, for so long.
pub(crate) async fn measure<S: Store + 'static>(
    hall: &Arc<Hall>,
    store: &Arc<S>,
    writers: usize,
    length: Duration,
) -> Outcome<Measured> {
    let (begun, processor) = (Instant::now(), processor_time());
    let until = begun + length;
    let writing: Vec<_> = (0..writers)
        .map(|_| tokio::spawn(hold_until(hall.clone(), store.clone(), until)))
        .collect();
    let mut latencies = Vec::new();
    for writer in writing {
        latencies.extend(writer.await??);
    }
    let took = begun.elapsed();
    let processor = processor_time()
        .zip(processor)
        .map(|(after, before)| after.saturating_sub(before));
    latencies.sort_unstable();
    Ok(Measured {
        took,
        latencies,
        processor,
    })
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
            "p50_us": micros(self.latency(50)),
            "p99_us": micros(self.latency(99)),
            "processor_us": self.processor_a_hold().map(micros),
        })
    }

    fn processor_a_hold(&self) -> Option<Duration> {
        self.processor?.checked_div(u32::try_from(self.holds()).ok()?)
    }

    fn latency(&self, percent: usize) -> Duration {
        self.latencies[(self.latencies.len() - 1) * percent / 100]
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |percent| micros(self.latency(percent)) / 1_000.0;
        write!(
            f,
            "{:>6.0}/s (p50 {:>5.1} ms, p99 {:>5.1} ms",
            self.per_second(),
            ms(50),
            ms(99)
        )?;
        if let Some(spent) = self.processor_a_hold() {
            write!(f, ", {:>3.0} µs of processor", micros(spent))?;
        }
        f.write_str(")")
    }
}

fn micros(length: Duration) -> f64 {
    (length.as_secs_f64() * 1_000_000.0).round()
}

/// What the process has spent so far: the kernel's and its own, in hundredths of a second (`man 5 proc_pid_stat`).
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(") ")?.1;
    let spent = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().ok());
    Some(Duration::from_millis(10 * spent.sum::<Option<u64>>()?))
}
