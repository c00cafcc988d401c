//! The store over SQL: the only place that knows it.
//!
//! It promises what every store must do (`ticketon_core::contract`): a batch whole and durable or not at all, each
//! of its refusals named, facts at dense positions, reads that are never ahead of what is durable. It judges nothing:
//! `settle` does, between the two calls of a batch. Lists and searches stand apart: no decision rests on them.

mod batch;
mod cache;
mod copy;
mod database;
mod decode;
mod lists;
mod mysql;
mod open;
mod reads;
mod snapshot;
mod sqlite;
mod states;
mod statistics;
mod store;
mod tables;
mod tail;
mod texts;
mod upkeep;
mod value;

pub use cache::RowCounts;
pub use copy::{Copied, CopyError, contents, copy};
pub use lists::{EventPlace, EventSearch, EventSort, ListedEvent, Lists, TrailPlace, TrailSearch};
pub use mysql::{MySqlEngine, MySqlStore};
pub use open::OpenError;
pub use reads::SqlReads;
pub use sqlite::{SqliteEngine, SqliteStore, writing};
pub use statistics::{
    BadBatchUrl, BatchUser, Counted, CountedTable, Grant, Health, NoStatistics, NoTable, Overview, Signal,
    Statistics, TableStatistics, UserError,
};
pub use store::{SqlStore, StoreAddress};
pub use upkeep::Upkeep;
