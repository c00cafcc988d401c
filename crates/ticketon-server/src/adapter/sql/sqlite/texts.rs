//! The SQLite writer: every statement's text, made once from the description of the tables.
//!
//! A batch is two calls whatever its size, because a call costs more than a statement (about 60 µs of processor time
//! each, a hop to the connection's thread and back). Only the tables that a batch touches are in its text; the same
//! tables give the same text, whatever the number of rows, so that a text is prepared once.
//!
//! Rules that the texts keep: `jsonb_each` stands outermost (`LEFT JOIN`, `CROSS JOIN`), so that a lookup is by key;
//! a table's rows are updated before new ones are inserted, so that a key given up is free; there is no upsert, so
//! that no unique index is ever resolved by overwriting.

use std::fmt::Write as _;
use std::sync::LazyLock;

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite};

use super::super::tables::{Column, Shape, TABLES};
use super::super::value::Kind;
use super::rows::JsonRows;

/// What a row of the first call's answer is about.
pub(super) const STALE: i64 = 0;
pub(super) const TAKEN: i64 = 1;
pub(super) const ANSWERED: i64 = 2;
pub(super) const APPLIED: i64 = 3;

/// A text, and the arrays that it takes, one a `?`.
pub(super) struct Call {
    pub(super) text: String,
    pub(super) arrays: Vec<String>,
}

/// What may stand against a batch, an array each.
static QUESTIONS: LazyLock<Vec<String>> = LazyLock::new(questions);

/// What a batch may write, an array each.
static STATEMENTS: LazyLock<Vec<String>> = LazyLock::new(statements);

/// Rows by name, a table and an array each.
static ROWS: LazyLock<Vec<String>> = LazyLock::new(|| TABLES.iter().map(named).collect());

impl Call {
    /// Opens the transaction and returns what stands against the batch: usually no row.
    pub(super) fn begin(arrays: Vec<JsonRows>) -> Self {
        let (questions, arrays) = used(&QUESTIONS, arrays);
        let separator = if questions.is_empty() { "" } else { ";\n" };
        let text = format!("BEGIN IMMEDIATE{separator}{}", questions.join("\nUNION ALL\n"));
        Self { text, arrays }
    }

    /// Writes what was accepted, and commits.
    pub(super) fn commit(arrays: Vec<JsonRows>) -> Self {
        let (mut statements, arrays) = used(&STATEMENTS, arrays);
        statements.push("COMMIT");
        Self {
            text: statements.join(";\n"),
            arrays,
        }
    }

    /// Rows of any tables by name: place in the request, version, and what the row is.
    pub(super) fn rows(arrays: Vec<JsonRows>) -> Self {
        let (tables, arrays) = used(&ROWS, arrays);
        Self {
            text: tables.join("\nUNION ALL\n"),
            arrays,
        }
    }

    pub(super) fn query(self) -> Query<'static, Sqlite, SqliteArguments> {
        self.arrays
            .into_iter()
            .fold(sqlx::query(AssertSqlSafe(self.text)), Query::bind)
    }
}

/// The texts whose arrays have rows. One over nothing would still be started and answered for: forty of them cost a
/// small batch more than its own rows.
fn used(texts: &'static [String], arrays: Vec<JsonRows>) -> (Vec<&'static str>, Vec<String>) {
    let both = texts.iter().zip(arrays).filter(|(_, rows)| !rows.is_empty());
    both.map(|(text, rows)| (text.as_str(), rows.into_json())).unzip()
}

/// One a table for what is expected of its rows, one a table with a unique key, then answers and ids.
fn questions() -> Vec<String> {
    let mut arms: Vec<String> = TABLES.iter().map(expected).collect();
    arms.extend(
        TABLES
            .iter()
            .filter(|shape| !shape.unique.is_empty())
            .map(holders),
    );
    arms.push(format!(
        "SELECT {ANSWERED}, j.value->>0, s.fingerprint, s.outcome, s.at FROM jsonb_each(?) j CROSS JOIN answer s \
         ON s.caller = j.value->>1 AND s.operation = j.value->>2 AND s.key = j.value->>3"
    ));
    arms.push(format!(
        "SELECT {APPLIED}, j.value->>0, NULL, NULL, NULL FROM jsonb_each(?) j \
         WHERE EXISTS (SELECT 1 FROM fact WHERE changes_id = unhex(j.value->>1))"
    ));
    arms
}

