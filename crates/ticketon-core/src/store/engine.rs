//! The ports of a store: what a use case sees, and what an engine must do for a batch.

use async_trait::async_trait;

use super::changes::{Answered, Changes, CommitError, JournalLine, NotWritten};
use crate::row::{RowId, UniqueKey};

/// Where a decision's changes go.
#[async_trait]
pub trait Store: Send + Sync {
    /// Applies the changes whole, durably, or refuses them whole.
    async fn commit(&self, changes: Changes) -> Result<(), CommitError>;
}

/// A place in a batch, from 0.
pub type Place = usize;

/// What a store holds against the changes of a batch, by place. What is not named is as expected.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Found {
    /// Rows that are not at the version expected.
    pub stale: Vec<(Place, RowId)>,
    /// Unique keys that another row holds, and which.
    pub taken: Vec<(Place, UniqueKey, RowId)>,
    /// Requests answered before.
    pub answered: Vec<(Place, Answered)>,
    /// Changes applied before.
    pub applied: Vec<Place>,
}

/// An engine under a store: two calls a batch.
///
/// `begin` opens a transaction, locks and looks up what the batch names; `finish` writes what was accepted,
/// appends the journal and commits. An engine judges nothing: [`super::settle`] does, between the two.
/// After an error, or when `finish` is not called, the next `begin` finds nothing of the batch applied, or,
/// where the answer of a commit was lost, all of it, and says so in [`Found::applied`].
#[async_trait]
pub trait Engine: Send {
    /// Opens the batch and says what stands against it.
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten>;

    /// Writes the accepted changes and the journal's lines, and makes them durable.
    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten>;
}

#[async_trait]
impl<E: Engine + ?Sized> Engine for Box<E> {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        (**self).begin(batch).await
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        (**self).finish(accepted, journal).await
    }
}
