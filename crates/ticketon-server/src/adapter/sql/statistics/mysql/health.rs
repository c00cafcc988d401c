//! Whether the batch user may do what it has to, found out by trying: each right is used in a way that changes nothing.

use sqlx::Error;

use super::super::super::mysql::{is_answer, lacks_a_grant};
use super::super::{CountedTable, Grant, Health};
use super::looking::{COUNTED, INDEPENDENT};
use super::{Flavour, Server, Session};

impl Server {
    pub(in crate::adapter::sql::statistics) async fn health(&self) -> Health {
        let missing = async { self.connect().await?.missing().await };
        match missing.await {
            Ok(missing) if missing.is_empty() => Health::Up,
            Ok(missing) => Health::Lacks(missing),
            // Who may do nothing in a database does not get into it.
            Err(error) if lacks_a_grant(&error) => {
                Health::Lacks(vec![Grant::Select(None), Grant::Insert(None)])
            }
            Err(error) => Health::Refused(if is_answer(&error) {
                "the batch user is refused: make it with `ticketon db setup-batch-user` and set `batch.url`"
                    .to_owned()
            } else {
                "the store does not answer the batch user".to_owned()
            }),
        }
    }
}

impl Session {
    async fn missing(&mut self) -> Result<Vec<Grant>, Error> {
        let mut missing = self.missing_on_tables().await?;
        let counters = self.flavour.counters().replace("?1", "''");
        let parts = [
            (Some(counters), Grant::Process),
            (Some(COUNTED.to_owned()), Grant::SelectCounted),
            (
                (self.flavour == Flavour::MariaDb).then(|| INDEPENDENT.to_owned()),
                Grant::SelectIndependent,
            ),
        ];
        for (question, grant) in parts {
            if let Some(question) = question
                && self.ask_if_allowed(question).await?.is_none()
            {
                missing.push(grant);
            }
        }
        Ok(missing)
    }

    async fn missing_on_tables(&mut self) -> Result<Vec<Grant>, Error> {
        let tables = CountedTable::all();
        let (mut unread, mut unwritten) = (Vec::new(), Vec::new());
        for table in &tables {
            if !self.may(format!("SELECT 1 FROM `{table}` LIMIT 0")).await? {
                unread.push(*table);
            } else if !self.may(writing(*table)).await? {
                unwritten.push(*table);
            }
        }
        let mut missing = grants(&unread, tables.len(), Grant::Select);
        missing.extend(grants(&unwritten, tables.len(), Grant::Insert));
        Ok(missing)
    }

    /// Whether the server takes a statement from this user. What it refuses for another reason, it would have refused for
    /// want of a right before.
    async fn may(&mut self, text: String) -> Result<bool, Error> {
        match self.ask(text).await {
            Ok(_) => Ok(true),
            Err(error) if is_answer(&error) => Ok(!lacks_a_grant(&error)),
            Err(error) => Err(error),
        }
    }
}

/// Asks how rows would be inserted, of which there are none.
fn writing(table: CountedTable) -> String {
    let column = table.column();
    format!("EXPLAIN INSERT INTO `{table}` (`{column}`) SELECT `{column}` FROM `{table}` WHERE FALSE")
}

/// One grant a table, or one for all.
fn grants(tables: &[CountedTable], all: usize, grant: fn(Option<CountedTable>) -> Grant) -> Vec<Grant> {
    if tables.len() == all {
        return vec![grant(None)];
    }
    tables.iter().map(|table| grant(Some(*table))).collect()
}
