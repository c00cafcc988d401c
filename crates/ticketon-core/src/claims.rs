//! Seats set aside for a moment while a request takes them to the store: what turns a crowd away before it.
//!
//! A claim is a courtesy. Who has one is not disturbed by others who choose with claims taken out; whether the
//! seats are free the store still decides, with claims or without. A claim ends when its request gives it back,
//! and by itself after [`CLAIM_KEPT`](crate::limits::CLAIM_KEPT).

mod memory;

use std::ops::Range;

use async_trait::async_trait;

use crate::ids::{IdempotencyKey, PerformanceId, Person};
use crate::plan::SeatNumber;
use crate::time::Timestamp;

pub use memory::ClaimsInMemory;

/// Who is about to hold which seats. It has no errors: an engine that does not answer disturbs nobody, and the store is
/// left to decide alone.
#[async_trait]
pub trait Claims: Send + Sync {
    /// Claims all of the seats or none. What the owner has claimed already is claimed anew, from `now`.
    async fn take(
        &self,
        performance: PerformanceId,
        seats: &[SeatNumber],
        owner: &ClaimOwner,
        now: Timestamp,
    ) -> Result<(), Claimed>;

    /// Ends the owner's claims on the seats; what is not the owner's stays.
    async fn give_back(&self, performance: PerformanceId, seats: &[SeatNumber], owner: &ClaimOwner);

    /// The seats among `numbers` that others than `owner` claim, in plan order.
    async fn claimed(
        &self,
        performance: PerformanceId,
        numbers: Range<u32>,
        now: Timestamp,
        owner: &ClaimOwner,
    ) -> Vec<SeatNumber>;
}

/// Whose a claim is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimOwner {
    /// One request's, named by random bytes.
    Request([u8; 16]),
    /// That of all repeats of one request: a repeat takes its own claim again, and is never told that its own
    /// seats are taken.
    Repeatable(Person, IdempotencyKey),
}

/// Others claim some of the wanted seats; nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("others are just taking some of these seats")]
pub struct Claimed {
    /// All seats of the performance that others claim at this moment, so that the next choice is right.
    pub by_others: Vec<SeatNumber>,
}
