//! What a going-through found: counts for each promise, and the rows that break it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Promise;
use crate::fact::Position;
use crate::limits;
use crate::row::{Reader, RowId};

/// What a going-through found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// For each promise that was asked for, what was checked and what was broken.
    pub promises: BTreeMap<Promise, Checked>,
    /// What was broken; of each promise the first few, while the counts go on.
    pub violations: Vec<Violation>,
    /// How far each reader of the log was behind. Being behind breaks no promise.
    #[serde(default)]
    pub readers: BTreeMap<Reader, Lag>,
}

/// How much was checked, and how much of it was broken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Things gone through.
    pub checked: u64,
    /// Violations found.
    pub broken: u64,
}

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Which.
    pub promise: Promise,
    /// What is wrong, for people.
    pub message: String,
    /// The rows that show it.
    pub rows: Vec<RowId>,
}

/// How far a reader of the log has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lag {
    /// The last fact it went through.
    pub position: Position,
    /// Facts that it has not seen yet.
    pub behind: u64,
}

impl Report {
    /// Whether nothing is broken.
    pub fn is_kept(&self) -> bool {
        self.promises.values().all(|checked| checked.broken == 0)
    }

    /// Promises that were asked for and had nothing to check: they prove nothing.
    pub fn checked_nothing(&self) -> Vec<Promise> {
        let nothing = self.promises.iter().filter(|(_, checked)| checked.checked == 0);
        nothing.map(|(promise, _)| *promise).collect()
    }

    /// Takes in what another audit found, such as the queue's.
    pub fn merge(&mut self, other: Self) {
        for (promise, more) in other.promises {
            let checked = self.promises.entry(promise).or_default();
            checked.checked += more.checked;
            checked.broken += more.broken;
        }
        self.violations.extend(other.violations);
        self.readers.extend(other.readers);
    }

    /// For tests and examples.
    ///
    /// # Panics
    /// If a promise is broken; the message says which, and by which rows.
    pub fn assert_kept(&self) {
        assert!(self.is_kept(), "promises are broken:\n{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (promise, Checked { checked, broken }) in &self.promises {
            writeln!(
                f,
                "{promise:<31} {checked:>9} {:<11} {broken:>6} broken",
                promise.unit()
            )?;
        }
        for violation in &self.violations {
            writeln!(f, "{violation}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.promise, self.message)?;
        for row in &self.rows {
            write!(f, "\n  {row:?}")?;
        }
        Ok(())
    }
}

/// A report in the making.
pub(super) struct Findings(Report);

impl Findings {
    /// Counts things that a promise was checked on.
    pub(super) fn checked(&mut self, promise: Promise, count: usize) {
        self.0.promises.entry(promise).or_default().checked += count as u64;
    }

    /// Counts a violation, and lists it while the list is short.
    pub(super) fn broken(
        &mut self,
        promise: Promise,
        message: impl Into<String>,
        rows: impl IntoIterator<Item = RowId>,
    ) {
        let checked = self.0.promises.entry(promise).or_default();
        checked.broken += 1;
        if checked.broken <= limits::VIOLATIONS_LISTED {
            self.0.violations.push(Violation {
                promise,
                message: message.into(),
                rows: rows.into_iter().collect(),
            });
        }
    }

    /// Notes how far a reader has come.
    pub(super) fn reader(&mut self, reader: Reader, lag: Lag) {
        self.0.readers.insert(reader, lag);
    }

    /// The report.
    pub(super) fn into_report(self) -> Report {
        self.0
    }
}

impl Default for Findings {
    fn default() -> Self {
        let nothing = |promise: &Promise| (*promise, Checked::default());
        Self(Report {
            promises: Promise::OF_THE_STORE.iter().map(nothing).collect(),
            ..Report::default()
        })
    }
}
