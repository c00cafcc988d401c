//! What a batch asks of the store and what it writes, as the arrays of the two calls.

use sqlx::sqlite::SqliteRow;
use sqlx::{Error, Row as _};
use ticketon_core::fact::Stream;
use ticketon_core::row::{RowId, Table, UniqueKey};
use ticketon_core::store::{Changes, Found, JournalLine, Place, Version};

use super::decode;
use super::tables::{self, Shape, TABLES};
use super::texts::{ANSWERED, APPLIED, STALE, TAKEN};
use super::value::{Part as _, Rows, Value};

/// What a batch asks, in the order in which the arrays number it.
pub(super) struct Asked<'a> {
    batch: &'a [Changes],
    /// Sorted, so that a row that many rely on at the same version is asked for once.
    expected: Vec<(RowId, Version, Place)>,
    keys: Vec<(Place, UniqueKey, RowId)>,
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

    /// The arrays of the first call.
    pub(super) fn arrays(&self) -> Vec<Rows> {
        let mut expected = vec![Rows::new(); TABLES.len()];
        for (n, (row, version, _)) in self.expected.iter().enumerate() {
            if n > 0 && self.is_same_question(n - 1, n) {
                continue;
            }
            let values = [place(n)]
                .into_iter()
                .chain(tables::key(row))
                .chain([Value::number(version.0)]);
            expected[row.table() as usize].push(values);
        }
        let mut holders = vec![Rows::new(); TABLES.len()];
        for (n, (_, key, row)) in self.keys.iter().enumerate() {
            let (table, values) = tables::unique(key);
            holders[table as usize].push([place(n)].into_iter().chain(tables::key(row)).chain(values));
        }
        let mut answers = Rows::new();
        let mut ids = Rows::new();
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
            let n = usize::try_from(decode::number(row, 1)?).expect("a place that was asked for");
            match row.try_get_unchecked(0)? {
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
        asked.map(|n| (self.expected[n].2, self.expected[n].0.clone()))
    }

    fn is_same_question(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.expected[one], &self.expected[other]);
        one.1 == other.1 && one.0 == other.0
    }
}

/// The arrays of the second call: what accepted changes and a journal write.
pub(super) fn written(accepted: &[&Changes], journal: &[JournalLine]) -> serde_json::Result<Vec<Rows>> {
    let mut arrays = vec![Rows::new(); 2 * TABLES.len()];
    let (mut facts, mut answers, mut lines) = (Rows::new(), Rows::new(), Rows::new());
    for changes in accepted {
        write_rows(changes, &mut arrays)?;
        write_facts(changes, &mut facts)?;
        write_answer(changes, &mut answers)?;
    }
    for line in journal {
        lines.push([Value::Text(&line.stream), Value::Bytes(&line.bytes)]);
    }
    arrays.extend([facts, answers, lines]);
    Ok(arrays)
}

fn write_rows(changes: &Changes, arrays: &mut [Rows]) -> serde_json::Result<()> {
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
        arrays[array_of(id.table(), *version)].push(values.chain(tables::searched(row)).chain(body));
    }
    Ok(())
}

/// Each table has two arrays, as it has two statements: rows that exist, then new ones.
fn array_of(table: Table, replaced: Version) -> usize {
    2 * table as usize + usize::from(replaced == Version::ABSENT)
}

fn write_facts(changes: &Changes, facts: &mut Rows) -> serde_json::Result<()> {
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

fn write_answer(changes: &Changes, answers: &mut Rows) -> serde_json::Result<()> {
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

fn place(n: usize) -> Value<'static> {
    Value::number(n as u64)
}
