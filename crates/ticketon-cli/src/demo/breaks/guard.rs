//! An engine that never writes down how many seats a person has: two tabs each find that there are none yet.

use async_trait::async_trait;
use ticketon_core::row::Table;
use ticketon_core::store::{Changes, Engine, Found, JournalLine, NotWritten};

/// An engine that leaves the guard rows out.
pub(super) struct Unguarded<E>(E);

impl<E> Unguarded<E> {
    pub(super) fn new(engine: E) -> Self {
        Self(engine)
    }
}

#[async_trait]
impl<E: Engine> Engine for Unguarded<E> {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        self.0.begin(batch).await
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        let unguarded: Vec<Changes> = accepted.iter().map(|changes| without_guard(changes)).collect();
        let unguarded: Vec<&Changes> = unguarded.iter().collect();
        self.0.finish(&unguarded, journal).await
    }
}

fn without_guard(changes: &Changes) -> Changes {
    let mut changes = changes.clone();
    changes.writes.retain(|(row, _)| row.table() != Table::Allowance);
    changes
}
