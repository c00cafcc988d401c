//! Opening a store in MySQL or MariaDB: what it must be, and what is said when it is not.

use std::sync::Arc;

use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::{ConnectOptions as _, Connection as _, Error, MySqlConnection};

use super::super::cache::RowCache;
use super::super::database::Database;
use super::super::lists::Lists;
use super::super::open::OpenError;
use super::super::reads::SqlReads;
use super::super::upkeep::Upkeep;
use super::super::value::Columns as _;
use super::connect;
use super::engine::MySqlEngine;
use super::errors::{is_denied, is_no_database};
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
    /// What keeps it in order.
    pub upkeep: Upkeep,
}

impl MySqlStore {
    /// Opens the store at an address, `mysql://user:password@host:port/database`, and brings its schema up to date.
    /// What anybody may see is listed from `read_url` where one is given, a replica.
    pub async fn open(url: &str, read_url: Option<&str>) -> Result<Self, OpenError> {
        Self::prepared(url, read_url, |at| Err(OpenError::Missing(at))).await
    }

    /// The same; a database that is empty becomes a store.
    pub async fn open_or_create(url: &str, read_url: Option<&str>) -> Result<Self, OpenError> {
        Self::prepared(url, read_url, |_| Ok(())).await
    }

    /// Opens the store at an address to be looked at beside whoever writes to it. Nothing is changed, so a store of an
    /// older schema is refused.
    pub async fn beside(url: &str) -> Result<SqlReads, OpenError> {
        let options = parse(url)?;
        let mut connection = connect(&options).await?;
        schema::must_be_current(&mut connection, &options).await?;
        let pool = connect::to_read(options, limits::DATABASE_READ_CONNECTIONS);
        Ok(SqlReads::new(Database::from(pool), Arc::new(RowCache::new())))
    }

    /// Whether there is a store, or something else, in the database of an address.
    pub async fn exists(url: &str) -> Result<bool, OpenError> {
        let options = parse(url)?;
        let mut connection = connect(&options).await?;
        let is_empty = schema::is_empty(&mut connection).await;
        Ok(!is_empty.map_err(|source| failed(&options, source))?)
    }

    async fn prepared(
        url: &str,
        read_url: Option<&str>,
        if_empty: impl FnOnce(String) -> Result<(), OpenError>,
    ) -> Result<Self, OpenError> {
        let options = parse(url)?;
        let replica = read_url.map(parse).transpose()?;
        let packet_max = prepare(&options, if_empty).await?;
        let cache = Arc::new(RowCache::shared());
        let engine = || MySqlEngine::new(options.clone(), packet_max, Arc::clone(&cache));
        let pool = connect::to_read(options.clone(), limits::DATABASE_READ_CONNECTIONS);
        let lists = connect::to_read(options.clone(), limits::LIST_CONNECTIONS);
        let public = replica.map(|replica| connect::to_read(replica, limits::LIST_CONNECTIONS));
        let public = public.unwrap_or_else(|| lists.clone());
        Ok(Self {
            engines: (0..limits::COMMITTERS).map(|_| engine()).collect(),
            reads: SqlReads::new(Database::from(pool), Arc::clone(&cache)),
            lists: Lists::over(lists.into(), public.into()),
            upkeep: Upkeep::of_mysql(options.clone()),
        })
    }
}

/// An address without its password.
pub(in crate::adapter::sql) fn shown(options: &MySqlConnectOptions) -> String {
    let (host, port) = (options.get_host(), options.get_port());
    format!(
        "mysql://{host}:{port}/{}",
        options.get_database().unwrap_or_default()
    )
}

/// A password goes over an encrypted connection where the server offers one (MySQL takes it over no other); what has no
/// password to hide is not encrypted. `?ssl-mode=` says otherwise.
pub(in crate::adapter::sql) fn parse(url: &str) -> Result<MySqlConnectOptions, OpenError> {
    let options: MySqlConnectOptions = url
        .parse()
        .map_err(|error: Error| OpenError::NotAnAddress(error.to_string()))?;
    if options.get_database().is_none_or(str::is_empty) {
        return Err(OpenError::NoDatabase(shown(&options)));
    }
    let user = url.rsplit_once('@').map_or("", |(user, _)| user);
    let has_password = user.replace("://", "").contains(':');
    let options = if has_password || url.contains("ssl-mode=") {
        options
    } else {
        options.ssl_mode(MySqlSslMode::Disabled)
    };
    Ok(options.disable_statement_logging())
}

/// Brings the schema up to date; says how large a text the server takes.
async fn prepare(
    options: &MySqlConnectOptions,
    if_empty: impl FnOnce(String) -> Result<(), OpenError>,
) -> Result<usize, OpenError> {
    let at = |source| failed(options, source);
    let mut connection = connect(options).await?;
    schema::migrate(&mut connection, options, if_empty).await?;
    let packet_max = packet_max(&mut connection).await.map_err(at)?;
    connection.close().await.map_err(at)?;
    Ok(packet_max)
}

pub(in crate::adapter::sql) async fn connect(
    options: &MySqlConnectOptions,
) -> Result<MySqlConnection, OpenError> {
    let connecting = connect::to_write(options);
    let connected = tokio::time::timeout(limits::DATABASE_CONNECTS_WITHIN, connecting).await;
    connected
        .unwrap_or_else(|_| Err(Error::Io(std::io::ErrorKind::TimedOut.into())))
        .map_err(|source| failed(options, source))
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
