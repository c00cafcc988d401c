//! What a batch asks of a MySQL store: it locks what it names and hears everything about it, and what stands against
//! the batch is found here.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Error;
use sqlx::mysql::MySqlRow;
use ticketon_core::ids::IdempotencyKey;
use ticketon_core::row::{RowId, Table};
use ticketon_core::store::{AnswerKey, Answered, Changes, Found, Version};

use super::super::batch::Asked;
use super::super::decode;
use super::super::tables::{self, Shape};
use super::super::value::{self, Columns, Kind, Value, unreadable};
use super::literal;
use super::texts::{self, Lock, one_of};

/// The first column of a row says what it is about: a row's version by its table's number, or one of these.
const HOLDER: i64 = 100;
const ANSWERED: i64 = 200;
const APPLIED: i64 = 201;

/// What the store holds of what a batch names.
#[derive(Default)]
struct Heard {
    versions: BTreeMap<RowId, Version>,
    /// By table and the literals of what is unique.
    holders: BTreeMap<(Table, String), RowId>,
    answers: BTreeMap<AnswerKey, Answered>,
    applied: BTreeSet<[u8; 16]>,
}

impl Asked<'_> {
    /// The questions, locks first: whoever waited for another writer hears what that one did, and of changes whose
    /// answer was lost, that they are applied.
    pub(super) fn questions(&self) -> Vec<String> {
        let (mut written, mut relied) = (Vec::new(), Vec::new());
        for same in self.expected.chunk_by(|one, other| one.row == other.row) {
            let is_written = same.iter().any(|expected| expected.is_written);
            let names = if is_written { &mut written } else { &mut relied };
            names.push(&same[0].row);
        }
        let mut questions = texts::locked(&written, Lock::Write);
        questions.extend(texts::locked(&relied, Lock::Share));
        questions.extend(self.holders());
        questions.extend(self.answers());
        questions.extend(applied(self.batch));
        questions
    }

    /// What the rows say against the batch.
    pub(super) fn heard(&self, rows: &[MySqlRow]) -> Result<Found, Error> {
        let heard = Heard::of(rows)?;
        let mut found = Found::default();
        for expected in &self.expected {
            let version = heard.versions.get(&expected.row).copied();
            if version.unwrap_or(Version::ABSENT) != expected.version {
                found.stale.push((expected.place, expected.row.clone()));
            }
        }
        for (place, key, own) in &self.keys {
            let (table, values) = tables::unique(key);
            if let Some(holder) = heard.holders.get(&(table, literals(&values)))
                && holder != own
            {
                found.taken.push((*place, key.clone(), holder.clone()));
            }
        }
        for (place, changes) in self.batch.iter().enumerate() {
            let mine = changes.answers.as_ref().map(|answered| &answered.key);
            if let Some(answered) = mine.and_then(|key| heard.answers.get(key)) {
                found.answered.push((place, answered.clone()));
            }
            if heard.applied.contains(changes.id.as_bytes()) {
                found.applied.push(place);
            }
        }
        Ok(found)
    }

    /// One a table whose unique key the batch names.
    fn holders(&self) -> Vec<String> {
        let mut by_table: BTreeMap<Table, BTreeMap<String, Vec<Value<'_>>>> = BTreeMap::new();
        for (_, key, _) in &self.keys {
            let (table, values) = tables::unique(key);
            by_table
                .entry(table)
                .or_default()
                .insert(literals(&values), values);
        }
        let question = |(table, keys): (Table, BTreeMap<String, Vec<Value<'_>>>)| {
            let shape = Shape::of(table);
            format!(
                "SELECT {}, {}, {} FROM `{}` WHERE {}",
                HOLDER + table as i64,
                shape.names(),
                shape.unique.join(", "),
                shape.name,
                one_of(shape.unique, keys.into_values()),
            )
        };
        by_table.into_iter().map(question).collect()
    }

    fn answers(&self) -> Option<String> {
        let keys: BTreeSet<&AnswerKey> = self
            .batch
            .iter()
            .filter_map(|changes| Some(&changes.answers.as_ref()?.key))
            .collect();
        (!keys.is_empty()).then(|| {
            format!(
                "SELECT {ANSWERED}, caller, operation, `key`, fingerprint, outcome, at \
                 FROM answer FORCE INDEX (PRIMARY) WHERE {}",
                one_of(&["caller", "operation", "key"], keys.into_iter().map(key_values))
            )
        })
    }
}

impl Heard {
    fn of(rows: &[MySqlRow]) -> Result<Self, Error> {
        let mut heard = Self::default();
        for row in rows {
            heard.hear(row)?;
        }
        Ok(heard)
    }

    fn hear(&mut self, row: &MySqlRow) -> Result<(), Error> {
        match row.integer(0)? {
            ANSWERED => {
                let key = answer_key(row)?;
                let answered = decode::answered(&key, row, 4)?;
                self.answers.insert(key, answered);
            }
            APPLIED => {
                let id = value::id(row, 1)?.ok_or_else(|| unreadable("changes without an id"))?;
                self.applied.insert(id);
            }
            holder @ HOLDER.. => {
                let shape = texts::shape_of(holder - HOLDER)?;
                let id = tables::read_key(shape.table, row, 1)?;
                let key = unique_literals(shape, row, 1 + shape.key.len())?;
                self.holders.insert((shape.table, key), id);
            }
            table => {
                let shape = texts::shape_of(table)?;
                let id = tables::read_key(shape.table, row, 1)?;
                let version = Version(row.number(1 + shape.key.len())?);
                self.versions.insert(id, version);
            }
        }
        Ok(())
    }
}

/// Whether changes are applied. Asked of all, and not only of those who are stale: a batch of views that is added again was decided anew, from fresh
/// rows, under its old name.
fn applied(batch: &[Changes]) -> Option<String> {
    let ids: BTreeSet<&[u8]> = batch.iter().map(|changes| &changes.id.as_bytes()[..]).collect();
    (!ids.is_empty()).then(|| {
        format!(
            "SELECT {APPLIED}, changes_id FROM fact FORCE INDEX (fact_changes) WHERE n = 0 AND {}",
            one_of(&["changes_id"], ids.into_iter().map(|id| vec![Value::Bytes(id)]))
        )
    })
}

fn key_values(key: &AnswerKey) -> Vec<Value<'_>> {
    let texts = [&key.caller, &key.operation, key.key.as_str()];
    Vec::from(texts.map(Value::Text))
}

fn answer_key(row: &MySqlRow) -> Result<AnswerKey, Error> {
    Ok(AnswerKey {
        caller: row.text(1)?.to_owned(),
        operation: row.text(2)?.to_owned(),
        key: IdempotencyKey::new(row.text(3)?).map_err(unreadable)?,
    })
}

fn unique_literals(shape: &Shape, row: &MySqlRow, at: usize) -> Result<String, Error> {
    let mut values = Vec::with_capacity(shape.unique.len());
    for (column, at) in shape.unique.iter().zip(at..) {
        values.push(match shape.kind(column) {
            Kind::Bytes => row.bytes(at)?.map_or(Value::Null, Value::Bytes),
            Kind::Text => Value::Text(row.text(at)?),
            Kind::Integer => Value::Integer(row.integer(at)?),
        });
    }
    Ok(literals(&values))
}

fn literals(values: &[Value<'_>]) -> String {
    let mut text = String::new();
    for value in values {
        literal::write(value, &mut text);
        text.push(' ');
    }
    text
}
