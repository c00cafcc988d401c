//! Everything that takes the server's parts together; one binary, because linking takes longest.

mod journey;
mod sqlite;
mod support;
