//! Who sells, and who is what there.

pub(super) mod create;
pub(super) mod members;
