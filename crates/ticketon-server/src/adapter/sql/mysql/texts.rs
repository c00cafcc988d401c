//! The MySQL writer: the texts of a batch's two calls, made from the description of the tables.
//!
//! Rules that the texts keep: tables in one order and keys sorted within each, so that two writers wait for each other
//! instead of killing each other; rows that are written are locked for writing, rows that are only relied on are
//! shared; the primary key leads to every row that is locked, so that nothing beside it is; a table's rows are updated
//! before new ones are inserted, so that a key given up is free; there is no upsert, since one resolves *every* unique
//! index by overwriting whoever holds the key.

use std::fmt::Write as _;

use sqlx::Error;
use ticketon_core::row::RowId;

use super::super::tables::{self, Shape, TABLES};
use super::super::value::{Value, unreadable};
use super::literal::{self, LiteralRows};
use crate::limits;

/// How the rows of a question are locked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lock {
    /// They will be written.
    Write,
    /// They are relied on.
    Share,
}

/// The log as it would stand if what is visible now were numbered now, and of which changes each fact is.
pub(in crate::adapter::sql) const FACTS_WITH_UNNUMBERED: &str = "
SELECT position, stream_kind, stream_id, at, body, changes_id, n FROM (
    (SELECT position, stream_kind, stream_id, at, body, changes_id, n FROM fact
     WHERE position > ?1 ORDER BY position LIMIT ?2)
    UNION ALL
    (SELECT (SELECT coalesce(max(position), 0) FROM fact) + row_number() OVER (ORDER BY id),
            stream_kind, stream_id, at, body, changes_id, n
     FROM fact WHERE position IS NULL)) log
WHERE position > ?1 ORDER BY position LIMIT ?2";

/// What only grows: facts, answers, the journal.
const LOGS: [(&str, &str); 3] = [
    ("fact", "changes_id, n, stream_kind, stream_id, at, body"),
    ("answer", "caller, operation, `key`, fingerprint, outcome, at"),
    ("journal", "stream, bytes"),
];

/// Rows by name, their tables' numbers first.
pub(super) fn named(names: &[&RowId]) -> String {
    let mut texts = Vec::new();
    for (shape, keys) in by_table(names) {
        let (what, one_of) = (shape.what(), one_of_keys(shape, keys));
        texts.push(format!(
            "SELECT {}, {}, version, {what} FROM `{}` FORCE INDEX (PRIMARY) WHERE {one_of}",
            shape.table as usize,
            shape.names(),
            shape.name,
        ));
    }
    texts.join(";\n")
}

/// The versions of rows, their tables' numbers first, in the order of locking.
pub(super) fn locked(names: &[&RowId], lock: Lock) -> Vec<String> {
    let lock = match lock {
        Lock::Write => "FOR UPDATE",
        Lock::Share => "LOCK IN SHARE MODE",
    };
    let text = |(shape, keys): (&Shape, &[&RowId])| {
        format!(
            "SELECT {}, {}, version FROM `{}` FORCE INDEX (PRIMARY) WHERE {} {lock}",
            shape.table as usize,
            shape.names(),
            shape.name,
            one_of_keys(shape, keys),
        )
    };
    by_table(names).map(text).collect()
}

/// The table whose number stands first in a row.
pub(super) fn shape_of(number: i64) -> Result<&'static Shape, Error> {
    let shape = usize::try_from(number).ok().and_then(|number| TABLES.get(number));
    shape.ok_or_else(|| unreadable(format!("no table has the number {number}")))
}

/// That some columns hold one of some sorted rows of values.
pub(super) fn one_of<'a>(columns: &[&str], rows: impl IntoIterator<Item = Vec<Value<'a>>>) -> String {
    let (last_column, first_columns) = columns.split_last().expect("a key has a column");
    let mut text = "(".to_owned();
    let mut group: Option<Vec<Value<'a>>> = None;
    for mut row in rows {
        let last = row.pop().expect("a key has a value");
        if group.as_ref() == Some(&row) {
            text.push(',');
        } else {
            text.push_str(if group.is_some() { ") OR " } else { "" });
            for (column, value) in first_columns.iter().zip(&row) {
                let _ = write!(text, "`{column}` = ");
                literal::write(value, &mut text);
                text.push_str(" AND ");
            }
            let _ = write!(text, "`{last_column}` IN (");
            group = Some(row);
        }
        literal::write(&last, &mut text);
    }
    text.push_str("))");
    text
}

