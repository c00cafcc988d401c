//! The queue on Redis: the contract, the run beside the queue in memory, and what it survives. The address comes from
//! the environment; servers that are killed or flushed are this program's own.

mod after_a_loss;
mod engine;
mod moving;
mod on_redis;
mod on_redis_cluster;
mod private;
mod together;
