//! The MySQL writer: the texts of a batch's two calls, made from the description of the tables.
//!
//! Rules that the texts keep: tables in one order and keys sorted within each, so that two writers wait for each other
//! instead of killing each other; rows that are written are locked for writing, rows that are only relied on are
//! shared; the primary key leads to every row that is locked, so that nothing beside it is; a table's rows are updated
//! before new ones are inserted, so that a key given up is free; there is no upsert, since one resolves *every* unique
//! index by overwriting whoever holds the key.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use sqlx::Error;
use ticketon_core::row::RowId;

use super::super::tables::{self, Shape, TABLES};
use super::super::value::{Value, unreadable};
use super::literal::{self, LiteralRows};

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

/// What a batch may write, a list of rows each: before the rows, whether they are selected, after them.
static STATEMENTS: LazyLock<Vec<Statement>> = LazyLock::new(statements);

struct Statement {
    before: String,
    rows: fn(&LiteralRows) -> String,
    after: String,
}

/// Rows by name, their tables' numbers first.
pub(super) fn named(names: &BTreeSet<&RowId>) -> String {
    let mut texts = Vec::new();
    for (shape, keys) in by_table(names) {
        let (what, one_of) = (shape.what(), one_of_keys(shape, &keys));
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
pub(super) fn locked(names: &BTreeSet<&RowId>, lock: Lock) -> Vec<String> {
    let lock = match lock {
        Lock::Write => "FOR UPDATE",
        Lock::Share => "LOCK IN SHARE MODE",
    };
    let text = |(shape, keys): (&Shape, Vec<&RowId>)| {
        format!(
            "SELECT {}, {}, version FROM `{}` FORCE INDEX (PRIMARY) WHERE {} {lock}",
            shape.table as usize,
            shape.names(),
            shape.name,
            one_of_keys(shape, &keys),
        )
    };
    by_table(names).into_iter().map(text).collect()
}

/// The table whose number stands first in a row.
pub(super) fn shape_of(number: i64) -> Result<&'static Shape, Error> {
    let shape = usize::try_from(number).ok().and_then(|number| TABLES.get(number));
    shape.ok_or_else(|| unreadable(format!("no table has the number {number}")))
}

/// That some columns hold one of some sorted rows of values.
pub(super) fn one_of<'a>(columns: &[&str], rows: impl IntoIterator<Item = Vec<Value<'a>>>) -> String {
    let (last_column, first_columns) = columns.split_last().expect("a key has a column");
    let mut text = String::new();
    let mut open: Option<String> = None;
    for row in rows {
        let (last, first) = row.split_last().expect("a key has a value");
        let mut group = String::new();
        for (column, value) in first_columns.iter().zip(first) {
            let _ = write!(group, "`{column}` = ");
            literal::write(value, &mut group);
            group.push_str(" AND ");
        }
        if open.as_ref() == Some(&group) {
            text.push(',');
        } else {
            text.push_str(if open.is_some() { ") OR " } else { "" });
            let _ = write!(text, "{group}`{last_column}` IN (");
            open = Some(group);
        }
        literal::write(last, &mut text);
    }
    format!("({text}))")
}

/// Writes what was accepted, and commits.
pub(super) fn commit(lists: &[LiteralRows]) -> String {
    let mut text = String::new();
    for (statement, rows) in STATEMENTS.iter().zip(lists).filter(|(_, rows)| !rows.is_empty()) {
        text.push_str(&statement.before);
        text.push_str(&(statement.rows)(rows));
        text.push_str(&statement.after);
        text.push_str(";\n");
    }
    text.push_str("COMMIT");
    text
}

fn by_table<'a>(names: &BTreeSet<&'a RowId>) -> Vec<(&'static Shape, Vec<&'a RowId>)> {
    let mut tables: Vec<(&Shape, Vec<&RowId>)> = Vec::new();
    for name in names {
        match tables.last_mut() {
            Some((shape, keys)) if shape.table == name.table() => keys.push(name),
            _ => tables.push((Shape::of(name.table()), vec![name])),
        }
    }
    tables
}

fn one_of_keys(shape: &Shape, keys: &[&RowId]) -> String {
    let columns: Vec<&str> = shape.key.iter().map(|column| column.name).collect();
    one_of(&columns, keys.iter().map(|key| tables::key(key)))
}

/// Two a table, for old rows and new ones, then facts, answers and the journal.
fn statements() -> Vec<Statement> {
    let mut statements: Vec<Statement> = TABLES
        .iter()
        .flat_map(|shape| [update(shape), insert(shape.name, &columns(shape))])
        .collect();
    statements.push(insert("fact", "changes_id, n, stream_kind, stream_id, at, body"));
    statements.push(insert(
        "answer",
        "caller, operation, `key`, fingerprint, outcome, at",
    ));
    statements.push(insert("journal", "stream, bytes"));
    statements
}

/// The new rows stand in a table of their own, to which one that is always empty gives names and types.
fn update(shape: &Shape) -> Statement {
    let (name, columns) = (shape.name, columns(shape));
    let is = |column: &str| format!("s.{column} = j.{column}");
    let on: Vec<String> = shape.key.iter().map(|column| is(column.name)).collect();
    let mut set = vec![is("version")];
    set.extend(shape.changing.iter().map(|column| is(column.name)));
    if shape.has_body() {
        set.push(is("body"));
    }
    let (on, set) = (on.join(" AND "), set.join(", "));
    Statement {
        before: format!("UPDATE (SELECT {columns} FROM `{name}` WHERE FALSE UNION ALL "),
        rows: LiteralRows::selects,
        after: format!(") j STRAIGHT_JOIN `{name}` s FORCE INDEX (PRIMARY) ON {on} SET {set}"),
    }
}

fn insert(name: &str, columns: &str) -> Statement {
    Statement {
        before: format!("INSERT INTO `{name}` ({columns}) VALUES "),
        rows: LiteralRows::tuples,
        after: String::new(),
    }
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
