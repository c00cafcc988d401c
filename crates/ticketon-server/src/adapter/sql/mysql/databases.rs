//! Databases that a demo makes on a server, and drops.

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::super::open::OpenError;
use super::open::{MySqlStore, connect, failed};

impl MySqlStore {
    /// Makes an empty database on a server; its address.
    pub async fn create_database(server: &str, name: &str) -> Result<String, OpenError> {
        execute(server, &format!("CREATE DATABASE {}", quoted(name))).await?;
        let (address, settings) = server.split_once('?').unwrap_or((server, ""));
        let address = address.trim_end_matches('/');
        Ok(match settings {
            "" => format!("{address}/{name}"),
            settings => format!("{address}/{name}?{settings}"),
        })
    }

    /// Drops a database with everything in it.
    pub async fn drop_database(server: &str, name: &str) -> Result<(), OpenError> {
        execute(server, &format!("DROP DATABASE {}", quoted(name))).await
    }
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

async fn execute(server: &str, text: &str) -> Result<(), OpenError> {
    let options: MySqlConnectOptions = server
        .parse()
        .map_err(|error: sqlx::Error| OpenError::NotAnAddress(error.to_string()))?;
    let mut connection = connect(&options).await?;
    let done = connection.execute(AssertSqlSafe(text)).await;
    done.map_err(|source| failed(&options, source))?;
    connection
        .close()
        .await
        .map_err(|source| failed(&options, source))
}
