//! Everything that takes the server's parts together; one binary, because linking takes longest.

mod access;
mod accounts;
mod bad_input;
mod journey;
mod selling;
mod sqlite;
mod support;
