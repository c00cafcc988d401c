//! The `ticketon` command.
fn main() {}
