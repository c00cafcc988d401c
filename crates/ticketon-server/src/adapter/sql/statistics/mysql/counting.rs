//! Having a table counted. The server's answer is read row by row, and then it is looked whether the count arrived.

use sqlx::mysql::MySqlDatabaseError;
use sqlx::{Error, Row as _};

use super::super::super::mysql::{fill, is_answer};
use super::super::super::value::{Columns as _, Value};
use super::super::NoStatistics;
use super::super::answer::{Counted, Line};
use super::super::table::CountedTable;
use super::looking::{COUNTED, INDEPENDENT};
use super::{Flavour, Server, Session};
use crate::limits;

/// Columns whose values are so uneven that a histogram tells more than an average, and that no index covers: of what our
/// statements compare, that is an event's state alone, since a shop's events are nearly all of one state and lists look for
/// the others. Seats are found by their key; what is due by `due_at`; nothing is looked for by another state.
///
/// MySQL only. There a histogram says which part of the rows has which value and nothing else, so that an old one does
/// little harm. On `MariaDB` it comes with a number of rows that is believed before `InnoDB`'s own, and that nobody but
/// this job would ever correct. There such statistics are kept up where somebody has made them, and not made.
const HISTOGRAMS: &[(&str, &str)] = &[("event", "state")];

impl Server {
    pub(in crate::adapter::sql::statistics) async fn count(
        &self,
        table: CountedTable,
    ) -> Result<Counted, NoStatistics> {
        let counted = async { self.connect().await?.count(table, self.has_replica).await };
        match counted.await {
            Ok(counted) => Ok(counted),
            Err(error) if is_answer(&error) => self.refused(&error),
            Err(error) => Err(self.unavailable(&error)),
        }
    }

    /// What the server refuses as an error is a failure of this table, unless the user did not come in at all.
    fn refused(&self, error: &Error) -> Result<Counted, NoStatistics> {
        let said = error
            .as_database_error()
            .and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>());
        match said {
            // Access denied: for this password, to this database.
            Some(said) if matches!(said.number(), 1044 | 1045 | 1698) => Err(self.unavailable(error)),
            Some(said) => Ok(Counted::failed(said.message())),
            None => Err(self.unavailable(error)),
        }
    }
}

impl Session {
    async fn count(&mut self, table: CountedTable, has_replica: bool) -> Result<Counted, Error> {
        let begun = self.ask("SELECT unix_timestamp()".to_owned()).await?[0].integer(0)?;
        // `LOCAL` keeps it out of the binary log, so that replicas go on by what they counted themselves.
        let reach = if has_replica { "" } else { "LOCAL " };
        let has_independent = self.has_independent(table).await?;
        let of = if has_independent {
            " PERSISTENT FOR ALL"
        } else {
            ""
        };
        let text = format!("ANALYZE {reach}TABLE `{table}`{of}");
        let counted = Counted::of_count(&self.lines(text).await?);
        let counted = match (counted, self.flavour) {
            (Counted::Ok, Flavour::MySql) => self.make_histograms(table, reach).await?,
            (counted, _) => counted,
        };
        match counted {
            Counted::Ok => self.verified(table, begun).await,
            failed @ Counted::Failed { .. } => Ok(failed),
        }
    }

    async fn make_histograms(&mut self, table: CountedTable, reach: &str) -> Result<Counted, Error> {
        for (_, column) in HISTOGRAMS.iter().filter(|(of, _)| *of == table.name()) {
            let buckets = limits::HISTOGRAM_BUCKETS;
            let text = format!(
                "ANALYZE {reach}TABLE `{table}` UPDATE HISTOGRAM ON `{column}` WITH {buckets} BUCKETS"
            );
            let made = Counted::of_histogram(&self.lines(text).await?);
            if made != Counted::Ok {
                return Ok(made);
            }
        }
        Ok(Counted::Ok)
    }

    /// Whether the table has statistics that do not depend on the engine; without the right to see that, none.
    async fn has_independent(&mut self, table: CountedTable) -> Result<bool, Error> {
        if self.flavour == Flavour::MySql {
            return Ok(false);
        }
        let text = fill(
            &format!("{INDEPENDENT} AND table_name = ?1"),
            &[Value::Text(table.name())],
        );
        Ok(self
            .ask_if_allowed(text)
            .await?
            .is_some_and(|rows| !rows.is_empty()))
    }

    /// The server said yes; what it wrote down must be of now. Where it writes nothing down, or this user may not see
    /// it, its word must do.
    async fn verified(&mut self, table: CountedTable, begun: i64) -> Result<Counted, Error> {
        let text = fill(
            &format!("{COUNTED} AND table_name = ?1"),
            &[Value::Text(table.name())],
        );
        let rows = self.ask_if_allowed(text).await?.unwrap_or_default();
        let Some(row) = rows.first() else {
            return Ok(Counted::Ok);
        };
        let counted_at: i64 = row.try_get_unchecked(3)?;
        // The clock that `InnoDB` reads may be some milliseconds behind the other, and so a second.
        Ok(if counted_at + 1 >= begun {
            Counted::Ok
        } else {
            Counted::failed("the server said OK, and its count is still an old one")
        })
    }

    async fn lines(&mut self, text: String) -> Result<Vec<Line>, Error> {
        let length = self.counts_within;
        match self.ask_within(text, length).await? {
            Some(rows) => Line::all(&rows),
            None => Ok(vec![Line::of_silence(length)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::super::mysql::{Million, parse};
    use super::*;

    mod on_mysql {
        #[tokio::test]
        async fn a_table_that_is_not_answered_for_in_time_fails_and_the_others_go_on() {
            super::check("TICKETON_TEST_MYSQL_URL").await;
        }
    }

    mod on_mariadb {
        #[tokio::test]
        async fn a_table_that_is_not_answered_for_in_time_fails_and_the_others_go_on() {
            super::check("TICKETON_TEST_MARIADB_URL").await;
        }
    }

    /// The server waits for whoever has locked the table, longer than it is waited for here.
    async fn check(variable: &str) {
        let million = Million::found(variable).await;
        let mut server = Server::at(parse(&million.url).unwrap(), false);
        server.counts_within = Duration::from_millis(800);
        let [trail, seat] = ["trail", "seat"].map(|name| CountedTable::named(name).unwrap());
        let mut other = million.connect().await;
        let locked = sqlx::raw_sql("LOCK TABLES trail WRITE").execute(&mut other);
        locked.await.unwrap();

        let silent = Counted::failed("the server did not answer within 800ms");
        assert_eq!(server.count(trail).await, Ok(silent));
        assert_eq!(
            server.count(seat).await,
            Ok(Counted::Ok),
            "on a connection of its own"
        );

        let unlocked = sqlx::raw_sql("UNLOCK TABLES").execute(&mut other);
        unlocked.await.unwrap();
        assert_eq!(server.count(trail).await, Ok(Counted::Ok));
        million.drop().await;
    }
}
