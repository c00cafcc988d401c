//! Opening a store in MySQL or MariaDB: what it must be, and what is said when it is not.

use std::sync::Arc;

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{Connection as _, Error, MySqlConnection};

use super::super::cache::RowCache;
use super::super::database::Database;
use super::super::lists::Lists;
use super::super::open::OpenError;
use super::super::reads::SqlReads;
use super::super::value::Columns as _;
use super::connect;
use super::engine::MySqlEngine;
use super::errors::{is_denied, is_no_database};
use super::numbering::Numbering;
use super::schema;
use crate::limits;

/// A store in a database of a MySQL or MariaDB server.
pub struct MySqlStore {
    /// What writes, each for a committer of its own.
    pub engines: Vec<MySqlEngine>,
    /// What reads.
    pub reads: SqlReads,
    /// What people look through.
    pub lists: Lists,
    /// What gives facts their positions.
    pub numbering: Numbering,
}

impl MySqlStore {
    /// Opens the store at an address, `mysql://user:password@host:port/database`, and brings its schema up to date.
    /// An empty database becomes a store; lists are read from `read_url` where one is given, a replica.
    pub async fn open(url: &str, read_url: Option<&str>) -> Result<Self, OpenError> {
        let options = parse(url)?;
        let lists = read_url.map_or_else(|| Ok(options.clone()), parse)?;
        let packet_max = prepare(&options).await?;
        let cache = Arc::new(RowCache::new());
        let engine = || MySqlEngine::new(options.clone(), packet_max, Arc::clone(&cache));
        let pool = connect::to_read(options.clone(), limits::DATABASE_READ_CONNECTIONS);
        let lists = connect::to_read(lists, limits::LIST_CONNECTIONS);
        Ok(Self {
            engines: (0..limits::COMMITTERS).map(|_| engine()).collect(),
            reads: SqlReads::new(Database::MySql(pool), Arc::clone(&cache)),
            lists: Lists::over(Database::MySql(lists)),
            numbering: Numbering::new(options.clone()),
        })
    }
}

/// An address without its password.
pub(super) fn shown(options: &MySqlConnectOptions) -> String {
    let (host, port) = (options.get_host(), options.get_port());
    format!(
        "mysql://{host}:{port}/{}",
        options.get_database().unwrap_or_default()
    )
}

fn parse(url: &str) -> Result<MySqlConnectOptions, OpenError> {
    use sqlx::ConnectOptions as _;
    let url = url.replacen("mariadb://", "mysql://", 1);
    let options: MySqlConnectOptions = url
        .parse()
        .map_err(|error: Error| OpenError::NotAnAddress(error.to_string()))?;
    if options.get_database().is_none_or(str::is_empty) {
        return Err(OpenError::NoDatabase(shown(&options)));
    }
    Ok(options.disable_statement_logging())
}

/// Brings the schema up to date; says how large a text the server takes.
async fn prepare(options: &MySqlConnectOptions) -> Result<usize, OpenError> {
    let at = |source| failed(options, source);
    let connecting = tokio::time::timeout(limits::DATABASE_CONNECTS_WITHIN, connect::to_write(options)).await;
    let mut connection = connecting
        .unwrap_or_else(|_| Err(Error::Io(std::io::ErrorKind::TimedOut.into())))
        .map_err(at)?;
    schema::migrate(&mut connection, options).await?;
    let packet_max = packet_max(&mut connection).await.map_err(at)?;
    connection.close().await.map_err(at)?;
    Ok(packet_max)
}

async fn packet_max(connection: &mut MySqlConnection) -> Result<usize, Error> {
    let text = "SELECT CAST(@@max_allowed_packet AS SIGNED)";
    let row = sqlx::raw_sql(text).fetch_one(connection).await?;
    Ok(usize::try_from(row.number(0)?).unwrap_or(usize::MAX))
}

/// What an error at the opening means.
pub(super) fn failed(options: &MySqlConnectOptions, source: Error) -> OpenError {
    let at = shown(options);
    if is_denied(&source) {
        OpenError::Denied { at, source }
    } else if is_no_database(&source) {
        OpenError::NoDatabase(at)
    } else {
        OpenError::Unreachable { at, source }
    }
}
