//! What every queue must do, as a suite that anybody can run: on the queue in memory, over a journal of one's own,
//! with the journal read again after every step, and on a queue kept elsewhere.
//!
//! It needs no runtime: each case is a future that its caller drives.

use std::sync::Arc;

use crate::journal::Journal;
use crate::memory::MemoryQueue;
use crate::names::RoomName;
use crate::queue::Queue;

mod cases;
mod dice;
mod house;
mod model;
mod random;
mod tape;
mod twins;

pub use random::same_as_the_model;
pub use tape::{Fate, Tape};
pub use twins::same_as_memory;

/// Makes the queue of one room; made again it is the same queue, as after a restart.
pub type Maker = Box<dyn Fn() -> Arc<dyn Queue>>;

/// How often the queue is made anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reload {
    /// Never: also right for a queue without a journal.
    Never,
    /// Before every operation, as if the process had been killed after each answer.
    AfterEveryStep,
}

/// The queue in memory over a journal.
pub fn journaled(journal: Arc<dyn Journal>) -> Maker {
    let room = RoomName::parse("opera").expect("five bytes are a name");
    Box::new(move || Arc::new(MemoryQueue::new(room.clone(), Arc::clone(&journal))))
}

/// Runs every case, each in a room of its own that nobody has opened.
///
/// # Panics
///
/// If the queue breaks a promise; the message says which.
pub async fn every_case(new_room: impl Fn() -> Maker, reload: Reload) {
    cases::opening(&new_room, reload).await;
    cases::coming(&new_room, reload).await;
    cases::admission(&new_room, reload).await;
    cases::ending(&new_room, reload).await;
    cases::operating(&new_room, reload).await;
}
