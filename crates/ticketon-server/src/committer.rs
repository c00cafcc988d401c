//! Group commit: many decisions share one batch, and so one sync.
//!
//! A batch is what arrived while the last one became durable; there is no timer. One task owns the engine and runs
//! to its end whoever goes away; callers wait for their answer, and giving up waiting takes nothing back. What the
//! committer answers is durable. It judges nothing itself: `settle` does.
//!
//! It promises: a batch of bounded size, arrival order within a lane, journal lines of a stream in the order in
//! which they were handed over, a bounded inbox that says so when it is full, and that an answer lost between the
//! store and here is found out, not guessed.

mod batch;
mod counters;
mod inbox;
mod several;
#[cfg(test)]
mod tests;
mod writer;

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use ticketon_core::store::{Changes, CommitError, Engine, JournalLine, Store, Unavailable};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use counters::Counters;
pub use several::Committers;

use crate::limits;
use counters::Counting;
use inbox::{Inbox, Request};
use writer::Writer;

/// Where decisions go to be committed. Clones go to the same inbox.
#[derive(Clone)]
pub struct Committer {
    lane: mpsc::Sender<Request>,
    background: mpsc::Sender<Request>,
    lines: mpsc::Sender<Request>,
    counting: Arc<Counting>,
}

/// The tasks that commit, one a committer. They run on when this is dropped, until every [`Committer`] is gone.
#[derive(Default)]
pub struct Committing(Vec<(JoinHandle<()>, Arc<Notify>)>);

impl Committer {
    /// Starts committing to `engine`.
    pub fn start(engine: impl Engine + 'static) -> (Self, Committing) {
        Self::counted_in(Arc::default(), engine)
    }

    fn counted_in(counting: Arc<Counting>, engine: impl Engine + 'static) -> (Self, Committing) {
        let (lane, interactive) = mpsc::channel(limits::INBOX);
        let (background_lane, background) = mpsc::channel(limits::INBOX_BACKGROUND);
        let (lines, journal) = mpsc::channel(limits::INBOX_LINES);
        let stop = Arc::new(Notify::new());
        let inbox = Inbox::new(interactive, background, journal, stop.clone());
        let task = tokio::spawn(Writer::new(engine, counting.clone()).run(inbox));
        (
            Self {
                lane,
                background: background_lane,
                lines,
                counting,
            },
            Committing(vec![(task, stop)]),
        )
    }

    /// The same committer for work that can wait (seeding, sweeps, mass refunds): at most a quarter of a batch.
    #[must_use]
    pub fn in_background(&self) -> Self {
        Self {
            lane: self.background.clone(),
            ..self.clone()
        }
    }

    /// Hands lines to their journals now, in this order; the future is ready once they are durable. They have a lane
    /// of their own: a decision that is refused can be tried again, but a line that is refused takes down what built
    /// on it, so that the crowd which fills the other lanes must not touch it.
    pub fn append(
        &self,
        lines: Vec<JournalLine>,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        let handed_over = self.hand_over(&self.lines, Request::Append { lines, answer });
        async move {
            handed_over?;
            answered.await.map_err(|_| stopped())?
        }
    }

    /// What it has done so far, and whoever counts with it.
    pub fn counters(&self) -> Counters {
        self.counting.read()
    }

    /// Whether anybody takes what is handed over, now or in a moment.
    fn is_alive(&self) -> bool {
        !self.lane.is_closed()
    }

    fn hand_over(&self, lane: &mpsc::Sender<Request>, request: Request) -> Result<(), Unavailable> {
        lane.try_send(request).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => {
                self.counting.full();
                Unavailable("the store is busy: try again".to_owned())
            }
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })
    }
}

#[async_trait]
impl Store for Committer {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Commit {
            changes,
            handed_over: Instant::now(),
            answer,
        };
        self.hand_over(&self.lane, request)?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Committing {
    /// Takes nothing more in, commits what was handed over, answers it, and ends.
    pub async fn shutdown(self) {
        for (_, stop) in &self.0 {
            stop.notify_one();
        }
        for (task, _) in self.0 {
            if let Err(error) = task.await {
                tracing::error!(%error, "a committer ended before its work did");
            }
        }
    }
}

fn stopped() -> Unavailable {
    Unavailable("the store is shutting down: try again".to_owned())
}
