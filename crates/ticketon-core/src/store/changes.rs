//! What one decision changes, and what a store may say against it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::fact::{Act, Fact};
use crate::ids::{ChangesId, IdempotencyKey};
use crate::row::{Row, RowId, UniqueKey};
use crate::seat::Seat;
use crate::time::Timestamp;

/// How often a row was written: 1 when it is new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

/// What one decision changes; built by pure code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Sent twice, they are applied once; without facts, which carry the id, the second time is stale instead.
    pub id: ChangesId,
    /// Each row as it shall be, and the version that it replaces; [`Version::ABSENT`] for a new one. A row is
    /// named at most once. Whoever keeps it after the commit shares it.
    pub writes: Vec<(Arc<Row>, Version)>,
    /// Rows that the decision read and does not write.
    pub relies_on: Vec<(RowId, Version)>,
    /// What happened. Empty only where nothing did: a projection of facts, or the time of a next try. Such
    /// changes sent twice are refused as stale instead of being recognized.
    pub facts: Vec<Fact>,
    /// Whose act it is. Kept with those facts that somebody may have to answer for.
    pub act: Option<Act>,
    /// The request that this answers, so that its repeat hears the same.
    pub answers: Option<Answered>,
}

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The request's name.
    pub key: AnswerKey,
    /// What was asked, so that another question under the same key is noticed.
    pub fingerprint: String,
    /// The row that was the answer; it is shown as it stands when it is asked for again.
    pub outcome: RowId,
    /// When.
    pub at: Timestamp,
}

/// A request's name: a key belongs to who asks and to what is asked of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AnswerKey {
    /// Who asks.
    pub caller: String,
    /// Method and path.
    pub operation: String,
    /// The client's own key.
    pub key: IdempotencyKey,
}

/// An opaque line for a journal: appended with a batch, never judged. Where the answer of a commit is lost it is sent
/// again and may stand twice, so whoever must tell numbers its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// Whose journal.
    pub stream: String,
    /// What to append.
    pub bytes: Vec<u8>,
}

/// Why a store refused changes; nothing of them was applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// A row is not as the decision read it: decide again from a fresh read.
    #[error("row {0:?} has changed since it was read")]
    Stale(RowId),
    /// Another row holds what must be unique.
    #[error("{0:?} is taken")]
    Taken(UniqueKey),
    /// The request was answered before.
    #[error("the request was answered before")]
    Answered(Answered),
}

/// Why a commit did not happen, or may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Refused.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The store cannot be reached or is full.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a batch was not written, or may not have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// A constraint refuses what `begin` found nothing against: a bug of ours. Nothing was written.
    #[error("the store refuses what it held nothing against: {0}")]
    Refused(String),
    /// Another writer to the same store was first, between `begin` and now: it took a key, or a lock. Nothing was
    /// written; begun again, the batch finds what the other one did.
    #[error("another writer was first: {0}")]
    Raced(String),
    /// The store does not answer. Nothing was written, unless it is the commit's answer that was lost.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A store or another engine does not answer; try again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

impl From<NotWritten> for Unavailable {
    fn from(reason: NotWritten) -> Self {
        Self(reason.to_string())
    }
}

impl Version {
    /// The version of a row that does not exist.
    pub const ABSENT: Self = Self(0);

    /// The version after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Changes {
    /// Nothing yet.
    pub fn new(id: ChangesId) -> Self {
        Self {
            id,
            writes: Vec::new(),
            relies_on: Vec::new(),
            facts: Vec::new(),
            act: None,
            answers: None,
        }
    }

    /// Adds a row as it shall be, in place of `version`.
    #[must_use]
    pub fn write(mut self, row: impl Into<Row>, version: Version) -> Self {
        self.writes.push((Arc::new(row.into()), version));
        self
    }

    /// Adds a new row.
    #[must_use]
    pub fn create(self, row: impl Into<Row>) -> Self {
        self.write(row, Version::ABSENT)
    }

    /// Names a row that the decision read.
    #[must_use]
    pub fn rely(mut self, row: RowId, version: Version) -> Self {
        self.relies_on.push((row, version));
        self
    }

    /// Adds what happened.
    #[must_use]
    pub fn record(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }

    /// Says whose act it is.
    #[must_use]
    pub fn by(mut self, caller: &Caller) -> Self {
        self.act = Some(caller.act());
        self
    }

    /// Whose act one of its facts is, where that is kept.
    pub fn act_of(&self, fact: &Fact) -> Option<&Act> {
        self.act.as_ref().filter(|_| fact.what.is_accountable())
    }

    /// Names the request that this answers.
    #[must_use]
    pub fn answer(mut self, answered: Option<Answered>) -> Self {
        self.answers = answered;
        self
    }

    /// Every row that it names, with the version that it expects.
    pub fn expectations(&self) -> impl Iterator<Item = (RowId, Version)> {
        let written = self.writes.iter().map(|(row, version)| (row.id(), *version));
        written.chain(self.relies_on.iter().cloned())
    }

    /// The unique keys that its rows hold once written.
    pub fn unique_keys(&self) -> impl Iterator<Item = (UniqueKey, RowId)> {
        self.writes
            .iter()
            .filter_map(|(row, _)| Some((row.unique_key()?, row.id())))
    }

    /// The seats that it writes, with the versions they will have.
    pub fn written_seats(&self) -> Vec<(Seat, Version)> {
        let mut seats = Vec::new();
        for (row, version) in &self.writes {
            if let Row::Seat(seat) = &**row {
                seats.push((seat.clone(), version.next()));
            }
        }
        seats
    }

    /// Whether it takes `key` from `holder`, which it writes without it, and gives it to a new row: a new ticket
    /// may stand in the place of a void one. To an old row no key is handed: a store checks row by row, and two
    /// that swap would refuse each other.
    pub fn hands_over(&self, key: &UniqueKey, holder: &RowId) -> bool {
        let holds = |row: &Row| row.unique_key().as_ref() == Some(key);
        let is_given_up = self
            .writes
            .iter()
            .any(|(row, _)| row.id() == *holder && !holds(row));
        let is_for_a_new_row = self
            .writes
            .iter()
            .all(|(row, version)| !holds(row) || *version == Version::ABSENT);
        is_given_up && is_for_a_new_row
    }
}
