//! A whole store from one place to another, whatever the databases, and what says that both are the same.
//!
//! Everything is copied as it stands at one moment: rows with their versions, facts at their positions with the ids of
//! their changes, answers and journals.

use sha2::{Digest as _, Sha256};
use sqlx::Error;
use ticketon_core::fact::Position;
use ticketon_core::ids::{ChangesId, IdempotencyKey};
use ticketon_core::row::Table;
use ticketon_core::store::{AnswerKey, Answered, JournalLine, Unavailable};

use super::batch::{Logged, Piece};
use super::database::Dialect;
use super::decode::{self, unavailable};
use super::mysql::{FACTS_WITH_UNNUMBERED, MySqlEngine, MySqlStore};
use super::open::OpenError;
use super::reads::SqlReads;
use super::snapshot::SqlSnapshot;
use super::sqlite::{SqliteEngine, SqliteStore};
use super::store::{SqlStore, StoreAddress};
use super::value::{self, Columns as _, Value, unreadable};
use crate::limits;

/// What a store holds, and a hash of all of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Copied {
    /// Rows of all tables.
    pub rows: u64,
    /// Facts.
    pub facts: u64,
    /// Answers to requests that are remembered.
    pub answers: u64,
    /// Lines of journals.
    pub lines: u64,
    /// SHA-256 in hex: the same for the same contents, whichever database has them.
    pub hash: String,
}

/// Why a store was not copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// One of the two could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// One of the two does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Somebody wrote to the copy meanwhile, or a row was lost.
    #[error("the copy holds {copy:?}, not {original:?}: throw it away, end who writes to it, and copy again")]
    Differs {
        /// What was copied.
        original: Box<Copied>,
        /// What has become of it.
        copy: Box<Copied>,
    },
}

const FACTS: &str = "SELECT position, stream_kind, stream_id, at, body, changes_id, n FROM fact \
    WHERE position > ?1 ORDER BY position LIMIT ?2";
const ANSWERS: &str = "SELECT caller, operation, `key`, fingerprint, outcome, at FROM answer \
    WHERE caller > ?1 OR (caller = ?1 AND (operation > ?2 OR (operation = ?2 AND `key` > ?3))) \
    ORDER BY caller, operation, `key` LIMIT ?4";
const LINES: &str = "SELECT stream, number, bytes FROM journal \
    WHERE stream > ?1 OR (stream = ?1 AND number > ?2) ORDER BY stream, number LIMIT ?3";

/// Copies a store as it stands now to a place where there is none, and compares both at the end. The store is only read:
/// whoever writes to it goes on, and what they write from now on is not in the copy.
pub async fn copy(from: &StoreAddress, to: &StoreAddress) -> Result<Copied, CopyError> {
    let source = SqlStore::beside(from).await?;
    if SqlStore::exists(to).await? {
        return Err(OpenError::Exists(to.to_string()).into());
    }
    let mut target = Target::make(to).await?;
    let original = through(&source, Some(&mut target)).await;
    let original = original.map_err(unavailable)?;
    drop(target);
    let made = SqlStore::open(to).await?;
    while made.upkeep.number_facts().await? > 0 {}
    let copy = through(&made.reads, None).await.map_err(unavailable)?;
    if copy != original {
        return Err(CopyError::Differs {
            original: Box::new(original),
            copy: Box::new(copy),
        });
    }
    Ok(original)
}

/// What a store holds.
pub async fn contents(of: &StoreAddress) -> Result<Copied, CopyError> {
    let store = SqlStore::beside(of).await?;
    Ok(through(&store, None).await.map_err(unavailable)?)
}

/// Where pieces go.
enum Target {
    Sqlite(Box<SqliteEngine>),
    MySql(Box<MySqlEngine>),
}

impl Target {
    async fn make(at: &StoreAddress) -> Result<Self, OpenError> {
        match at {
            StoreAddress::File(path) => Ok(Self::Sqlite(Box::new(SqliteStore::create(path).await?.engine))),
            StoreAddress::Database { url, .. } => {
                let mut store = MySqlStore::open_or_create(url, None).await?;
                Ok(Self::MySql(Box::new(store.engines.swap_remove(0))))
            }
        }
    }

    async fn take(&mut self, piece: &Piece) -> Result<(), Error> {
        match self {
            Self::Sqlite(engine) => engine.take(piece),
            Self::MySql(engine) => engine.take(piece).await,
        }
    }
}

/// Goes through everything, in an order that every database has, and hands it over.
async fn through(source: &SqlReads, target: Option<&mut Target>) -> Result<Copied, Error> {
    let mut walk = Walk {
        source: source.whole().await?,
        target,
        sum: Sum::default(),
    };
    for table in Table::ALL {
        walk.rows(*table).await?;
    }
    walk.facts().await?;
    walk.answers().await?;
    walk.lines().await?;
    Ok(walk.sum.finish())
}

struct Walk<'a> {
    source: SqlSnapshot,
    target: Option<&'a mut Target>,
    sum: Sum,
}

