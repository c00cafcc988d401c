//! The SQLite store does what every store must do, and keeps what it said over a crash.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;
use ticketon_core::contract;
use ticketon_server::adapter::sql::{OpenError, SqliteEngine, SqliteReads, SqliteStore};

/// A folder for stores, gone with its owner.
struct Folder(TempDir, AtomicU32);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap(), AtomicU32::new(0))
    }

    fn next(&self) -> PathBuf {
        self.0
            .path()
            .join(format!("{}.db", self.1.fetch_add(1, Ordering::Relaxed)))
    }

    async fn store(&self) -> (SqliteEngine, SqliteReads) {
        let store = SqliteStore::create(&self.next()).await.unwrap();
        (store.engine, store.reads)
    }
}

#[tokio::test]
async fn sqlite_is_a_store() {
    let folder = Folder::new();
    contract::store(async || folder.store().await).await;
}

#[tokio::test]
async fn sqlite_is_like_memory() {
    let folder = Folder::new();
    for seed in 0..10 {
        let (engine, reads) = folder.store().await;
        contract::store_like_memory(engine, reads, seed, 40).await;
    }
}
