//! What a batch asks of the store and what it writes, as rows of values; each database's own part makes its SQL of
//! them.

use ticketon_core::fact::Stream;
use ticketon_core::row::{RowId, Table, UniqueKey};
use ticketon_core::store::{Changes, JournalLine, Place, Version};

use super::tables::{self, Shape, TABLES};
use super::value::{Part as _, Rows, Value};

/// What a batch asks.
pub(super) struct Asked<'a> {
    pub(super) batch: &'a [Changes],
    /// Sorted, so that a row that many rely on at the same version is asked for once.
    pub(super) expected: Vec<(RowId, Version, Place)>,
    pub(super) keys: Vec<(Place, UniqueKey, RowId)>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(batch: &'a [Changes]) -> Self {
        let mut expected = Vec::new();
        let mut keys = Vec::new();
        for (place, changes) in batch.iter().enumerate() {
            expected.extend(changes.expectations().map(|(row, version)| (row, version, place)));
            keys.extend(changes.unique_keys().map(|(key, row)| (place, key, row)));
        }
        expected.sort_unstable();
        Self {
            batch,
            expected,
            keys,
        }
    }
}

/// What accepted changes and a journal write: two lists a table, for rows that exist and for new ones, then facts,
/// answers and lines.
pub(super) fn written<R: Rows>(accepted: &[&Changes], journal: &[JournalLine]) -> serde_json::Result<Vec<R>> {
    let mut tables = vec![R::default(); 2 * TABLES.len()];
    let (mut facts, mut answers, mut lines) = (R::default(), R::default(), R::default());
    for changes in accepted {
        write_rows(changes, &mut tables)?;
        write_facts(changes, &mut facts)?;
        write_answer(changes, &mut answers)?;
    }
    for line in journal {
        lines.push([Value::Text(&line.stream), Value::Bytes(&line.bytes)]);
    }
    tables.extend([facts, answers, lines]);
    Ok(tables)
}

fn write_rows(changes: &Changes, tables: &mut [impl Rows]) -> serde_json::Result<()> {
    for (row, version) in &changes.writes {
        let id = row.id();
        let shape = Shape::of(id.table());
        let body = if shape.has_body() {
            Some(Value::Owned(row.to_json()?))
        } else {
            None
        };
        let values = tables::key(&id)
            .into_iter()
            .chain([Value::number(version.next().0)]);
        tables[list_of(id.table(), *version)].push(values.chain(tables::searched(row)).chain(body));
    }
    Ok(())
}

/// Each table has two lists, as it has two statements: rows that exist, then new ones.
fn list_of(table: Table, replaced: Version) -> usize {
    2 * table as usize + usize::from(replaced == Version::ABSENT)
}

fn write_facts(changes: &Changes, facts: &mut impl Rows) -> serde_json::Result<()> {
    for (n, fact) in changes.facts.iter().enumerate() {
        let stream = match &fact.stream {
            Stream::System => Value::Null,
            Stream::Organization(id) => id.value(),
            Stream::User(id) => id.value(),
            Stream::Event(id) => id.value(),
        };
        let what = Value::Owned(serde_json::to_string(&fact.what)?);
        let kind = Value::Text(fact.stream.kind());
        facts.push([
            Value::Bytes(changes.id.as_bytes()),
            place(n),
            kind,
            stream,
            Value::moment(fact.at),
            what,
        ]);
    }
    Ok(())
}

fn write_answer(changes: &Changes, answers: &mut impl Rows) -> serde_json::Result<()> {
    let Some(answered) = &changes.answers else {
        return Ok(());
    };
    answers.push([
        Value::Text(&answered.key.caller),
        Value::Text(&answered.key.operation),
        Value::Text(answered.key.key.as_str()),
        Value::Text(&answered.fingerprint),
        Value::Owned(serde_json::to_string(&answered.outcome)?),
        Value::moment(answered.at),
    ]);
    Ok(())
}

pub(super) fn place(n: usize) -> Value<'static> {
    Value::number(n as u64)
}
