//! How every connection to a MySQL store is set.

use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Error, Executor as _, MySqlConnection, MySqlPool};

use crate::limits;

/// What is read is what stands there now, so that a lock which was waited for shows what the other writer did. The
/// wait for a lock is short: whoever is told so begins again. MariaDB would make a join of a long list of keys, and
/// lock in another order; MySQL takes its setting for a comment.
const WRITING: &str = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE; \
    SET SESSION innodb_lock_wait_timeout = 2 /*M!100306 , SESSION in_predicate_conversion_threshold = 0 */";

/// Cannot write; a transaction stands at the moment of its first read.
const READING: &str = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// A connection that writes.
pub(super) async fn to_write(options: &MySqlConnectOptions) -> Result<MySqlConnection, Error> {
    let mut connection = options.connect().await?;
    sqlx::raw_sql(WRITING).execute(&mut connection).await?;
    Ok(connection)
}

/// A connection that keeps the store in order, made when it is needed.
pub(in crate::adapter::sql) fn to_maintain(options: MySqlConnectOptions) -> MySqlPool {
    pool(options, 1, WRITING)
}

/// Connections that have tables counted, made when they are needed and closed soon after: a table that somebody alters is not
/// waited for, since whoever comes after would wait, too. What the server says of its tables is to be of now (MySQL keeps
/// it for a day, and `MariaDB` takes that setting for a comment); a count that does not end is ended by `MariaDB` itself.
pub(in crate::adapter::sql) fn to_count(options: MySqlConnectOptions) -> MySqlPool {
    let setting = format!(
        "SET SESSION lock_wait_timeout = {lock}, SESSION innodb_lock_wait_timeout = {lock} \
         /*!80000 , SESSION information_schema_stats_expiry = 0 */ \
         /*M!100306 , SESSION max_statement_time = {whole} */",
        lock = limits::ANALYZE_LOCK_WAIT_S,
        whole = limits::ANALYZED_WITHIN.as_secs(),
    );
    MySqlPoolOptions::new()
        .max_connections(limits::BATCH_CONNECTIONS)
        .acquire_timeout(limits::DATABASE_CONNECTS_WITHIN)
        .idle_timeout(limits::ANALYZE_IDLE)
        .after_connect(move |connection, _| {
            let setting = setting.clone();
            Box::pin(async move {
                connection.execute(AssertSqlSafe(setting)).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options)
}

/// Connections that read, made as they are needed.
pub(super) fn to_read(options: MySqlConnectOptions, connections: u32) -> MySqlPool {
    pool(options, connections, READING)
}

fn pool(options: MySqlConnectOptions, connections: u32, setting: &'static str) -> MySqlPool {
    MySqlPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(limits::DATABASE_CONNECTS_WITHIN)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(setting).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options)
}
