//! What a batch asks of a SQLite store, and what stands against it.

use rusqlite::{Connection, params_from_iter};
use sqlx::Error;
use ticketon_core::row::RowId;
use ticketon_core::store::{Found, Version};

use super::super::batch::Asked;
use super::super::database::Dialect;
use super::super::decode;
use super::super::tables;
use super::super::texts::{ANSWER, TableTexts};
use super::super::value::{Columns, unreadable};
use super::engine::Failed;
use super::texts;

impl Asked<'_> {
    /// Asks for everything that the batch names.
    pub(super) fn found(&self, connection: &Connection) -> Result<Found, Failed> {
        let mut found = Found::default();
        // Many rely on the same row.
        for named in self.expected.chunk_by(|one, other| one.row == other.row) {
            let version = version(connection, &named[0].row)?;
            let stale = named.iter().filter(|expected| expected.version != version);
            found
                .stale
                .extend(stale.map(|expected| (expected.place, expected.row.clone())));
        }
        for (place, key, own) in &self.keys {
            let (table, values) = tables::unique(key);
            let text = TableTexts::of(table, Dialect::Sqlite).holder.as_deref();
            let mut holder = connection.prepare_cached(text.expect("a table with this key"))?;
            let mut holders = holder.query(params_from_iter(values))?;
            while let Some(row) = holders.next()? {
                let holder = tables::read_key(table, row, 0)?;
                if holder != *own {
                    found.taken.push((*place, key.clone(), holder));
                }
            }
        }
        self.repeated(connection, &mut found)?;
        Ok(found)
    }

    /// Which requests were answered before, and which changes applied. These are asked even where nothing is
    /// stale: a batch of views that is added again was decided anew, from fresh rows, under its old name.
    fn repeated(&self, connection: &Connection, found: &mut Found) -> Result<(), Failed> {
        let mut answer = connection.prepare_cached(ANSWER)?;
        let mut applied = connection.prepare_cached(texts::APPLIED)?;
        for (place, changes) in self.batch.iter().enumerate() {
            if let Some(key) = changes.answers.as_ref().map(|answered| &answered.key) {
                let mut answers = answer.query((&key.caller, &key.operation, key.key.as_str()))?;
                if let Some(row) = answers.next()? {
                    found.answered.push((place, decode::answered(key, row, 0)?));
                }
            }
            if applied.exists((&changes.id.as_bytes()[..],))? {
                found.applied.push(place);
            }
        }
        Ok(())
    }
}

fn version(connection: &Connection, row: &RowId) -> Result<Version, Failed> {
    let mut text = connection.prepare_cached(&texts::of(row.table()).version)?;
    let mut rows = text.query(params_from_iter(tables::key(row)))?;
    match rows.next()? {
        Some(row) => Ok(Version(row.number(0)?)),
        None => Ok(Version::ABSENT),
    }
}

impl Columns for rusqlite::Row<'_> {
    fn integer(&self, column: usize) -> Result<i64, Error> {
        self.get(column).map_err(unreadable)
    }

    fn text(&self, column: usize) -> Result<&str, Error> {
        let value = self.get_ref(column).map_err(unreadable)?;
        value.as_str().map_err(unreadable)
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Error> {
        let value = self.get_ref(column).map_err(unreadable)?;
        value.as_blob_or_null().map_err(unreadable)
    }
}
