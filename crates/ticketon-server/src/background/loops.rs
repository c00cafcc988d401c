//! How each loop of a process is: at its step, waiting for the next, or dead.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The loops of one process.
#[derive(Debug, Default)]
pub struct Loops(Mutex<BTreeMap<&'static str, Arc<Pulse>>>);

/// How a loop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoopStanding {
    /// The loop.
    pub name: &'static str,
    /// It panicked, and will never do anything again.
    pub has_died: bool,
    /// How long it has been at its present step; nothing while it waits for the next.
    pub busy: Duration,
}

/// What a loop says of itself.
#[derive(Debug)]
pub(super) struct Pulse(Mutex<At>);

#[derive(Debug, Clone, Copy)]
enum At {
    Step(Instant),
    Rest,
    Death,
}

/// Held by a loop as long as it runs.
pub(super) struct Living(Arc<Pulse>);

impl Loops {
    /// A loop begins.
    pub(super) fn begin(&self, name: &'static str) -> Living {
        let pulse = Arc::new(Pulse(Mutex::new(At::Step(Instant::now()))));
        self.lock().insert(name, Arc::clone(&pulse));
        Living(pulse)
    }

    /// How each is, by name.
    pub fn standing(&self) -> Vec<LoopStanding> {
        let loops = self.lock();
        let standing = loops.iter().map(|(name, pulse)| pulse.standing(name));
        standing.collect()
    }

    /// Those that have died.
    pub fn dead(&self) -> Vec<&'static str> {
        let mut standing = self.standing();
        standing.retain(|one| one.has_died);
        standing.iter().map(|one| one.name).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Arc<Pulse>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pulse {
    /// A step is over.
    pub(super) fn rests(&self) {
        self.is_at(At::Rest);
    }

    /// A step begins.
    pub(super) fn steps(&self) {
        self.is_at(At::Step(Instant::now()));
    }

    fn is_at(&self, at: At) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn standing(&self, name: &'static str) -> LoopStanding {
        let at = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        LoopStanding {
            name,
            has_died: matches!(at, At::Death),
            busy: match at {
                At::Step(since) => since.elapsed(),
                At::Rest | At::Death => Duration::ZERO,
            },
        }
    }
}

impl Living {
    /// For whatever says when a step begins and ends.
    pub(super) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.0)
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        // A loop that returns, or is cut when the process ends, was told to.
        self.0.is_at(if std::thread::panicking() {
            At::Death
        } else {
            At::Rest
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_loop_is_busy_while_it_is_at_a_step_and_dead_once_it_has_panicked() {
        let loops = Loops::default();
        let living = loops.begin("expire");
        living.pulse().rests();
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(loops.standing()[0].busy, Duration::ZERO);
        living.pulse().steps();
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(loops.standing()[0].busy, Duration::from_secs(9));
        assert!(loops.dead().is_empty());
        let died = tokio::spawn(async move {
            let _living = living;
            panic!("a bug");
        });
        assert!(died.await.is_err());
        assert_eq!(loops.dead(), ["expire"]);
    }

    #[tokio::test]
    async fn a_loop_that_returns_or_is_cut_has_not_died() {
        let loops = Loops::default();
        drop(loops.begin("number"));
        let living = loops.begin("expire");
        let cut = tokio::spawn(async move {
            let _living = living;
            std::future::pending::<()>().await;
        });
        cut.abort();
        assert!(cut.await.is_err());
        assert!(loops.dead().is_empty());
    }
}
