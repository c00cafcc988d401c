//! The task that owns the engine: takes a batch, has it judged and written, answers it.

use std::sync::Arc;

use ticketon_core::store::{Changes, Conflict, Engine, NotWritten, Unavailable, settle};

use super::batch::Batch;
use super::counters::Counting;
use super::inbox::Inbox;
use crate::limits;

pub(super) struct Writer<E> {
    engine: E,
    counting: Arc<Counting>,
}

/// A batch that a constraint refused.
struct Refused(Batch, String);

impl<E: Engine> Writer<E> {
    pub(super) fn new(engine: E, counting: Arc<Counting>) -> Self {
        Self { engine, counting }
    }

    pub(super) async fn run(mut self, mut inbox: Inbox) {
        while inbox.has_work().await {
            // Whoever is about to ask gets into this batch (measured: 20 % more commits with 16 writers), and whoever was
            // answered goes on, before an engine that blocks takes the thread.
            tokio::task::yield_now().await;
            self.write(inbox.take()).await;
        }
    }

    async fn write(&mut self, batch: Batch) {
        let Err(Refused(batch, reason)) = self.write_whole(batch).await else {
            return;
        };
        self.counting.bug();
        tracing::error!(
            reason,
            changes = batch.changes.len(),
            "a constraint refused a batch; each is tried alone"
        );
        for single in batch.split() {
            if let Err(Refused(single, reason)) = self.write_whole(single).await {
                tracing::error!(reason, rows = ?single.row_names(), "a constraint refused what nothing stood against");
                single.fail(&Unavailable(reason));
            }
        }
    }

    /// Writes the batch and answers it, unless a constraint refuses it. A store that does not answer, and one to
    /// which another writer was first, is asked again with the same batch: what got in the first time says so.
    async fn write_whole(&mut self, batch: Batch) -> Result<(), Refused> {
        let mut pause = limits::WRITE_PAUSE;
        let mut tries = 1;
        let mut races = 0;
        loop {
            match self.attempt(&batch).await {
                Ok(verdicts) => {
                    batch.answer(verdicts);
                    return Ok(());
                }
                Err(NotWritten::Refused(reason)) => return Err(Refused(batch, reason)),
                Err(NotWritten::Raced(reason)) if races == limits::RACES => {
                    return Err(Refused(batch, reason));
                }
                Err(NotWritten::Raced(reason)) => {
                    tracing::debug!(
                        reason,
                        races,
                        "another writer was first; the batch is begun again"
                    );
                    self.counting.race();
                    races += 1;
                    continue;
                }
                Err(NotWritten::Unavailable(reason)) if tries == limits::WRITE_TRIES => {
                    tracing::error!(%reason, tries, "a batch was given up");
                    batch.fail(&reason);
                    return Ok(());
                }
                Err(NotWritten::Unavailable(reason)) => {
                    tracing::warn!(%reason, tries, "the store does not answer; the batch is sent again");
                }
            }
            self.counting.retry();
            tokio::time::sleep(pause).await;
            pause *= 2;
            tries += 1;
        }
    }

    async fn attempt(&mut self, batch: &Batch) -> Result<Vec<Result<(), Conflict>>, NotWritten> {
        let found = self.engine.begin(&batch.changes).await?;
        let verdicts = settle(&batch.changes, found);
        let accepted: Vec<&Changes> = verdicts.iter().flatten().flatten().copied().collect();
        self.engine.finish(&accepted, &batch.lines).await?;
        let verdicts: Vec<_> = verdicts.into_iter().map(|verdict| verdict.map(|_| ())).collect();
        self.counting
            .batch(&verdicts, &batch.handed_over, batch.lines.len());
        Ok(verdicts)
    }
}
