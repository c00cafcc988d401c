//! A store that commits each decision as a batch of one: for tests, examples and small programs.

use async_lock::{Mutex, Semaphore};
use async_trait::async_trait;

use super::changes::{Changes, CommitError, Unavailable};
use super::engine::{Engine, Store};
use super::settle::settle;

/// One decision at a time over an engine. A program with many writers uses the server's committer, which shares
/// one sync among them.
pub struct Alone<E> {
    /// Whose turn it is. The lock is held by nobody else then: a lock that is waited for looks at the clock, and what
    /// runs here must run the same every time.
    turn: Semaphore,
    engine: Mutex<E>,
}

impl<E: Engine> Alone<E> {
    /// A store over `engine`.
    pub fn new(engine: E) -> Self {
        Self {
            turn: Semaphore::new(1),
            engine: Mutex::new(engine),
        }
    }
}

#[async_trait]
impl<E: Engine> Store for Alone<E> {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let _turn = self.turn.acquire().await;
        let mut engine = self.engine.lock().await;
        let batch = [changes];
        let found = engine.begin(&batch).await.map_err(Unavailable::from)?;
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

#[cfg(all(test, feature = "contract"))]
mod tests {
    use super::*;
    use crate::contract::sample::{changes, fact, opening, performance_id, seat};
    use crate::plan::SeatNumber;
    use crate::row::RowId;
    use crate::seat::SeatState;
    use crate::store::{Conflict, Memory, Reads as _};

    #[tokio::test]
    async fn each_decision_is_committed_whole_or_refused_and_the_next_one_goes_on() {
        let memory = Memory::new();
        let store = Alone::new(memory.clone());
        let seating = |n: u32| changes(n).create(seat(1, SeatState::Free)).record(fact());
        assert_eq!(store.commit(opening()).await, Ok(()));
        assert_eq!(store.commit(seating(1)).await, Ok(()));
        assert_eq!(store.commit(seating(1)).await, Ok(()), "sent twice, applied once");
        let taken = RowId::Seat(performance_id(), SeatNumber(1));
        assert_eq!(store.commit(seating(2)).await, Err(Conflict::Stale(taken).into()));
        let other = changes(3).create(seat(2, SeatState::Free)).record(fact());
        assert_eq!(store.commit(other).await, Ok(()));
        assert_eq!(memory.facts(crate::fact::Position(0), 10).await.unwrap().len(), 3);
    }
}
