//! What MySQL and MariaDB call differently.

use sqlx::{Error, MySqlConnection};

use super::super::super::value::Columns as _;

/// Which of the two a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::adapter::sql::statistics) enum Flavour {
    MySql,
    MariaDb,
}

impl Flavour {
    pub(in crate::adapter::sql::statistics) async fn of(
        connection: &mut MySqlConnection,
    ) -> Result<Self, Error> {
        let row = sqlx::raw_sql("SELECT version() LIKE '%MariaDB%'");
        let is_mariadb = row.fetch_one(connection).await?.integer(0)? == 1;
        Ok(if is_mariadb { Self::MariaDb } else { Self::MySql })
    }

    /// What a server counts in memory since a table was counted: name, rows, changes, and the size of the table's file.
    /// `?1` is the database's name as `InnoDB` writes it. What was not opened since the server started counts for nothing.
    pub(super) fn counters(self) -> &'static str {
        match self {
            Self::MySql => {
                "SELECT substring_index(s.name, '/', -1), CAST(s.num_rows AS SIGNED), \
                        CAST(s.modified_counter AS SIGNED), s.stats_initialized = 'Initialized', \
                        CAST(coalesce(f.file_size, 0) AS SIGNED) \
                 FROM information_schema.innodb_tablestats s \
                 LEFT JOIN information_schema.innodb_tablespaces f ON f.name = s.name \
                 WHERE substring_index(s.name, '/', 1) = ?1"
            }
            Self::MariaDb => {
                "SELECT substring_index(s.name, '/', -1), CAST(s.num_rows AS SIGNED), \
                        CAST(s.modified_counter AS SIGNED), s.stats_initialized = 1, \
                        CAST(coalesce(f.file_size, 0) AS SIGNED) \
                 FROM information_schema.innodb_sys_tablestats s \
                 LEFT JOIN information_schema.innodb_sys_tablespaces f ON f.name = s.name \
                 WHERE substring_index(s.name, '/', 1) = ?1"
            }
        }
    }
}
