//! Waiting for durability without a runtime.
//!
//! An answer may rest on any line before it, so it waits until all lines up to its own are durable. The journal's
//! futures are kept here, not in the callers: a caller that goes away (a handler may end at any await) takes no
//! refusal with it. Whoever waits polls the oldest line; when the journal answers it, everybody who waits looks
//! again.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use crate::error::QueueError;
use crate::journal::{JournalError, Pending};

/// A point in the journal to be reached.
pub(super) struct Durable {
    in_flight: Arc<InFlight>,
    number: u64,
}

impl Durable {
    pub(super) fn new(in_flight: Arc<InFlight>, number: u64) -> Self {
        Self { in_flight, number }
    }

    /// Resolves once every line up to this point is durable, or one of them was refused.
    pub(super) async fn reached(&self) -> Result<(), QueueError> {
        poll_fn(|cx| self.in_flight.poll(self.number, cx))
            .await
            .map_err(QueueError::Unavailable)
    }
}

/// The lines that the journal has not answered yet, oldest first.
pub(super) struct InFlight {
    lines: Mutex<Lines>,
    bell: Arc<Bell>,
}

struct Lines {
    durable: u64,
    pending: VecDeque<Pending<()>>,
    refused: Option<JournalError>,
}

/// Wakes everybody who waits.
#[derive(Default)]
struct Bell(Mutex<Vec<Waker>>);

impl InFlight {
    /// Nothing in flight, everything up to this number durable.
    pub(super) fn after(durable: u64) -> Self {
        let lines = Lines {
            durable,
            pending: VecDeque::new(),
            refused: None,
        };
        Self {
            lines: Mutex::new(lines),
            bell: Arc::default(),
        }
    }

    pub(super) fn push(&self, line: Pending<()>) {
        unpoisoned(&self.lines).pending.push_back(line);
    }

    pub(super) fn is_refused(&self) -> bool {
        unpoisoned(&self.lines).refused.is_some()
    }

    fn poll(&self, number: u64, cx: &Context<'_>) -> Poll<Result<(), JournalError>> {
        let mut lines = unpoisoned(&self.lines);
        // Listening comes before looking, so that an answer in between rings for this caller too.
        if lines.durable < number {
            self.bell.ring_for(cx.waker());
        }
        let has_moved = lines.advance(&Waker::from(Arc::clone(&self.bell)));
        let outcome = match &lines.refused {
            _ if lines.durable >= number => Poll::Ready(Ok(())),
            Some(error) => Poll::Ready(Err(error.clone())),
            None => Poll::Pending,
        };
        drop(lines);
        if has_moved {
            self.bell.ring();
        }
        outcome
    }
}

impl Lines {
    /// Takes what the journal has answered; says whether that was anything.
    fn advance(&mut self, waker: &Waker) -> bool {
        let mut has_moved = false;
        while let Some(line) = self.pending.front_mut() {
            match line.as_mut().poll(&mut Context::from_waker(waker)) {
                Poll::Pending => break,
                Poll::Ready(Ok(())) => {
                    self.pending.pop_front();
                    self.durable += 1;
                }
                Poll::Ready(Err(error)) => {
                    self.pending.clear();
                    self.refused = Some(error);
                }
            }
            has_moved = true;
        }
        has_moved
    }
}

impl Bell {
    fn ring_for(&self, waker: &Waker) {
        unpoisoned(&self.0).push(waker.clone());
    }

    fn ring(&self) {
        let waiting = std::mem::take(&mut *unpoisoned(&self.0));
        for waker in waiting {
            waker.wake();
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }
}

/// The error of whoever comes while a poisoned queue has not been loaded again.
pub(super) fn poisoned() -> JournalError {
    JournalError::new("an earlier line was refused and the journal is being read again")
}

/// A panic under one of these locks leaves a list of futures or wakers, whole at any moment.
fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
