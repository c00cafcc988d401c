//! What a sale is: its rules, its use cases and the ports they need, without any I/O.
//!
//! A use case is a function over a [`Context`]: it checks the caller's right, loads rows, decides, and commits
//! what the decision changes through the one door for writing, [`store::Store`]. There is no clock, no
//! randomness, no runtime and no engine in here but the one in memory: all come from outside.

pub mod availability;
pub mod caller;
pub mod chain;
pub mod choose;
pub mod claims;
mod context;
#[cfg(feature = "contract")]
pub mod contract;
pub mod entropy;
pub mod error;
pub mod event;
pub mod fact;
pub mod figures;
pub mod hold;
pub mod ids;
pub mod job;
pub mod limits;
pub mod money;
pub mod organization;
pub mod payment;
pub mod plan;
pub mod policy;
pub mod projection;
pub mod purchase;
pub mod row;
pub mod sale;
pub mod seat;
pub mod store;
pub mod ticket;
pub mod time;
mod use_cases;
pub mod user;
pub mod verify;
pub mod views;

pub use caller::Caller;
pub use context::Context;
pub use entropy::SeededEntropy;
pub use error::{Code, Refusal};
pub use money::Won;
pub use plan::Plan;
pub use store::Memory;
pub use time::{FixedClock, Timestamp};
pub use use_cases::*;
pub use verify::{verify, verify_against};
