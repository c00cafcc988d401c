//! Where a queue's records are kept. A journal is all of a queue that outlives the process: what it acknowledged is
//! true, what it did not never happened.

use std::pin::Pin;
use std::sync::Arc;

mod lines;

pub use lines::{Corrupt, read_lines};
pub(crate) use lines::{Position, Replay, write_line};

/// What a journal answers, sooner or later.
pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T, JournalError>> + Send>>;

/// Keeps lines in the order in which they were appended.
///
/// A journal may refuse a line, keep a line whose answer was an error, keep a later line without an earlier one, or
/// let a refused line land late: lines are numbered, and loading sorts out which of them count. It must not change
/// the order of `append` and must not lose a line that it acknowledged.
pub trait Journal: Send + Sync {
    /// Takes a line. Called under the queue's lock, so it only enqueues; the future resolves once the line is
    /// durable. The line lands whether or not the future is polled to its end.
    fn append(&self, line: JournalLine) -> Pending<()>;

    /// All lines, oldest first, as bytes. Lines before the newest acknowledged snapshot may be missing.
    fn load(&self) -> Pending<Vec<Vec<u8>>>;
}

/// One line: what one operation recorded, whole or not at all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalLine {
    /// JSON, opaque to the journal.
    pub bytes: Vec<u8>,
    /// Everything appended before is contained in this line. Once it is acknowledged (not before) the earlier lines
    /// may be dropped; nothing breaks if they are kept, and an audit then sees more.
    pub is_snapshot: bool,
}

/// A journal that did not do what it was asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the journal refused: {0}")]
pub struct JournalError(pub Arc<str>);

impl JournalError {
    /// An error with its reason.
    pub fn new(why: &str) -> Self {
        Self(why.into())
    }
}

/// No journal: the queue lives in memory and ends with the process.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn append(&self, _: JournalLine) -> Pending<()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn load(&self) -> Pending<Vec<Vec<u8>>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}
