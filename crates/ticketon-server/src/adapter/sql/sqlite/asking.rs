//! What a batch asks of a SQLite store, and what it hears: usually nothing, as only what stands against it is told.

use sqlx::Error;
use sqlx::sqlite::SqliteRow;
use ticketon_core::row::RowId;
use ticketon_core::store::{Found, Place};

use super::super::batch::{Asked, Expected, place};
use super::super::decode;
use super::super::tables::{self, TABLES};
use super::super::value::{Columns as _, Rows as _, Value};
use super::rows::JsonRows;
use super::texts::{ANSWERED, APPLIED, STALE, TAKEN};

impl Asked<'_> {
    /// The arrays of the first call, in which each question has a number.
    pub(super) fn arrays(&self) -> Vec<JsonRows> {
        let mut expected = vec![JsonRows::default(); TABLES.len()];
        for (n, Expected { row, version, .. }) in self.expected.iter().enumerate() {
            if n > 0 && self.is_same_question(n - 1, n) {
                continue;
            }
            let values = [place(n)]
                .into_iter()
                .chain(tables::key(row))
                .chain([Value::number(version.0)]);
            expected[row.table() as usize].push(values);
        }
        let mut holders = vec![JsonRows::default(); TABLES.len()];
        for (n, (_, key, row)) in self.keys.iter().enumerate() {
            let (table, values) = tables::unique(key);
            holders[table as usize].push([place(n)].into_iter().chain(tables::key(row)).chain(values));
        }
        let mut answers = JsonRows::default();
        let mut ids = JsonRows::default();
        for (n, changes) in self.batch.iter().enumerate() {
            if let Some(answered) = &changes.answers {
                let key = &answered.key;
                let texts = [key.caller.as_str(), key.operation.as_str(), key.key.as_str()];
                answers.push([place(n)].into_iter().chain(texts.map(Value::Text)));
            }
            ids.push([place(n), Value::Bytes(changes.id.as_bytes())]);
        }
        let holders = holders
            .into_iter()
            .zip(TABLES)
            .filter(|(_, shape)| !shape.unique.is_empty());
        let holders = holders.map(|(rows, _)| rows);
        expected
            .into_iter()
            .chain(holders)
            .chain([answers, ids])
            .collect()
    }

    /// What the first call's rows say, by place.
    pub(super) fn found(&self, rows: &[SqliteRow]) -> Result<Found, Error> {
        let mut found = Found::default();
        for row in rows {
            let n = usize::try_from(row.number(1)?).expect("a place that was asked for");
            match row.integer(0)? {
                STALE => found.stale.extend(self.places(n)),
                TAKEN => {
                    let (place, key, own) = &self.keys[n];
                    found
                        .taken
                        .push((*place, key.clone(), tables::read_key(own.table(), row, 2)?));
                }
                ANSWERED => {
                    let mine = self.batch[n]
                        .answers
                        .as_ref()
                        .expect("only those with a key were asked for");
                    found.answered.push((n, decode::answered(&mine.key, row, 2)?));
                }
                APPLIED => found.applied.push(n),
                unknown => unreachable!("the first call's text has no arm {unknown}"),
            }
        }
        Ok(found)
    }

    /// The places that asked the question numbered `n`.
    fn places(&self, n: usize) -> impl Iterator<Item = (Place, RowId)> {
        let asked = (n..self.expected.len()).take_while(move |other| self.is_same_question(n, *other));
        asked.map(|n| (self.expected[n].place, self.expected[n].row.clone()))
    }

    fn is_same_question(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.expected[one], &self.expected[other]);
        one.version == other.version && one.row == other.row
    }
}
