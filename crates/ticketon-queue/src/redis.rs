//! The Redis engine: one room, kept on a Redis server or a Redis Cluster and shared by any number of processes.
//!
//! Each operation is one Lua script (`redis/lua`), so it takes effect whole or not at all, and the rate limit is a token
//! bucket in there, so that any number of dispatchers together are right. All keys of a room lie in one slot; a cluster
//! spreads rooms. A call touches at most [`limits::REDIS_TOUCHED_MAX`] entries; what takes more is several calls. The
//! scripts do what `decide` and `State` do: a differential run holds the two together.
//!
//! Redis may forget: its last second after a crash or a fail-over, or everything. Numbers are given in blocks below a
//! [`Ceiling`] that is recorded elsewhere before; a server that started again, or another one, is noticed by its run id,
//! and the queue goes on in the next epoch above the ceiling. An absent queue is [`QueueError::QueueLost`], never an
//! empty one; only [`open`](crate::Queue::open) makes one. Whoever comes with a receipt of an earlier epoch is put back
//! at the old number, before all newcomers, who after a loss wait for [`limits::COMING_BACK`].
//!
//! What it does not do: it keeps no journal. What Redis has acknowledged and forgotten is known to receipts alone, and an
//! audit has the room's own books to go by.

mod books;
mod call;
mod connection;
mod numbers;
mod operations;
mod reply;
mod scripts;

use std::sync::Arc;

pub use connection::{Redis, RedisError};

use crate::ceiling::Ceilings;
use crate::names::RoomName;

/// A waiting room on Redis. Clones of its connection may serve many rooms.
pub struct RedisQueue {
    room: RoomName,
    redis: Redis,
    keys: [String; scripts::KEYS.len()],
    ceilings: Arc<dyn Ceilings>,
    /// One permit: the turn of whoever has more numbers recorded.
    numbering: async_lock::Semaphore,
}

impl RedisQueue {
    /// The queue of a room. Nothing is asked before the first operation.
    pub fn new(room: RoomName, redis: Redis, ceilings: Arc<dyn Ceilings>) -> Self {
        let keys = scripts::KEYS.map(|key| redis.key(&format!("q:{room}"), key));
        Self {
            room,
            redis,
            keys,
            ceilings,
            numbering: async_lock::Semaphore::new(1),
        }
    }
}
