//! Opening a store's file: what it must be, what is said when it is not, and how every connection is set.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Error, Row as _, SqliteConnection, SqlitePool};

use super::super::cache::RowCache;
use super::super::database::Database;
use super::super::open::OpenError;
use super::super::reads::SqlReads;
use super::engine::SqliteEngine;
use super::schema::{APPLICATION_ID, MIGRATIONS};
use crate::limits;

/// A store in one SQLite file: its writing half, which a committer owns, and its reading half.
pub struct SqliteStore {
    /// What writes. One process at a time should write; the file's own lock keeps two from harming each other.
    pub engine: SqliteEngine,
    /// What reads.
    pub reads: SqlReads,
}

impl SqliteStore {
    /// Opens the store at `path`, and brings its schema up to date.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        if !path.exists() {
            return Err(OpenError::Missing(path.display().to_string()));
        }
        let seen = seen(path).await?;
        Self::prepared(path, seen).await
    }

    /// Opens the store at `path` to be looked at beside whoever writes to it. Nothing is locked and nothing is changed,
    /// so a store of an older schema is refused.
    pub async fn beside(path: &Path) -> Result<SqlReads, OpenError> {
        if !path.exists() {
            return Err(OpenError::Missing(path.display().to_string()));
        }
        let (found, known) = (seen(path).await?, MIGRATIONS.len());
        if found < known {
            return Err(OpenError::Older {
                at: path.display().to_string(),
                found,
                known,
            });
        }
        Ok(SqlReads::new(
            Database::from(readers(path)),
            Arc::new(RowCache::new()),
        ))
    }

    /// Makes a new store at `path`, in a folder that exists.
    pub async fn create(path: &Path) -> Result<Self, OpenError> {
        if path.exists() {
            return Err(OpenError::Exists(path.display().to_string()));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        if !folder.as_os_str().is_empty() && !folder.is_dir() {
            return Err(OpenError::NoFolder(folder.to_owned()));
        }
        Self::prepared(path, 0).await
    }

    /// Takes away the index that has the last word on a seat's one live ticket, from a store that nobody has open:
    /// for a demo that shows what the index is good for.
    pub async fn drop_live_ticket_index(path: &Path) -> Result<(), OpenError> {
        let dropped = async {
            let mut connection = writing(path).connect().await?;
            sqlx::raw_sql("DROP INDEX IF EXISTS ticket_live_seat")
                .execute(&mut connection)
                .await?;
            connection.close().await
        };
        dropped.await.map_err(|source| failed(path, source))
    }

    async fn prepared(path: &Path, seen: usize) -> Result<Self, OpenError> {
        let options = writing(path);
        let migrated = migrate(&options, seen).await;
        migrated.map_err(|source| failed(path, source))?;
        let cache = Arc::new(RowCache::new());
        Ok(Self {
            engine: SqliteEngine::new(path.to_owned(), cache.clone()),
            reads: SqlReads::new(Database::from(readers(path)), cache),
        })
    }
}

fn readers(path: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(limits::READ_CONNECTIONS)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(reading(path))
}

/// How many migrations the file has been through; looks without touching, as it may be somebody else's.
async fn seen(path: &Path) -> Result<usize, OpenError> {
    let head = async {
        let mut connection = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            .connect()
            .await?;
        let head = sqlx::query(
            "SELECT a.application_id, v.user_version, (SELECT count(*) FROM sqlite_schema) \
             FROM pragma_application_id a, pragma_user_version v",
        );
        let head = head.fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok((head.try_get(0)?, head.try_get(1)?, head.try_get(2)?))
    };
    let (owner, version, tables): (i64, i64, i64) = head.await.map_err(|source| failed(path, source))?;
    let is_empty = owner == 0 && version == 0 && tables == 0;
    if owner != APPLICATION_ID && !is_empty {
        return Err(OpenError::NotAStore(path.display().to_string()));
    }
    let found = usize::try_from(version).map_err(|_| OpenError::NotAStore(path.display().to_string()))?;
    if found > MIGRATIONS.len() {
        return Err(OpenError::Newer {
            at: path.display().to_string(),
            found,
            known: MIGRATIONS.len(),
        });
    }
    Ok(found)
}

