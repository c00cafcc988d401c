//! What a batch asks of the store and what it writes, as rows of values; each database's own part makes its SQL of
//! them.

use ticketon_core::fact::{Act, Fact, Recorded, Stream, to_body};
use ticketon_core::ids::ChangesId;
use ticketon_core::row::{Row, RowId, Table, UniqueKey};
use ticketon_core::store::{Answered, Changes, JournalLine, Place, Version, Versioned};

use super::tables::{self, Shape, TABLES};
use super::value::{Part as _, Rows, Value};

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

/// What a batch writes if all of it is accepted, which is nearly always so. It is made while the database looks for
/// what stands against the batch, so that nothing waits for it.
pub(super) struct Draft<R> {
    changes: usize,
    lists: serde_json::Result<Vec<R>>,
}

impl<R: Rows> Draft<R> {
    pub(super) fn of(batch: &[Changes]) -> Self {
        Self {
            changes: batch.len(),
            lists: decided(batch),
        }
    }

    /// What the accepted ones of the batch and a journal write: two lists a table, for rows that exist and for new ones,
    /// then facts, answers and lines.
    pub(super) fn written(
        draft: Option<Self>,
        accepted: &[&Changes],
        journal: &[JournalLine],
    ) -> serde_json::Result<Vec<R>> {
        let mut lists = match draft {
            Some(draft) if draft.changes == accepted.len() => draft.lists?,
            Some(_) | None => decided(accepted.iter().copied())?,
        };
        lists.push(lines(journal));
        Ok(lists)
    }
}

fn decided<'a, R: Rows>(accepted: impl IntoIterator<Item = &'a Changes>) -> serde_json::Result<Vec<R>> {
    let mut tables = vec![R::default(); 2 * TABLES.len()];
    let (mut facts, mut answers) = (R::default(), R::default());
    for changes in accepted {
        for (row, replaced) in &changes.writes {
            write_row(row, replaced.next(), &mut tables[list_of(row.table(), *replaced)])?;
        }
        for (fact, n) in changes.facts.iter().zip(0..) {
            write_fact(&changes.id, n, fact, changes.act_of(fact), &mut facts)?;
        }
        if let Some(answered) = &changes.answers {
            write_answer(answered, &mut answers)?;
        }
    }
    tables.extend([facts, answers]);
    Ok(tables)
}

fn lines<R: Rows>(journal: &[JournalLine]) -> R {
    let mut lines = R::default();
    for line in journal {
        lines.push([Value::Text(&line.stream), Value::Bytes(&line.bytes)]);
    }
    lines
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

/// What a part of another store writes into an empty one.
pub(super) fn copied<R: Rows>(piece: &Piece) -> serde_json::Result<Vec<R>> {
    let mut tables = vec![R::default(); 2 * TABLES.len()];
    let (mut facts, mut answers) = (R::default(), R::default());
    for (row, version) in &piece.rows {
        write_row(row, *version, &mut tables[list_of(row.table(), Version::ABSENT)])?;
    }
    for Logged { changes, n, recorded } in &piece.facts {
        write_fact(changes, *n, &recorded.fact, recorded.act.as_ref(), &mut facts)?;
    }
    for answered in &piece.answers {
        write_answer(answered, &mut answers)?;
    }
    tables.extend([facts, answers, lines(&piece.lines)]);
    Ok(tables)
}

/// Each table has two lists, as it has two statements: rows that exist, then new ones.
fn list_of(table: Table, replaced: Version) -> usize {
    2 * table as usize + usize::from(replaced == Version::ABSENT)
}

fn write_row(row: &Row, version: Version, list: &mut impl Rows) -> serde_json::Result<()> {
    let id = row.id();
    let body = if Shape::of(id.table()).has_body() {
        Some(Value::Owned(row.to_json()?))
    } else {
        None
    };
    let values = tables::key(&id).into_iter().chain([Value::number(version.0)]);
    list.push(values.chain(tables::searched(row)).chain(body));
    Ok(())
}

fn write_fact(
    changes: &ChangesId,
    n: u64,
    fact: &Fact,
    act: Option<&Act>,
    facts: &mut impl Rows,
) -> serde_json::Result<()> {
    let stream = match &fact.stream {
        Stream::System => Value::Null,
        Stream::Organization(id) => id.value(),
        Stream::User(id) => id.value(),
        Stream::Event(id) => id.value(),
    };
    facts.push([
        Value::Bytes(changes.as_bytes()),
        Value::number(n),
        Value::Text(fact.stream.kind()),
        stream,
        Value::moment(fact.at),
        Value::Owned(to_body(&fact.what, act)?),
    ]);
    Ok(())
}

fn write_answer(answered: &Answered, answers: &mut impl Rows) -> serde_json::Result<()> {
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
