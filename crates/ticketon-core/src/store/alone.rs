//! A store that commits each decision as a batch of one: for tests, examples and small programs.

use async_lock::Mutex;
use async_trait::async_trait;

use super::changes::{Changes, CommitError, Unavailable};
use super::engine::{Engine, Store};
use super::settle::settle;

/// One decision at a time over an engine. A program with many writers uses the server's committer, which shares
/// one sync among them.
pub struct Alone<E>(Mutex<E>);

impl<E: Engine> Alone<E> {
    /// A store over `engine`.
    pub fn new(engine: E) -> Self {
        Self(Mutex::new(engine))
    }
}

#[async_trait]
impl<E: Engine> Store for Alone<E> {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let mut engine = self.0.lock().await;
        let batch = [changes];
        let found = engine.begin(&batch).await?;
        let verdict = settle(&batch, found)
            .pop()
            .expect("one verdict for a batch of one");
        let accepted: &[&Changes] = match &verdict {
            Ok(Some(changes)) => &[changes],
            Ok(None) | Err(_) => &[],
        };
        // A refused one is finished too, with nothing to write: it lets go of what `begin` locked.
        engine.finish(accepted, &[]).await.map_err(Unavailable::from)?;
        verdict?;
        Ok(())
    }
}
