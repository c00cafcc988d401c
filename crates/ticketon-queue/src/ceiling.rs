//! The port of a queue that can be lost: up to which number it may have given numbers, written down where a loss of the
//! queue does not reach.
//!
//! A queue that is its own truth (memory over a journal) needs none. One that lives in a server which may forget its
//! last second, or everything, gives numbers only below a ceiling that was recorded before; when it has forgotten, it
//! goes on above it. So no number is ever given twice, and an old receipt says who was before whom.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::entry::Seq;
use crate::names::RoomName;
use crate::time::Timestamp;

/// How far a room may have come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ceiling {
    /// How often the queue has begun: 1 unless it was lost.
    pub epoch: u32,
    /// When this epoch was recorded. The queue itself is made right after that.
    pub since: Timestamp,
    /// No higher number was given.
    pub seq: Seq,
}

/// A ceiling that could not be read or recorded.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct CeilingError(pub String);

/// Where ceilings are recorded: durably, and apart from the queues.
#[async_trait]
pub trait Ceilings: Send + Sync {
    /// What is recorded of a room; none if it was never opened.
    async fn recorded(&self, room: &RoomName) -> Result<Option<Ceiling>, CeilingError>;

    /// Records a ceiling in place of what was recorded, and says whether it did: not if somebody else was first.
    async fn replace(
        &self,
        room: &RoomName,
        recorded: Option<Ceiling>,
        ceiling: Ceiling,
    ) -> Result<bool, CeilingError>;
}

/// Ceilings that end with this process: for one process whose rooms may end with it, and for tests.
#[derive(Debug, Default)]
pub struct CeilingsInMemory(Mutex<BTreeMap<RoomName, Ceiling>>);

#[async_trait]
impl Ceilings for CeilingsInMemory {
    async fn recorded(&self, room: &RoomName) -> Result<Option<Ceiling>, CeilingError> {
        let ceilings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(ceilings.get(room).copied())
    }

    async fn replace(
        &self,
        room: &RoomName,
        recorded: Option<Ceiling>,
        ceiling: Ceiling,
    ) -> Result<bool, CeilingError> {
        let mut ceilings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ceilings.get(room).copied() != recorded {
            return Ok(false);
        }
        ceilings.insert(room.clone(), ceiling);
        Ok(true)
    }
}
