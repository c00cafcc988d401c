//! The whole sale over the memory engine: no clock, no randomness, no provider but those of the tests.
//!
//! Tests read as sentences, and each ends by asking whether every promise was kept.

#![expect(
    clippy::unwrap_used,
    reason = "a test that hears the unexpected fails, in its helpers too"
)]

mod accounts;
mod admission;
mod any_order;
mod breaking;
mod buying;
mod crowd;
mod ending;
mod error_table;
mod late_money;
mod limits;
mod refunding;
mod refusing;
mod repeating;
mod shop;
mod staging;
