//! The texts that read, the same for every database: `?1` stands for the first value that is handed over with one.
//!
//! What a database must be told in its own words (a batch, rows by many names) is in its own part.

use std::sync::LazyLock;

use ticketon_core::row::Table;

use super::database::Dialect;
use super::tables::{Shape, TABLES};

pub(super) const HEAD: &str = "SELECT coalesce(max(position), 0) FROM fact";
pub(super) const FACTS: &str = "SELECT position, stream_kind, stream_id, at, body FROM fact \
    WHERE position > ?1 ORDER BY position LIMIT ?2";
pub(super) const ANSWER: &str =
    "SELECT fingerprint, outcome, at FROM answer WHERE caller = ?1 AND operation = ?2 AND `key` = ?3";
pub(super) const JOURNAL: &str = "SELECT bytes FROM journal WHERE stream = ?1 ORDER BY number";
/// The head stands first: what is read after it holds everything up to it.
pub(super) const SEATS: &str = "SELECT coalesce(max(position), 0), NULL, NULL, NULL FROM fact; \
    SELECT number, version, state, holder FROM seat WHERE performance = ?1 ORDER BY number";

/// The texts that read one table.
pub(super) struct TableTexts {
    pub(super) holder: Option<String>,
    pub(super) due: Option<String>,
    pub(super) first_page: String,
    /// The key's values, then how many.
    pub(super) next_page: String,
}

static SQLITE: LazyLock<Vec<TableTexts>> = LazyLock::new(|| TableTexts::all(Dialect::Sqlite));
static MYSQL: LazyLock<Vec<TableTexts>> = LazyLock::new(|| TableTexts::all(Dialect::MySql));

impl TableTexts {
    pub(super) fn of(table: Table, dialect: Dialect) -> &'static Self {
        let texts = match dialect {
            Dialect::Sqlite => &SQLITE,
            Dialect::MySql => &MYSQL,
        };
        &texts[table as usize]
    }

    fn all(dialect: Dialect) -> Vec<Self> {
        TABLES.iter().map(|shape| Self::new(shape, dialect)).collect()
    }

    fn new(shape: &Shape, dialect: Dialect) -> Self {
        let (name, key, what) = (shape.name, shape.names(), shape.what());
        let is = |(column, at): (&&str, usize)| format!("{column} = ?{at}");
        let unique: Vec<String> = shape.unique.iter().zip(1..).map(is).collect();
        let page = format!("SELECT {key}, version, {what} FROM `{name}`");
        let (after, limit) = (after(shape, dialect), shape.key.len() + 1);
        Self {
            holder: (!unique.is_empty())
                .then(|| format!("SELECT {key} FROM `{name}` WHERE {}", unique.join(" AND "))),
            due: shape.has_due().then(|| {
                format!("SELECT {key} FROM `{name}` WHERE due_at <= ?1 ORDER BY due_at, {key} LIMIT ?2")
            }),
            first_page: format!("{page} ORDER BY {key} LIMIT ?1"),
            next_page: format!("{page} WHERE {after} ORDER BY {key} LIMIT ?{limit}"),
        }
    }
}

/// That a row's key comes after the values, said so that the key's index is used: SQLite sees it in a comparison of
/// rows, MySQL in the parts of one.
fn after(shape: &Shape, dialect: Dialect) -> String {
    match (shape.key, dialect) {
        ([only], _) => format!("{} > ?1", only.name),
        ([first, second], Dialect::Sqlite) => format!("({}, {}) > (?1, ?2)", first.name, second.name),
        ([first, second], Dialect::MySql) => {
            let (first, second) = (first.name, second.name);
            format!("({first} > ?1 OR ({first} = ?1 AND {second} > ?2))")
        }
        (more, _) => unreachable!("no key has {} columns", more.len()),
    }
}
