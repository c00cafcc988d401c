//! Performances: the hall of one date, drawn and counted.

pub(super) mod seat_plan;
pub(super) mod seats;
pub(super) mod seed;
