//! What is committed together, and who waits for it.

use ticketon_core::row::RowId;
use ticketon_core::store::{Changes, CommitError, Conflict, JournalLine, Unavailable};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::inbox::Request;

#[derive(Default)]
pub(super) struct Batch {
    pub(super) changes: Vec<Changes>,
    pub(super) lines: Vec<JournalLine>,
    rows: usize,
    /// When, one for each of `changes`.
    pub(super) handed_over: Vec<Instant>,
    /// One for each of `changes`.
    committing: Vec<oneshot::Sender<Result<(), CommitError>>>,
    appending: Vec<oneshot::Sender<Result<(), Unavailable>>>,
}

impl Batch {
    pub(super) fn add(&mut self, request: Request) {
        match request {
            Request::Commit {
                changes,
                handed_over,
                answer,
            } => {
                self.rows += changes.writes.len();
                self.handed_over.push(handed_over);
                self.changes.push(changes);
                self.committing.push(answer);
            }
            Request::Append { lines, answer } => {
                self.rows += lines.len();
                self.lines.extend(lines);
                self.appending.push(answer);
            }
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Which rows it writes, for a log: their names, and nothing of what is in them.
    pub(super) fn row_names(&self) -> Vec<RowId> {
        let writes = self.changes.iter().flat_map(|changes| &changes.writes);
        writes.map(|(row, _)| row.id()).collect()
    }

    /// The journal's lines, then each of the changes, as batches of their own.
    pub(super) fn split(self) -> Vec<Self> {
        let lines = Self {
            lines: self.lines,
            appending: self.appending,
            ..Self::default()
        };
        let mut batches = vec![lines];
        let changes = self.changes.into_iter().zip(self.handed_over);
        for ((changes, handed_over), answer) in changes.zip(self.committing) {
            batches.push(Self {
                changes: vec![changes],
                handed_over: vec![handed_over],
                committing: vec![answer],
                ..Self::default()
            });
        }
        batches.retain(|batch| !batch.changes.is_empty() || !batch.lines.is_empty());
        batches
    }

    /// It is durable: each hears its verdict.
    pub(super) fn answer(self, verdicts: Vec<Result<(), Conflict>>) {
        for (answer, verdict) in self.committing.into_iter().zip(verdicts) {
            tell(answer, verdict.map_err(CommitError::from));
        }
        for answer in self.appending {
            tell(answer, Ok(()));
        }
    }

    /// It is not known to be durable.
    pub(super) fn fail(self, reason: &Unavailable) {
        for answer in self.committing {
            tell(answer, Err(reason.clone().into()));
        }
        for answer in self.appending {
            tell(answer, Err(reason.clone()));
        }
    }
}

/// Who no longer waits has gone away; what was committed stays so.
fn tell<T>(answer: oneshot::Sender<T>, what: T) {
    answer.send(what).ok();
}