impl Walk<'_> {
    async fn rows(&mut self, table: Table) -> Result<(), Error> {
        // A plan has megabytes.
        let limit = if table == Table::Plan {
            1
        } else {
            limits::COPIED_AT_ONCE
        };
        let mut last = None;
        loop {
            let rows = self.source.page(table, last.as_ref(), limit).await?;
            let Some((row, _)) = rows.last() else {
                return Ok(());
            };
            last = Some(row.id());
            self.hand_over(Piece {
                rows,
                ..Piece::default()
            })
            .await?;
        }
    }

    async fn facts(&mut self) -> Result<(), Error> {
        let mut last = Position::default();
        loop {
            let values = [Value::number(last.0), limit()];
            let text = match self.source.0.dialect() {
                Dialect::Sqlite => FACTS,
                Dialect::MySql => FACTS_WITH_UNNUMBERED,
            };
            let rows = self.source.0.ask(text, &values).await?;
            let mut facts = Vec::with_capacity(rows.len());
            for row in &rows {
                let changes = value::id(row, 5)?.ok_or_else(|| unreadable("a fact without changes"))?;
                facts.push(Logged {
                    changes: ChangesId::from_bytes(changes),
                    n: row.number(6)?,
                    recorded: decode::recorded(row)?,
                });
            }
            let Some(fact) = facts.last() else {
                return Ok(());
            };
            last = fact.recorded.position;
            self.hand_over(Piece {
                facts,
                ..Piece::default()
            })
            .await?;
        }
    }

    async fn answers(&mut self) -> Result<(), Error> {
        let mut last = [String::new(), String::new(), String::new()];
        loop {
            let [caller, operation, key] = &last;
            let values = [
                Value::Text(caller),
                Value::Text(operation),
                Value::Text(key),
                limit(),
            ];
            let rows = self.source.0.ask(ANSWERS, &values).await?;
            let mut answers: Vec<Answered> = Vec::with_capacity(rows.len());
            for row in &rows {
                let key = AnswerKey {
                    caller: row.text(0)?.to_owned(),
                    operation: row.text(1)?.to_owned(),
                    key: IdempotencyKey::new(row.text(2)?).map_err(unreadable)?,
                };
                answers.push(decode::answered(&key, row, 3)?);
            }
            let Some(answer) = answers.last() else {
                return Ok(());
            };
            let AnswerKey {
                caller,
                operation,
                key,
            } = answer.key.clone();
            last = [caller, operation, key.into()];
            self.hand_over(Piece {
                answers,
                ..Piece::default()
            })
            .await?;
        }
    }

    async fn lines(&mut self) -> Result<(), Error> {
        let mut last = (String::new(), 0);
        loop {
            let values = [Value::Text(&last.0), Value::Integer(last.1), limit()];
            let rows = self.source.0.ask(LINES, &values).await?;
            let mut lines = Vec::with_capacity(rows.len());
            let mut number = 0;
            for row in &rows {
                number = row.integer(1)?;
                let bytes = row.bytes(2)?.ok_or_else(|| unreadable("no line"))?.to_vec();
                let stream = row.text(0)?.to_owned();
                lines.push(JournalLine { stream, bytes });
            }
            let Some(line) = lines.last() else {
                return Ok(());
            };
            last = (line.stream.clone(), number);
            self.hand_over(Piece {
                lines,
                ..Piece::default()
            })
            .await?;
        }
    }

    async fn hand_over(&mut self, piece: Piece) -> Result<(), Error> {
        self.sum.add(&piece)?;
        match &mut self.target {
            Some(target) => target.take(&piece).await,
            None => Ok(()),
        }
    }
}

fn limit() -> Value<'static> {
    Value::number(limits::COPIED_AT_ONCE as u64)
}

/// What went by.
#[derive(Default)]
struct Sum {
    rows: u64,
    facts: u64,
    answers: u64,
    lines: u64,
    hash: Sha256,
}

impl Sum {
    fn add(&mut self, piece: &Piece) -> Result<(), Error> {
        for (row, version) in &piece.rows {
            let json = row.to_json().map_err(unreadable)?;
            self.note(&["row", &row.id().to_string(), &version.0.to_string(), &json]);
        }
        for Logged { changes, n, recorded } in &piece.facts {
            let json = serde_json::to_string(recorded).map_err(unreadable)?;
            self.note(&["fact", &changes.to_string(), &n.to_string(), &json]);
        }
        for answer in &piece.answers {
            let json = serde_json::to_string(answer).map_err(unreadable)?;
            self.note(&["answer", &json]);
        }
        for line in &piece.lines {
            self.note(&["line", &line.stream]);
            self.hash.update(&line.bytes);
        }
        self.rows += piece.rows.len() as u64;
        self.facts += piece.facts.len() as u64;
        self.answers += piece.answers.len() as u64;
        self.lines += piece.lines.len() as u64;
        Ok(())
    }

    fn note(&mut self, parts: &[&str]) {
        for part in parts {
            self.hash.update(part.len().to_be_bytes());
            self.hash.update(part);
        }
    }

    fn finish(self) -> Copied {
        use std::fmt::Write as _;
        let mut hash = String::with_capacity(64);
        for byte in self.hash.finalize() {
            let _ = write!(hash, "{byte:02x}");
        }
        Copied {
            rows: self.rows,
            facts: self.facts,
            answers: self.answers,
            lines: self.lines,
            hash,
        }
    }
}
