//! What connects the shop to the world: each port's engine is a module here.

pub mod kafka;
pub mod redis;
pub mod sql;
pub mod system;
