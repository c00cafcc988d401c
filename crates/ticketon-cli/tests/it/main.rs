//! Transcripts: the built program is run as somebody would run it, and what it says and how it ends is checked. One
//! binary.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails; its helpers are no `#[test]` to clippy"
)]

mod batch;
mod batch_user;
mod buy_with_curl;
mod demo;
mod from_nothing;
mod logging;
mod operations;
mod publishing;
mod refusals;
mod replaying;
mod roles;
mod serving;
mod support;
mod views;
