//! Projections: rows that are made of facts alone, kept up to date behind the sale and made anew whenever somebody
//! doubts them.
//!
//! A projection is a fold. Each fact changes at most one row, and all facts that change a row are of one stream, so that
//! whoever gets each stream in order, from the log or from elsewhere, comes to the same rows. A row and the cursor of its
//! reader move in one commit.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::chain::Chain;
use crate::fact::{Position, Recorded};
use crate::figures::{Figures, Minute};
use crate::limits;
use crate::row::{Cursor, Reader, Row, RowId, Stored, Table};
use crate::store::{Snapshot, Unavailable};

/// What is made of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Projection {
    /// What was sold, by event.
    Figures,
    /// What was sold, by event, minute and grade.
    Minutes,
    /// What must be accounted for.
    Trail,
    /// Each stream's facts, hashed one after the other.
    Chains,
}

/// A projection's rows in memory, as facts up to a position make them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projected {
    /// Of which projection.
    pub projection: Projection,
    /// The last fact that was counted.
    pub position: Position,
    /// The rows.
    pub rows: BTreeMap<RowId, Row>,
}

/// What a projection's rows come to: equal where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateHash(String);

/// A text that names no projection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no projection: there are `figures`, `minutes`, `trail` and `chains`")]
pub struct UnknownProjection(String);

impl Projection {
    /// Every projection.
    pub const ALL: [Self; 4] = [Self::Figures, Self::Minutes, Self::Trail, Self::Chains];

    /// Whose cursor says how far it has come.
    pub fn reader(self) -> Reader {
        match self {
            Self::Figures => Reader::Figures,
            Self::Minutes => Reader::Minutes,
            Self::Trail => Reader::Trail,
            Self::Chains => Reader::Chains,
        }
    }

    /// Where its rows are.
    pub fn table(self) -> Table {
        match self {
            Self::Figures => Table::Figures,
            Self::Minutes => Table::Minute,
            Self::Trail => Table::Trail,
            Self::Chains => Table::Chain,
        }
    }

    /// The row that a fact changes, if any.
    pub fn row_of(self, recorded: &Recorded) -> Option<RowId> {
        let fact = &recorded.fact;
        match self {
            Self::Figures => Figures::event_of(fact).map(RowId::Figures),
            Self::Minutes => Minute::of(fact).map(|(event, minute)| RowId::Minute(event, minute)),
            Self::Trail => fact
                .what
                .is_accountable()
                .then_some(RowId::Trail(recorded.position)),
            Self::Chains => Some(RowId::Chain(fact.stream)),
        }
    }

    /// What a fact makes of the row that it changes; none where it changes none.
    pub fn counted(self, row: Option<Row>, recorded: &Recorded) -> Option<Row> {
        let fact = &recorded.fact;
        match self {
            Self::Figures => {
                let event = Figures::event_of(fact)?;
                let mut figures = row
                    .and_then(Figures::from_row)
                    .unwrap_or_else(|| Figures::none(event));
                figures.count(fact);
                Some(figures.into())
            }
            Self::Minutes => {
                let (event, minute) = Minute::of(fact)?;
                let mut minute = row
                    .and_then(Minute::from_row)
                    .unwrap_or_else(|| Minute::quiet(event, minute));
                minute.count(fact);
                Some(minute.into())
            }
            Self::Trail => Some(recorded.clone().into()),
            Self::Chains => {
                let mut chain = row
                    .and_then(Chain::from_row)
                    .unwrap_or_else(|| Chain::begun(fact.stream));
                chain.count(recorded);
                Some(chain.into())
            }
        }
    }
}

impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reader().fmt(f)
    }
}

impl FromStr for Projection {
    type Err = UnknownProjection;

    fn from_str(text: &str) -> Result<Self, UnknownProjection> {
        let known = Self::ALL.into_iter().find(|it| it.to_string() == text);
        known.ok_or_else(|| UnknownProjection(text.to_owned()))
    }
}

impl Projected {
    /// Before the first fact.
    pub fn nothing(projection: Projection) -> Self {
        Self {
            projection,
            position: Position::default(),
            rows: BTreeMap::new(),
        }
    }

    /// As it stands in a store.
    pub async fn live(snapshot: &mut dyn Snapshot, projection: Projection) -> Result<Self, Unavailable> {
        let mut live = Self::nothing(projection);
        let table = projection.table();
        let mut after: Option<RowId> = None;
        loop {
            let page = snapshot.rows(table, after.as_ref(), limits::READ_AT_ONCE).await?;
            let is_last = page.len() < limits::READ_AT_ONCE;
            after = page.last().map(|(row, _)| row.id());
            live.rows.extend(page.into_iter().map(|(row, _)| (row.id(), row)));
            if is_last {
                break;
            }
        }
        let cursors = snapshot.rows(Table::Cursor, None, limits::READ_AT_ONCE).await?;
        let mut cursors = cursors.into_iter().filter_map(|(row, _)| Cursor::from_row(row));
        if let Some(cursor) = cursors.find(|cursor| cursor.reader == projection.reader()) {
            live.position = cursor.position;
        }
        Ok(live)
    }

    /// Counts the next fact of its stream.
    pub fn count(&mut self, recorded: &Recorded) {
        self.position = self.position.max(recorded.position);
        let Some(name) = self.projection.row_of(recorded) else {
            return;
        };
        let row = self.rows.remove(&name);
        if let Some(row) = self.projection.counted(row, recorded) {
            self.rows.insert(name, row);
        }
    }

    /// What the rows come to.
    pub fn hash(&self) -> StateHash {
        let mut hash = Sha256::new();
        for row in self.rows.values() {
            hash.update(row.table().to_string());
            hash.update(
                row.to_json()
                    .expect("a row is of texts and numbers, which JSON takes"),
            );
            hash.update([b'\n']);
        }
        StateHash::of(hash)
    }

    /// The names of the rows that only one of the two has, or that differ.
    pub fn differences(&self, other: &Self) -> Vec<RowId> {
        let differs = |name: &&RowId| self.rows.get(*name) != other.rows.get(*name);
        let mut names: Vec<RowId> = self.rows.keys().filter(differs).cloned().collect();
        let missing = other.rows.keys().filter(|name| !self.rows.contains_key(*name));
        names.extend(missing.cloned());
        names.sort();
        names
    }
}

impl StateHash {
    /// What a hash has come to, in hex.
    pub(crate) fn of(hash: Sha256) -> Self {
        let mut text = String::with_capacity(64);
        for byte in hash.finalize() {
            text.extend(
                [byte >> 4, byte & 15].map(|half| char::from(b"0123456789abcdef"[usize::from(half)])),
            );
        }
        Self(text)
    }

    /// The hash in hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