/// Rows that are not at the version expected: `[n, key…, version]`.
fn expected(shape: &Shape) -> String {
    let (name, on) = (shape.name, key_is("s", shape, 1));
    let version = 1 + shape.key.len();
    format!(
        "SELECT {STALE}, j.value->>0, NULL, NULL, NULL FROM jsonb_each(?) j LEFT JOIN {name} s ON {on} \
         WHERE coalesce(s.version, 0) <> j.value->>{version}"
    )
}

/// Other rows that hold a unique key: `[n, key…, unique…]`. Such rows are named by one id.
fn holders(shape: &Shape) -> String {
    let (name, key) = (shape.name, shape.key[0].name);
    let mut on = String::new();
    for (column, at) in shape.unique.iter().zip(1 + shape.key.len()..) {
        let _ = write!(
            on,
            "{}s.{column} = {}",
            if on.is_empty() { "" } else { " AND " },
            get(shape.kind(column), at)
        );
    }
    let own = get(shape.key[0].kind, 1);
    format!(
        "SELECT {TAKEN}, j.value->>0, s.{key}, NULL, NULL FROM jsonb_each(?) j CROSS JOIN {name} s ON {on} \
         WHERE s.{key} <> {own}"
    )
}

/// Two a table, for old rows and new ones, then facts, answers and the journal.
fn statements() -> Vec<String> {
    let mut statements: Vec<String> = TABLES
        .iter()
        .flat_map(|shape| [update(shape), insert(shape)])
        .collect();
    statements.push(
        "INSERT INTO fact (changes_id, n, stream_kind, stream_id, at, body) \
         SELECT unhex(j.value->>0), j.value->>1, j.value->>2, unhex(j.value->>3), j.value->>4, j.value->>5 \
         FROM jsonb_each(?) j"
            .to_owned(),
    );
    statements.push(
        "INSERT INTO answer (caller, operation, key, fingerprint, outcome, at) \
         SELECT j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5 FROM jsonb_each(?) j"
            .to_owned(),
    );
    statements.push(
        "INSERT INTO journal (stream, number, bytes) SELECT j.value->>0, j.key + 1 + coalesce(\
         (SELECT max(number) FROM journal s WHERE s.stream = j.value->>0), 0), unhex(j.value->>1) FROM jsonb_each(?) j"
            .to_owned(),
    );
    statements
}

/// `[key…, version, fixed…, changing…, body]`, the same for a new row.
fn update(shape: &Shape) -> String {
    let (name, on) = (shape.name, key_is(shape.name, shape, 0));
    let version = shape.key.len();
    let mut set = format!("version = j.value->>{version}");
    for (column, at) in shape.changing.iter().zip(version + 1 + shape.fixed.len()..) {
        let _ = write!(set, ", {} = {}", column.name, get(column.kind, at));
    }
    if shape.has_body() {
        let _ = write!(
            set,
            ", body = j.value->>{}",
            version + 1 + shape.searched().count()
        );
    }
    format!("UPDATE {name} SET {set} FROM jsonb_each(?) j WHERE {on}")
}

fn insert(shape: &Shape) -> String {
    let mut columns = format!("{}, version", shape.names());
    let mut values: Vec<String> = shape
        .key
        .iter()
        .zip(0..)
        .map(|(column, at)| get(column.kind, at))
        .collect();
    values.push(get(Kind::Integer, values.len()));
    for column in shape.searched() {
        let _ = write!(columns, ", {}", column.name);
        values.push(get(column.kind, values.len()));
    }
    if shape.has_body() {
        columns.push_str(", body");
        values.push(get(Kind::Text, values.len()));
    }
    let (name, values) = (shape.name, values.join(", "));
    format!("INSERT INTO {name} ({columns}) SELECT {values} FROM jsonb_each(?) j")
}

/// Rows by name: `[n, key…]`.
fn named(shape: &Shape) -> String {
    let (name, on) = (shape.name, key_is("s", shape, 1));
    let what = if shape.has_body() {
        "s.body, NULL"
    } else {
        "s.state, s.holder"
    };
    format!("SELECT j.value->>0, s.version, {what} FROM jsonb_each(?) j CROSS JOIN {name} s ON {on}")
}

/// That a row's key is the one that stands from `first` on in the array's row.
fn key_is(row: &str, shape: &Shape, first: usize) -> String {
    let is = |(column, at): (&Column, usize)| format!("{row}.{} = {}", column.name, get(column.kind, at));
    shape
        .key
        .iter()
        .zip(first..)
        .map(is)
        .collect::<Vec<_>>()
        .join(" AND ")
}

/// The value at a place of the array's row.
fn get(kind: Kind, at: usize) -> String {
    match kind {
        Kind::Bytes => format!("unhex(j.value->>{at})"),
        Kind::Text | Kind::Integer => format!("j.value->>{at}"),
    }
}
