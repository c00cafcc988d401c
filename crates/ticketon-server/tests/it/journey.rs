//! The buyer's journey through HTTP, from the queue to the ticket and back.

mod paying;
mod provider;
mod queue;
mod refunding;
mod seats;
mod streaming;
