//! The whole sale over the memory engine: no clock, no randomness, no provider but those of the tests.
//!
//! Tests read as sentences, and each ends by asking whether every promise was kept.

mod accounts;
mod admission;
mod any_order;
mod breaking;
mod buying;
mod crowd;
mod ending;
mod late_money;
mod limits;
mod refunding;
mod refusing;
mod repeating;
mod shop;
mod staging;
