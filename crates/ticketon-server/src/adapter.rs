//! What connects the shop to the world: each port's engine is a module here.

pub mod sql;
pub mod system;
