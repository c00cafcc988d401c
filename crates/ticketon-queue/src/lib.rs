//! A waiting room for any Rust program: people come, wait in order, are let in as fast as there is room, and can
//! prove both their place and their admission.
//!
//! A room and a visitor are opaque names; what is behind the door is the embedder's business. Time, ids and
//! randomness are arguments. The crate starts no thread and needs no runtime of its own: [`Queue`] is called from
//! whatever serves the visitors, [`tick()`] from a loop.
//!
//! What it promises:
//! - one entry a visitor; coming again, from any device, finds the same place, and no place ever moves back;
//! - never more inside than the capacity, never faster than the rate, however many dispatchers tick;
//! - nobody out of turn, and the journal proves it ([`audit()`]);
//! - what was answered is durable, if there is a journal.
//!
//! What keeps a room is an engine of [`Queue`]: [`MemoryQueue`], for one process, over a journal; with feature `redis`
//! `RedisQueue`, for many.
//!
//! What it does not do: it does not serve HTTP and does not choose when to tick.

mod audit;
mod bucket;
#[cfg(feature = "redis")]
mod ceiling;
mod decide;
mod decision;
mod entry;
mod error;
mod journal;
mod keys;
pub mod limits;
mod line;
mod memory;
mod names;
mod pace;
mod policy;
mod progress;
mod queue;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod state;
mod tick;
mod time;
mod view;

#[cfg(feature = "contract")]
pub mod contract;

#[cfg(feature = "redis")]
pub use self::redis::{Redis, RedisError, RedisQueue};
pub use audit::{Audit, OutOfOrder, OverCapacity, audit};
#[cfg(feature = "redis")]
pub use ceiling::{Ceiling, CeilingError, Ceilings, CeilingsInMemory};
pub use decide::Arrival;
pub use decision::{Because, Counters, Decider, Decision, UNLIMITED, decide_admission};
pub use entry::{EndReason, Entry, EntryId, EntryState, Seq};
pub use error::QueueError;
pub use journal::{Corrupt, Journal, JournalError, JournalLine, NoJournal, Pending, read_lines};
pub use keys::{Keys, Pass, PassError, Receipt, ReceiptError};
pub use line::GivenUp;
pub use memory::MemoryQueue;
pub use names::{NameError, RoomName, VisitorName};
pub use policy::{Change, Policy, Settings, SettingsError};
pub use progress::{Eta, Progress};
pub use queue::Queue;
pub use record::{Closing, Record, Snapshot};
pub use tick::{Tick, tick};
pub use time::Timestamp;
pub use view::{Place, View, ViewState, view};
