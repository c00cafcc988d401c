//! A waiting room's journal in the store: the same writer and the same sync as everything else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ticketon_core::store::Reads;
use ticketon_queue::{Journal, JournalError, JournalLine, Pending, RoomName};

use crate::committer::Committer;

/// One room's journal.
pub struct StoreJournal {
    stream: String,
    /// The number of the last line handed over.
    last: Arc<AtomicU64>,
    committer: Committer,
    reads: Arc<dyn Reads>,
}

impl StoreJournal {
    /// The journal of a room.
    pub fn new(room: &RoomName, committer: Committer, reads: Arc<dyn Reads>) -> Self {
        Self {
            stream: stream_of(room.as_str()),
            last: Arc::default(),
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
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let line = ticketon_core::store::JournalLine {
            stream: self.stream.clone(),
            number,
            bytes: line.bytes,
        };
        let durable = self.committer.append(vec![line]);
        Box::pin(async move { durable.await.map_err(|error| JournalError::new(&error.0)) })
    }

    fn load(&self) -> Pending<Vec<Vec<u8>>> {
        let (stream, reads) = (self.stream.clone(), Arc::clone(&self.reads));
        let last = Arc::clone(&self.last);
        Box::pin(async move {
            let lines = reads
                .journal(&stream)
                .await
                .map_err(|error| JournalError::new(&error.0))?;
            last.fetch_max(lines.len() as u64, Ordering::Relaxed);
            Ok(lines)
        })
    }
}
