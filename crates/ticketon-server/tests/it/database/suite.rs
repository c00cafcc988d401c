//! What is asked of a store in a database, whichever server has it.

use async_trait::async_trait;
use ticketon_core::contract;
use ticketon_core::store::{Changes, Engine, Found, JournalLine, NotWritten};
use ticketon_server::adapter::sql::{MySqlEngine, Numbering, SqlReads};

use super::scratch::Server;

/// An engine whose facts are numbered at once, as the worker does a moment later.
struct Numbered {
    engine: MySqlEngine,
    numbering: Numbering,
}

#[async_trait]
impl Engine for Numbered {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        self.engine.begin(batch).await
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        self.engine.finish(accepted, journal).await?;
        Ok(self.numbering.number_all().await?)
    }
}

async fn numbered(server: &Server) -> (Numbered, SqlReads) {
    let mut store = server.store().await;
    let engine = store.engines.pop().expect("a store has an engine");
    let numbering = store.numbering;
    (Numbered { engine, numbering }, store.reads)
}

pub(super) async fn it_is_a_store(server: &Server) {
    contract::store(async || numbered(server).await).await;
}

pub(super) async fn it_is_like_memory(server: &Server) {
    for seed in 0..6 {
        let (engine, reads) = numbered(server).await;
        contract::store_like_memory(engine, reads, seed, 40).await;
    }
}
