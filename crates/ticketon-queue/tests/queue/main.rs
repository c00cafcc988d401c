//! The queue as its users meet it: the contract, faults of the journal, and what may happen at the same time.

#![expect(
    clippy::unwrap_used,
    reason = "a test that hears the unexpected fails, in its helpers too"
)]

mod compaction;
mod contract;
mod faults;
mod order;
#[cfg(feature = "redis")]
mod redis;
mod together;
