//! A store that commits each decision as a batch of one: for tests, examples and small programs.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::changes::{Changes, CommitError, Unavailable};
use super::engine::{Engine, Store};
use super::settle::settle;

/// One decision at a time over an engine.
///
/// Who calls while another commit runs is told so ([`Unavailable`]); a program with many writers uses the
/// server's committer, which queues them and shares one sync among them.
pub struct Alone<E>(Mutex<Option<E>>);

impl<E: Engine> Alone<E> {
    /// A store over `engine`.
    pub fn new(engine: E) -> Self {
        Self(Mutex::new(Some(engine)))
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<E>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<E: Engine> Store for Alone<E> {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let taken = self.slot().take();
        let mut engine = taken.ok_or_else(|| Unavailable("another commit is running".to_owned()))?;
        let outcome = commit_one(&mut engine, changes).await;
        *self.slot() = Some(engine);
        outcome
    }
}

async fn commit_one(engine: &mut impl Engine, changes: Changes) -> Result<(), CommitError> {
    let batch = [changes];
    let found = engine.begin(&batch).await?;
    let verdict = settle(&batch, found)
        .pop()
        .expect("one verdict for a batch of one");
    let accepted: &[&Changes] = match &verdict {
        Ok(Some(changes)) => &[changes],
        Ok(None) | Err(_) => &[],
    };
    // A refused one is finished too: with nothing to write, which lets go of what `begin` locked.
    engine.finish(accepted, &[]).await.map_err(Unavailable::from)?;
    verdict?;
    Ok(())
}
