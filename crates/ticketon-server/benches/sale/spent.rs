//! Time that work took: by the clock, and of the processors. The second is what remains comparable where other
//! programs share the machine.

use std::time::Duration;

use tokio::time::Instant;

/// The kernel counts processor time in hundredths of a second, whatever the machine (proc(5), `/proc/PID/stat`).
const TICK: Duration = Duration::from_millis(10);

pub(crate) struct Start {
    at: Instant,
    processor: Option<Duration>,
}

#[derive(Clone, Copy)]
pub(crate) struct Spent {
    pub(crate) count: usize,
    pub(crate) clock: Duration,
    /// None where the system does not tell.
    pub(crate) processor: Option<Duration>,
}

impl Start {
    pub(crate) fn now() -> Self {
        Self {
            at: Instant::now(),
            processor: processor(),
        }
    }

    /// What `count` pieces of work have taken since.
    pub(crate) fn spent_on(&self, count: usize) -> Spent {
        let now = processor();
        Spent {
            count,
            clock: self.at.elapsed(),
            processor: now
                .zip(self.processor)
                .map(|(now, then)| now.saturating_sub(then)),
        }
    }
}

impl Spent {
    #[expect(clippy::cast_precision_loss, reason = "a bench counts far below 2^52")]
    pub(crate) fn per_second(&self) -> f64 {
        self.count as f64 / self.clock.as_secs_f64()
    }

    /// Microseconds of processor time for one piece of work.
    #[expect(clippy::cast_precision_loss, reason = "a bench counts far below 2^52")]
    pub(crate) fn processor_us(&self) -> f64 {
        let processor = self.processor.unwrap_or_default();
        processor.as_secs_f64() * 1_000_000.0 / self.count as f64
    }
}

/// Processor time of this process so far, in its own and the kernel's code.
fn processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut ticks = fields.split_whitespace().skip(11).map(str::parse::<u32>);
    let (own, kernel) = (ticks.next()?.ok()?, ticks.next()?.ok()?);
    Some(TICK * (own + kernel))
}
