//! The SQLite writer's texts, made once from the description of the tables: each is about one row and stays prepared.
//! There is no upsert, so that no unique index is ever resolved by overwriting.

use std::fmt::Write as _;
use std::sync::LazyLock;

use ticketon_core::row::Table;

use super::super::tables::{Shape, TABLES};

/// The texts about one row of a table. Its values are numbered as they are written: the key, the version, what is
/// searched, the body; the same for an old row and a new one.
pub(super) struct Texts {
    /// The key's values.
    pub(super) version: String,
    pub(super) update: String,
    pub(super) insert: String,
}

pub(super) const APPLIED: &str = "SELECT 1 FROM fact WHERE changes_id = ?1";
pub(super) const FACT: &str = "INSERT INTO fact (changes_id, n, stream_kind, stream_id, at, body) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
pub(super) const ANSWERED: &str = "INSERT INTO answer (caller, operation, key, fingerprint, outcome, at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
pub(super) const LINE: &str = "INSERT INTO journal (stream, number, bytes) \
    VALUES (?1, 1 + coalesce((SELECT max(number) FROM journal WHERE stream = ?1), 0), ?2)";

static TEXTS: LazyLock<Vec<Texts>> = LazyLock::new(|| TABLES.iter().map(Texts::new).collect());

/// The texts of a table.
pub(super) fn of(table: Table) -> &'static Texts {
    &TEXTS[table as usize]
}

impl Texts {
    fn new(shape: &Shape) -> Self {
        let (name, is_key) = (shape.name, is_key(shape));
        Self {
            version: format!("SELECT version FROM {name} WHERE {is_key}"),
            update: update(shape, &is_key),
            insert: insert(shape),
        }
    }
}

fn update(shape: &Shape, is_key: &str) -> String {
    let version = shape.key.len() + 1;
    let mut set = format!("version = ?{version}");
    for (column, at) in shape.changing.iter().zip(version + 1 + shape.fixed.len()..) {
        let _ = write!(set, ", {} = ?{at}", column.name);
    }
    if shape.has_body() {
        let _ = write!(set, ", body = ?{}", version + 1 + shape.searched().count());
    }
    format!("UPDATE {} SET {set} WHERE {is_key}", shape.name)
}

fn insert(shape: &Shape) -> String {
    let mut columns: Vec<&str> = shape.key.iter().map(|column| column.name).collect();
    columns.push("version");
    columns.extend(shape.searched().map(|column| column.name));
    columns.extend(shape.has_body().then_some("body"));
    let values: Vec<String> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
    let (columns, values) = (columns.join(", "), values.join(", "));
    format!("INSERT INTO {} ({columns}) VALUES ({values})", shape.name)
}

fn is_key(shape: &Shape) -> String {
    let is = |(column, at): (&str, usize)| format!("{column} = ?{at}");
    let names = shape.key.iter().map(|column| column.name);
    names.zip(1..).map(is).collect::<Vec<_>>().join(" AND ")
}
