//! A waiting room's journal in the store: the same writer and the same sync as everything else.
//!
//! After an answer was lost a line may stand in the store twice; the queue numbers its lines and tells.
//!
//! A journal is kept whole while its sale lasts, for places are made of it after a restart, and for a while longer, for
//! whoever wants to know whether anybody was served out of turn. Then all of it goes.

use std::sync::Arc;

use ticketon_core::ids::SaleId;
use ticketon_core::sale::Sale;
use ticketon_core::store::{Freshness, Reads};
use ticketon_core::{Context, Refusal, Timestamp};
use ticketon_queue::{Journal, JournalError, JournalLine, Pending, RoomName};

use crate::adapter::sql::Upkeep;
use crate::committer::Committer;
use crate::limits;

/// What the names of all rooms' journals begin with.
const ROOMS: &str = "queue/";

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

/// Forgets the journals of sales that closed long ago; says how many lines that were. Nobody comes to such a room any more,
/// nobody is inside, and it is not opened again, so it makes no difference where a crash leaves off.
pub async fn forget_ended(cx: &Context, upkeep: &Upkeep) -> Result<u64, Refusal> {
    let mut forgotten = 0;
    let mut stream = stream_of("");
    while let Some(next) = upkeep.next_journal(&stream).await? {
        stream = next;
        let Some(sale) = sale_of(&stream) else {
            continue;
        };
        let sale = cx.load::<Sale>((sale,), Freshness::Cached).await?;
        if !sale.is_some_and(|(sale, _)| is_forgotten(&sale, cx.now())) {
            continue;
        }
        loop {
            let some = upkeep.forget_lines(&stream, limits::PRUNED_AT_ONCE).await?;
            forgotten += some;
            if some < u64::from(limits::PRUNED_AT_ONCE) {
                break;
            }
        }
    }
    Ok(forgotten)
}

/// Whether the journal of a sale's waiting room is kept no more.
pub(crate) fn is_forgotten(sale: &Sale, now: Timestamp) -> bool {
    sale.closes_at + limits::JOURNAL_KEPT < now
}

/// The name of a room's journal in the store.
pub(crate) fn stream_of(room: &str) -> String {
    format!("{ROOMS}{room}")
}

fn sale_of(stream: &str) -> Option<SaleId> {
    stream.strip_prefix(ROOMS)?.parse().ok()
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
