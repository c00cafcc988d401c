//! What every queue must do, as a suite that anybody can run: on the queue in memory, over a journal of one's own,
//! with the journal read again after every step. When a second engine comes it must pass the same.
//!
//! It needs no runtime: each case is a future that its caller drives.

use std::sync::Arc;

use crate::journal::Journal;

mod cases;
mod house;
mod model;
mod random;
mod tape;

pub use random::same_as_the_model;
pub use tape::{Fate, Tape};

/// How often the queue forgets everything and reads its journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reload {
    /// Never: also right for a queue without a journal.
    Never,
    /// Before every operation, as if the process had been killed after each answer.
    AfterEveryStep,
}

/// Runs every case, each on a journal of its own.
///
/// # Panics
///
/// If the queue breaks a promise; the message says which.
pub async fn every_case(journal: impl Fn() -> Arc<dyn Journal>, reload: Reload) {
    cases::opening(&journal, reload).await;
    cases::coming(&journal, reload).await;
    cases::admission(&journal, reload).await;
    cases::ending(&journal, reload).await;
    cases::operating(&journal, reload).await;
}
