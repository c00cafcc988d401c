//! What a batch asks of the store, and the values that it writes; each database's own part makes its SQL of them.

use ticketon_core::fact::{Act, Fact, Recorded, Stream, to_body};
use ticketon_core::ids::ChangesId;
use ticketon_core::row::{Row, RowId, Table, UniqueKey};
use ticketon_core::store::{Answered, Changes, JournalLine, Place, Version, Versioned};

use super::tables::{self, Shape};
use super::value::{Part as _, Value};

/// What a batch asks.
pub(super) struct Asked<'a> {
    pub(super) batch: &'a [Changes],
    /// Sorted, so that a row that many rely on at the same version is asked for once.
    pub(super) expected: Vec<Expected>,
    pub(super) keys: Vec<(Place, UniqueKey, RowId)>,
}

/// The version that changes believe a row to be at.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Expected {
    pub(super) row: RowId,
    pub(super) version: Version,
    /// Whose, in the batch.
    pub(super) place: Place,
    /// Written by them, and not only relied on.
    pub(super) is_written: bool,
}

impl<'a> Asked<'a> {
    pub(super) fn of(batch: &'a [Changes]) -> Self {
        let mut expected = Vec::new();
        let mut keys = Vec::new();
        for (place, changes) in batch.iter().enumerate() {
            for (n, (row, version)) in changes.expectations().enumerate() {
                expected.push(Expected {
                    row,
                    version,
                    place,
                    is_written: n < changes.writes.len(),
                });
            }
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

/// A part of a store as it stands, on its way to another.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) rows: Vec<Versioned<Row>>,
    pub(super) facts: Vec<Logged>,
    pub(super) answers: Vec<Answered>,
    pub(super) lines: Vec<JournalLine>,
}

/// A fact, and which of which changes it is.
pub(super) struct Logged {
    pub(super) changes: ChangesId,
    pub(super) n: u64,
    pub(super) recorded: Recorded,
}

/// Each table has two lists, as it has two statements: rows that exist, then new ones.
pub(super) fn list_of(table: Table, replaced: Version) -> usize {
    2 * table as usize + usize::from(replaced == Version::ABSENT)
}

/// What stands in the columns of a row: its key, its version, what is searched, its whole self.
pub(super) fn row_values<'a>(
    id: &'a RowId,
    row: &'a Row,
    version: Version,
) -> serde_json::Result<Vec<Value<'a>>> {
    let mut values = tables::key(id);
    values.push(Value::number(version.0));
    values.extend(tables::searched(row));
    if Shape::of(id.table()).has_body() {
        values.push(Value::Owned(row.to_json()?));
    }
    Ok(values)
}

/// What stands in the columns of a fact that is the `n`th of its changes.
pub(super) fn fact_values<'a>(
    changes: &'a ChangesId,
    n: u64,
    fact: &'a Fact,
    act: Option<&Act>,
) -> serde_json::Result<[Value<'a>; 6]> {
    let stream = match &fact.stream {
        Stream::System => Value::Null,
        Stream::Organization(id) => id.value(),
        Stream::User(id) => id.value(),
        Stream::Event(id) => id.value(),
    };
    Ok([
        Value::Bytes(changes.as_bytes()),
        Value::number(n),
        Value::Text(fact.stream.kind()),
        stream,
        Value::moment(fact.at),
        Value::Owned(to_body(&fact.what, act)?),
    ])
}

/// What stands in the columns of an answer.
pub(super) fn answer_values(answered: &Answered) -> serde_json::Result<[Value<'_>; 6]> {
    Ok([
        Value::Text(&answered.key.caller),
        Value::Text(&answered.key.operation),
        Value::Text(answered.key.key.as_str()),
        Value::Text(&answered.fingerprint),
        Value::Owned(serde_json::to_string(&answered.outcome)?),
        Value::moment(answered.at),
    ])
}
