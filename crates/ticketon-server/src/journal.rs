//! A waiting room's journal in the store: the same writer and the same sync as everything else.
//!
//! After an answer was lost a line may stand in the store twice; the queue numbers its lines and tells.

use std::sync::Arc;

use ticketon_core::store::Reads;
use ticketon_queue::{Journal, JournalError, JournalLine, Pending, RoomName};

use crate::committer::Committer;

/// One room's journal.
pub struct StoreJournal {
    stream: String,
    committer: Committer,
    reads: Arc<dyn Reads>,
}

impl StoreJournal {
    /// The journal of a room.
    pub fn new(room: &RoomName, committer: Committer, reads: Arc<dyn Reads>) -> Self {
        Self {
            stream: stream_of(room.as_str()),
            committer,
            reads,
        }
    }
}

/// The name of a room's journal in the store.
pub(crate) fn stream_of(room: &str) -> String {
    format!("queue/{room}")
}

impl Journal for StoreJournal {
    fn append(&self, line: JournalLine) -> Pending<()> {
        let line = ticketon_core::store::JournalLine {
            stream: self.stream.clone(),
            bytes: line.bytes,
        };
        let durable = self.committer.append(vec![line]);
        Box::pin(async move { durable.await.map_err(|error| JournalError::new(&error.0)) })
    }

    fn load(&self) -> Pending<Vec<Vec<u8>>> {
        let (stream, reads) = (self.stream.clone(), Arc::clone(&self.reads));
        Box::pin(async move {
            let lines = reads.journal(&stream).await;
            lines.map_err(|error| JournalError::new(&error.0))
        })
    }
}
