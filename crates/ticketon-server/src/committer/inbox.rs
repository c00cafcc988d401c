//! What waits to be committed: three bounded lanes, from which batches of bounded size are taken.

use std::sync::Arc;

use ticketon_core::store::{Changes, CommitError, JournalLine, Unavailable};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::Instant;

use super::batch::Batch;
use crate::limits;

/// What a caller asks, and where the answer goes.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are commits; a box each would cost more than the room"
)]
pub(super) enum Request {
    Commit {
        changes: Changes,
        handed_over: Instant,
        answer: oneshot::Sender<Result<(), CommitError>>,
    },
    Append {
        lines: Vec<JournalLine>,
        answer: oneshot::Sender<Result<(), Unavailable>>,
    },
}

pub(super) struct Inbox {
    interactive: Lane,
    background: Lane,
    lines: Lane,
    stop: Arc<Notify>,
    is_stopping: bool,
}

struct Lane {
    receiver: mpsc::Receiver<Request>,
    /// Arrived, and not yet in a batch.
    first: Option<Request>,
    is_ended: bool,
}

impl Inbox {
    pub(super) fn new(
        interactive: mpsc::Receiver<Request>,
        background: mpsc::Receiver<Request>,
        lines: mpsc::Receiver<Request>,
        stop: Arc<Notify>,
    ) -> Self {
        Self {
            interactive: Lane::new(interactive),
            background: Lane::new(background),
            lines: Lane::new(lines),
            stop,
            is_stopping: false,
        }
    }

    /// Waits until something is there; false once nothing ever will be.
    pub(super) async fn has_work(&mut self) -> bool {
        let Self {
            interactive,
            background,
            lines,
            stop,
            is_stopping,
        } = self;
        while interactive.first.is_none() && background.first.is_none() && lines.first.is_none() {
            if interactive.is_ended && background.is_ended && lines.is_ended {
                return false;
            }
            tokio::select! {
                biased;
                () = stop.notified(), if !*is_stopping => {
                    *is_stopping = true;
                    interactive.receiver.close();
                    background.receiver.close();
                    lines.receiver.close();
                }
                request = interactive.receiver.recv(), if !interactive.is_ended => interactive.arrived(request),
                request = lines.receiver.recv(), if !lines.is_ended => lines.arrived(request),
                request = background.receiver.recv(), if !background.is_ended => background.arrived(request),
            }
        }
        true
    }

    /// The next batch: the background's share, the journals' share, then whoever waits.
    pub(super) fn take(&mut self) -> Batch {
        let mut batch = Batch::default();
        let share = limits::BACKGROUND_SHARE;
        self.background.fill(
            &mut batch,
            limits::BATCH_CHANGES / share,
            limits::BATCH_ROWS / share,
        );
        let lines = limits::BATCH_ROWS / limits::LINES_SHARE;
        self.lines.fill(&mut batch, limits::BATCH_CHANGES, lines);
        self.interactive
            .fill(&mut batch, limits::BATCH_CHANGES, limits::BATCH_ROWS);
        batch
    }
}

impl Lane {
    fn new(receiver: mpsc::Receiver<Request>) -> Self {
        Self {
            receiver,
            first: None,
            is_ended: false,
        }
    }

    fn arrived(&mut self, request: Option<Request>) {
        self.is_ended = request.is_none();
        self.first = request;
    }

    /// Adds what waits, up to `changes` and `rows` in the batch; one request whatever its size, so that none waits
    /// for ever.
    fn fill(&mut self, batch: &mut Batch, changes: usize, rows: usize) {
        let mut is_first = true;
        while let Some(request) = self.next() {
            let would_be = (
                batch.changes.len() + request.changes(),
                batch.rows() + request.rows(),
            );
            if !is_first && (would_be.0 > changes || would_be.1 > rows) {
                self.first = Some(request);
                return;
            }
            is_first = false;
            batch.add(request);
        }
    }

    fn next(&mut self) -> Option<Request> {
        self.first.take().or_else(|| self.receiver.try_recv().ok())
    }
}

impl Request {
    fn changes(&self) -> usize {
        match self {
            Self::Commit { .. } => 1,
            Self::Append { .. } => 0,
        }
    }

    fn rows(&self) -> usize {
        match self {
            Self::Commit { changes, .. } => changes.writes.len(),
            Self::Append { lines, .. } => lines.len(),
        }
    }
}
