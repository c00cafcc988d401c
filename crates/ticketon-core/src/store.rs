//! The one door for writing: what one decision changes goes in whole, or is refused whole.
//!
//! `load → decide (pure) → commit`: a decision reads rows with their versions, builds [`Changes`] and hands
//! them to a [`Store`]. Nothing else writes. The store compares the versions, so a decision made from a stale
//! read is refused, never applied.

mod alone;
mod changes;
mod engine;
mod memory;
mod pages;
mod reads;
mod settle;

pub use alone::Alone;
pub use changes::{
    AnswerKey, Answered, Changes, CommitError, Conflict, JournalLine, NotWritten, Unavailable, Version,
};
pub use engine::{Engine, Found, Place, Store};
pub use memory::Memory;
pub use pages::Pages;
pub use reads::{Freshness, Reads, Snapshot, Versioned};
pub use settle::settle;