/// Writes what was accepted, and commits.
pub(super) fn commit(lists: &[LiteralRows]) -> String {
    let (rows, logs) = lists.split_at(2 * TABLES.len());
    let mut text = String::new();
    for (shape, lists) in TABLES.iter().zip(rows.chunks_exact(2)) {
        update(shape, &lists[0], &mut text);
        if !lists[1].is_empty() {
            insert(shape.name, &columns(shape), &lists[1], &mut text);
        }
    }
    for ((name, columns), rows) in LOGS.iter().zip(logs).filter(|(_, rows)| !rows.is_empty()) {
        insert(name, columns, rows, &mut text);
    }
    text.push_str("COMMIT");
    text
}

/// Sorted names, by table.
fn by_table<'a>(names: &'a [&'a RowId]) -> impl Iterator<Item = (&'static Shape, &'a [&'a RowId])> {
    let tables = names.chunk_by(|name, next| name.table() == next.table());
    tables.map(|names| (Shape::of(names[0].table()), names))
}

fn one_of_keys(shape: &Shape, keys: &[&RowId]) -> String {
    let columns: Vec<&str> = shape.key.iter().map(|column| column.name).collect();
    one_of(&columns, keys.iter().map(|key| tables::key(key)))
}

fn update(shape: &Shape, rows: &LiteralRows, text: &mut String) {
    let mut rows: Vec<Vec<&str>> = rows.rows().collect();
    let last = shape.key.len() - 1;
    rows.sort_by(|row, other| row[..last].cmp(&other[..last]));
    for alike in rows.chunk_by(|row, next| row[..last] == next[..last]) {
        for rows in alike.chunks(limits::UPDATED_AT_ONCE) {
            update_some(shape, rows, text);
        }
    }
}

/// Rows whose keys differ in the last column alone. Each column is said by it, in a `CASE`: rows that are joined as a table
/// of their own cost the server nearly twice as much, and a statement each three times.
fn update_some(shape: &Shape, rows: &[Vec<&str>], text: &mut String) {
    let (last, first) = shape.key.split_last().expect("a key has a column");
    let keys: Vec<&str> = rows.iter().map(|row| row[first.len()]).collect();
    let _ = write!(text, "UPDATE `{}` FORCE INDEX (PRIMARY) SET ", shape.name);
    for (n, (at, column)) in written(shape).enumerate() {
        text.push_str(if n > 0 { ", " } else { "" });
        let _ = write!(text, "{column} = ");
        let values: Vec<&str> = rows.iter().map(|row| row[at]).collect();
        choose(last.name, &keys, &values, text);
    }
    text.push_str(" WHERE ");
    for (column, value) in first.iter().zip(&rows[0]) {
        let _ = write!(text, "`{}` = {value} AND ", column.name);
    }
    let _ = writeln!(text, "`{}` IN ({});", last.name, keys.join(","));
}

/// The value that stands beside its key, or the one that all have.
fn choose(column: &str, keys: &[&str], values: &[&str], text: &mut String) {
    if values.iter().all(|value| value == &values[0]) {
        text.push_str(values[0]);
        return;
    }
    let _ = write!(text, "CASE `{column}`");
    for (key, value) in keys.iter().zip(values) {
        let _ = write!(text, " WHEN {key} THEN {value}");
    }
    text.push_str(" END");
}

/// The columns that an update writes, and where they stand in a row.
fn written(shape: &Shape) -> impl Iterator<Item = (usize, &'static str)> {
    let version = shape.key.len();
    let changing = version + 1 + shape.fixed.len();
    let body = changing + shape.changing.len();
    let changing = shape.changing.iter().zip(changing..);
    [(version, "version")]
        .into_iter()
        .chain(changing.map(|(column, at)| (at, column.name)))
        .chain(shape.has_body().then_some((body, "body")))
}

fn insert(name: &str, columns: &str, rows: &LiteralRows, text: &mut String) {
    let _ = writeln!(text, "INSERT INTO `{name}` ({columns}) VALUES {};", rows.tuples());
}

/// Every column, in the order in which rows are written.
fn columns(shape: &Shape) -> String {
    let mut columns = format!("{}, version", shape.names());
    for column in shape.searched() {
        let _ = write!(columns, ", {}", column.name);
    }
    if shape.has_body() {
        columns.push_str(", body");
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_several_columns_are_grouped_by_the_first() {
        let rows = [(1, 2), (1, 3), (4, 5)].map(|(a, b)| vec![Value::Integer(a), Value::Integer(b)]);
        assert_eq!(
            one_of(&["a", "b"], rows),
            "(`a` = 1 AND `b` IN (2,3) OR `a` = 4 AND `b` IN (5))"
        );
        assert_eq!(
            one_of(&["a"], [vec![Value::Integer(1)], vec![Value::Null]]),
            "(`a` IN (1,NULL))"
        );
    }
}
