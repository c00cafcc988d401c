//! Real engines for developers and tests: MySQL, MariaDB, Redis, a Redis Cluster and Kafka, each a daemon of its own on a
//! private port of 127.0.0.1. Everything they need and everything they write lies below `target/services`: nothing is
//! installed as a service of the machine, and deleting `target` while they are down leaves nothing behind.
//!
//! An engine outlives the command that started it. What is known of it is its `address` file (`record`): its ports, its
//! processes, and how it was had. There is no other state.

mod compose;
mod daemon;
mod down;
mod engine;
mod errand;
mod home;
mod kafka;
mod mariadb;
mod mysql;
mod outage;
mod packages;
mod ports;
mod program;
mod record;
mod redis;
mod reset;
mod start;
mod status;
mod up;
mod while_up;
mod wire;

pub(crate) use down::VERB as DOWN;
pub(crate) use engine::Engine;
pub(crate) use outage::{VERB as OUTAGE, may_be_killed};
pub(crate) use reset::VERB as RESET;
pub(crate) use status::VERB as STATUS;
pub(crate) use up::VERB as UP;
pub(crate) use while_up::while_up;
