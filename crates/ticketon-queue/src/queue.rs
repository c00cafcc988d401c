//! The port: what a waiting room can be asked, whatever keeps it. Every engine passes the suite of
//! `contract` (a feature of this crate).

use async_trait::async_trait;

use crate::decide::Arrival;
use crate::decision::Counters;
use crate::entry::{EndReason, Entry, EntryId};
use crate::error::QueueError;
use crate::names::{RoomName, VisitorName};
use crate::policy::{Change, Settings};
use crate::progress::Progress;
use crate::record::Closing;
use crate::tick::Tick;
use crate::time::Timestamp;
use crate::view::Place;

/// The queue of one room. Each operation takes effect whole or not at all, and is harmless when it is repeated because
/// its answer was lost.
#[async_trait]
pub trait Queue: Send + Sync {
    /// The room's name.
    fn room(&self) -> &RoomName;

    /// Makes the room; the only operation that does. Says whether it was made now: opening an open room changes
    /// nothing.
    async fn open(&self, settings: Settings, now: Timestamp) -> Result<bool, QueueError>;

    /// A visitor comes: the place they have, or a new one at the back. Whoever is let in has the pass at once.
    async fn enter(&self, arrival: Arrival<'_>, now: Timestamp) -> Result<Place, QueueError>;

    /// The visitor's latest entry, if there is one. Claims nothing.
    async fn find(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError>;

    /// The visitor's latest entry; if it has been let in, the pass is fetched by this.
    async fn claim(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError>;

    /// The visitor gives up the place or the pass. Leaving twice changes nothing.
    async fn leave(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError>;

    /// Staff takes the place or the pass away.
    async fn remove(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError>;

    /// Ends the pass of one entry, because it was used or because what it was for is over. Says whether it was still
    /// alive: doing it again, or after the visitor came anew, changes nothing.
    async fn end_pass(
        &self,
        visitor: &VisitorName,
        entry: EntryId,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<bool, QueueError>;

    /// The dispatcher's tick: ends what ran out, counts who is inside, admits the first in line.
    async fn admit(&self, sellable: u64, now: Timestamp) -> Result<Tick, QueueError>;

    /// Ends what ran out, and says whose that was.
    async fn sweep(&self, now: Timestamp) -> Result<Vec<Entry>, QueueError>;

    /// What the room looks like now.
    async fn counters(&self, now: Timestamp) -> Result<Counters, QueueError>;

    /// How far the room has come, as a tick would publish it.
    async fn progress(&self, now: Timestamp) -> Result<Progress, QueueError>;

    /// Ends everybody's waiting at once and says how many that were. Who is inside stays.
    async fn close(&self, closing: Closing, now: Timestamp) -> Result<u64, QueueError>;

    /// Runs the room differently from now on.
    async fn change(&self, change: Change, now: Timestamp) -> Result<Settings, QueueError>;

    /// Runs the room as `wanted` from now on, if it is still run as `seen`: of two who saw the same, one is told that
    /// somebody else was first ([`QueueError::Changed`]).
    async fn replace(&self, seen: &Settings, wanted: Settings, now: Timestamp) -> Result<(), QueueError>;
}
