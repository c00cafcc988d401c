//! What a batch writes, a statement a row. A table's rows are updated before new ones are inserted, so that a key given
//! up is free; parents come before their children.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};
use ticketon_core::row::Row;
use ticketon_core::store::{Changes, JournalLine, Version};

use super::super::batch::{Piece, answer_values, fact_values, list_of, row_values};
use super::super::tables::TABLES;
use super::super::value::Value;
use super::engine::Failed;
use super::texts;

/// Writes what was accepted.
pub(super) fn write(
    connection: &Connection,
    accepted: &[&Changes],
    journal: &[JournalLine],
) -> Result<(), Failed> {
    let writes = accepted.iter().flat_map(|changes| &changes.writes);
    rows(connection, writes.map(|(row, replaced)| (&**row, *replaced)))?;
    let mut fact = connection.prepare_cached(texts::FACT)?;
    let mut answer = connection.prepare_cached(texts::ANSWERED)?;
    for changes in accepted {
        for (recorded, n) in changes.facts.iter().zip(0..) {
            fact.execute(params_from_iter(fact_values(
                &changes.id,
                n,
                recorded,
                changes.act_of(recorded),
            )?))?;
        }
        if let Some(answered) = &changes.answers {
            answer.execute(params_from_iter(answer_values(answered)?))?;
        }
    }
    lines(connection, journal)
}

/// Writes a part of another store into an empty one.
pub(super) fn copy(connection: &Connection, piece: &Piece) -> Result<(), Failed> {
    for (row, version) in &piece.rows {
        let mut insert = connection.prepare_cached(&texts::of(row.table()).insert)?;
        insert.execute(params_from_iter(row_values(&row.id(), row, *version)?))?;
    }
    let mut fact = connection.prepare_cached(texts::FACT)?;
    for logged in &piece.facts {
        let values = fact_values(
            &logged.changes,
            logged.n,
            &logged.recorded.fact,
            logged.recorded.act.as_ref(),
        )?;
        fact.execute(params_from_iter(values))?;
    }
    let mut answer = connection.prepare_cached(texts::ANSWERED)?;
    for answered in &piece.answers {
        answer.execute(params_from_iter(answer_values(answered)?))?;
    }
    lines(connection, &piece.lines)
}

fn rows<'a>(connection: &Connection, writes: impl Iterator<Item = (&'a Row, Version)>) -> Result<(), Failed> {
    let mut lists: Vec<Vec<(&Row, Version)>> = vec![Vec::new(); 2 * TABLES.len()];
    for (row, replaced) in writes {
        lists[list_of(row.table(), replaced)].push((row, replaced));
    }
    for list in lists {
        let Some((first, replaced)) = list.first() else {
            continue;
        };
        let texts = texts::of(first.table());
        let text = if *replaced == Version::ABSENT {
            &texts.insert
        } else {
            &texts.update
        };
        let mut statement = connection.prepare_cached(text)?;
        for (row, replaced) in list {
            statement.execute(params_from_iter(row_values(&row.id(), row, replaced.next())?))?;
        }
    }
    Ok(())
}

fn lines(connection: &Connection, journal: &[JournalLine]) -> Result<(), Failed> {
    let mut statement = connection.prepare_cached(texts::LINE)?;
    for line in journal {
        statement.execute((&line.stream, &line.bytes))?;
    }
    Ok(())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Owned(text) => ValueRef::Text(text.as_bytes()),
            Self::Integer(number) => ValueRef::Integer(*number),
        }))
    }
}