async fn migrate(options: &SqliteConnectOptions, seen: usize) -> Result<(), Error> {
    let mut connection = options.connect().await?;
    for (text, version) in MIGRATIONS.iter().zip(1..).skip(seen) {
        apply(&mut connection, text, version).await?;
    }
    connection.close().await
}

async fn apply(connection: &mut SqliteConnection, text: &str, version: usize) -> Result<(), Error> {
    let whole = format!(
        "BEGIN IMMEDIATE; {text} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}; COMMIT"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(whole))
        .execute(connection)
        .await?;
    Ok(())
}

/// How a connection that writes is set, by whatever client. The settings were measured together (`benches/store.rs`).
const WRITING: [(&str, &str); 5] = [
    ("journal_mode", "wal"),
    // What was answered survives a power cut.
    ("synchronous", "full"),
    ("foreign_keys", "on"),
    ("cache_size", limits::WRITER_CACHE_KIB),
    // Checkpoints are the slowest commits: fewer, larger ones.
    ("wal_autocheckpoint", limits::CHECKPOINT_PAGES),
];

/// The one connection that writes decisions.
pub(super) fn to_write(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(limits::LOCK_WAIT)?;
    for (name, value) in WRITING {
        connection.execute_batch(&format!("PRAGMA {name} = {value}"))?;
    }
    connection.set_prepared_statement_cache_capacity(limits::PREPARED_TEXTS);
    Ok(connection)
}

/// The same settings for whoever writes beside it, between two batches.
pub fn writing(path: &Path) -> SqliteConnectOptions {
    let options = any(path).create_if_missing(true);
    let set = |options: SqliteConnectOptions, (name, value)| options.pragma(name, value);
    WRITING.into_iter().fold(options, set)
}

/// A connection that cannot write.
pub(in crate::adapter::sql) fn reading(path: &Path) -> SqliteConnectOptions {
    any(path).read_only(true)
}

fn any(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(limits::LOCK_WAIT)
        .row_buffer_size(limits::ROW_BUFFER)
        .statement_cache_capacity(limits::PREPARED_TEXTS)
        .disable_statement_logging()
}

fn failed(path: &Path, source: Error) -> OpenError {
    let code = source
        .as_database_error()
        .and_then(|error| error.code()?.parse::<i32>().ok());
    // Primary result codes, <https://www.sqlite.org/rescode.html>.
    match code.map(|code| code & 0xFF) {
        Some(5 | 6) => OpenError::Locked(path.display().to_string()),
        Some(26) => OpenError::NotAStore(path.display().to_string()),
        _ => OpenError::Failed {
            path: path.to_owned(),
            source,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn execute(path: &Path, text: &'static str) {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        sqlx::raw_sql(text).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_newer_schema_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        SqliteStore::create(&path).await.unwrap();
        execute(&path, "PRAGMA user_version = 99").await;
        let refused = SqliteStore::open(&path).await.err().unwrap();
        assert!(matches!(refused, OpenError::Newer { found: 99, .. }), "{refused}");
    }

    #[tokio::test]
    async fn who_only_reads_changes_nothing_and_is_told_of_an_older_schema() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        SqliteStore::create(&path).await.unwrap();
        SqliteStore::beside(&path).await.unwrap();
        execute(&path, "PRAGMA user_version = 1").await;
        let refused = SqliteStore::beside(&path).await.err().unwrap();
        assert!(matches!(refused, OpenError::Older { found: 1, .. }), "{refused}");
        assert_eq!(seen(&path).await.unwrap(), 1);
        let nothing = SqliteStore::beside(&folder.path().join("b.db")).await;
        assert!(matches!(nothing, Err(OpenError::Missing(_))));
        assert!(!folder.path().join("b.db").exists());
    }

    #[tokio::test]
    async fn another_programs_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        execute(&path, "CREATE TABLE note (text TEXT)").await;
        assert!(matches!(
            SqliteStore::open(&path).await,
            Err(OpenError::NotAStore(_))
        ));
    }

    #[tokio::test]
    async fn a_file_that_another_process_writes_to_is_locked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        execute(&path, "").await;
        let mut other = SqliteConnectOptions::new()
            .filename(&path)
            .connect()
            .await
            .unwrap();
        sqlx::raw_sql("BEGIN EXCLUSIVE")
            .execute(&mut other)
            .await
            .unwrap();
        assert!(matches!(
            SqliteStore::open(&path).await,
            Err(OpenError::Locked(_))
        ));
    }
}
