//! A journal in memory that fails as it is told: for tests that want to see a queue survive it.

use std::collections::VecDeque;
use std::future::{poll_fn, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use crate::journal::{Journal, JournalError, JournalLine, Pending};

/// What becomes of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It is kept, and the answer says so.
    Kept,
    /// It is not kept, and the answer says so.
    Refused,
    /// It is kept, and the answer says it was not.
    AnswerLost,
    /// It is kept, and the answer comes when [`Tape::release`] is called.
    Held,
    /// It is not kept, and the answer that says so comes when [`Tape::release`] is called.
    HeldThenRefused,
}

/// A journal in memory. Clones share their lines, so that a queue made over a clone is the same queue restarted.
#[derive(Clone, Default)]
pub struct Tape(Arc<Mutex<Reel>>);

#[derive(Default)]
struct Reel {
    lines: Vec<Vec<u8>>,
    fates: VecDeque<Fate>,
    releases: u64,
    waiting: Vec<Waker>,
}

impl Tape {
    /// Decides what becomes of the next lines; those after them are kept.
    pub fn next_fates(&self, fates: impl IntoIterator<Item = Fate>) {
        self.reel().fates = fates.into_iter().collect();
    }

    /// Gives all answers that are held.
    pub fn release(&self) {
        let mut reel = self.reel();
        reel.releases += 1;
        for waker in reel.waiting.drain(..) {
            waker.wake();
        }
    }

    /// Everything kept so far.
    pub fn lines(&self) -> Vec<Vec<u8>> {
        self.reel().lines.clone()
    }

    fn held(&self, answer: Result<(), JournalError>) -> Pending<()> {
        let tape = self.clone();
        let releases_before = self.reel().releases;
        let mut answer = Some(answer);
        Box::pin(poll_fn(move |cx| {
            let mut reel = tape.reel();
            if reel.releases == releases_before {
                reel.waiting.push(cx.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(answer.take().unwrap_or(Ok(())))
        }))
    }

    fn reel(&self) -> MutexGuard<'_, Reel> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for Tape {
    fn append(&self, line: JournalLine) -> Pending<()> {
        let fate = self.reel().fates.pop_front().unwrap_or(Fate::Kept);
        if matches!(fate, Fate::Kept | Fate::AnswerLost | Fate::Held) {
            self.reel().lines.push(line.bytes);
        }
        let no = || Err(JournalError::new("it was told to"));
        match fate {
            Fate::Kept => Box::pin(ready(Ok(()))),
            Fate::Refused | Fate::AnswerLost => Box::pin(ready(no())),
            Fate::Held => self.held(Ok(())),
            Fate::HeldThenRefused => self.held(no()),
        }
    }

    fn load(&self) -> Pending<Vec<Vec<u8>>> {
        Box::pin(ready(Ok(self.lines())))
    }
}
