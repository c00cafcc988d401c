//! Kafka: facts for others. The only place that knows it.
//!
//! A topic for each kind of stream; the stream's id is the key, so that facts of one stream stay in order; a message is a
//! `CloudEvents` 1.0 event in binary mode whose `sequence` is the fact's position. The store's log stays the truth:
//! nothing of the shop waits for Kafka, and what is published twice is told by its sequence. Topics are made when
//! somebody connects, never while the shop serves.

mod asyncapi;
mod client;
mod consumer;
mod dead;
mod error;
mod held;
mod message;
mod published;
mod publisher;
mod status;
mod topics;

pub use asyncapi::asyncapi;
pub use consumer::{Consumer, Received};
pub use dead::{DeadLetter, Retried, Undelivered, Which};
pub use error::BusError;
pub use published::Published;
pub use publisher::Publisher;
pub use status::{TopicStatus, topics as status};
pub use topics::remove as remove_topics;
