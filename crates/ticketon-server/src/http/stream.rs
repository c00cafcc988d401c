//! One stream of server-sent events a tab: what happens, as it happens.

pub(super) mod open;
pub(super) mod ticket;
mod waiting;
mod watching;
