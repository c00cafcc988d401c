//! The whole shop as a library: engines, HTTP and SSE, and the work that runs without being asked.

pub mod adapter;
pub mod analysis;
pub mod background;
pub mod client;
pub mod committer;
pub mod data_folder;
pub mod editions;
pub mod http;
pub mod jobs;
pub mod journal;
pub mod leases;
pub mod limits;
mod metrics;
pub mod numbering;
pub mod passwords;
pub mod payments;
pub mod provider;
pub mod rates;
pub mod replay;
pub mod roles;
pub mod rooms;
pub mod sandbox;
pub mod seat_feed;
pub mod server;
pub mod settings;
pub mod shared;
pub mod shop;
pub mod signing_key;
pub mod tokens;
pub mod verify;
pub mod views;

// Their types stand in this crate's signatures.
pub use {ticketon_pay as pay, ticketon_queue as queue};
