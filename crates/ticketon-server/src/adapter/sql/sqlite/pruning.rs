//! What a store forgets. It is a job and no decision, so it takes no part in batches: it has a connection of its own,
//! whose short transactions wait for their turn between the committer's.

use std::path::Path;

use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use ticketon_core::store::Unavailable;
use ticketon_core::time::Timestamp;

use super::super::decode::unavailable;
use super::open::writing;
use crate::limits;

const ANSWERS: &str = "DELETE FROM answer WHERE (caller, operation, key) IN \
    (SELECT caller, operation, key FROM answer WHERE at < ? ORDER BY at LIMIT ?)";

/// Takes away what is too old from a store in one SQLite file.
#[derive(Debug, Clone)]
pub struct Pruning {
    pool: SqlitePool,
}

impl Pruning {
    /// For the store at `path`.
    pub fn at(path: &Path) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(limits::PRUNE_EVERY / 2)
            .connect_lazy_with(writing(path).create_if_missing(false));
        Self { pool }
    }

    /// Forgets what requests were answered before `old`, at most `limit` of them; answers how many.
    pub async fn answers(&self, old: Timestamp, limit: u32) -> Result<u64, Unavailable> {
        let forgotten = sqlx::query(ANSWERS)
            .bind(old.as_millis())
            .bind(limit)
            .execute(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(forgotten.rows_affected())
    }
}
