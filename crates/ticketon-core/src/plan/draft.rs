//! A plan as it was read, unchecked: what the two file formats have in common. `check` makes a [`Plan`] of it.
//!
//! [`Plan`]: super::Plan

use super::error::{Fault, Place, Problem};
use super::{Position, SeatKind};

/// A plan as it was read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) grades: Vec<String>,
    pub(super) focus: Option<Position>,
    pub(super) zones: Vec<DraftZone>,
    /// What was already wrong when it was read.
    pub(super) problems: Vec<Problem>,
    /// What to do about two seats with one key, in the words of the file's format.
    pub(super) key_remedy: &'static str,
}

#[derive(Debug)]
pub(super) struct DraftZone {
    pub(super) place: Place,
    pub(super) name: String,
    /// What the seats' keys begin with.
    pub(super) prefix: String,
    pub(super) kind: DraftKind,
}

#[derive(Debug)]
pub(super) enum DraftKind {
    Seated(Vec<DraftRow>),
    General { capacity: u32, grade: String },
}

#[derive(Debug)]
pub(super) struct DraftRow {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) seats: Vec<DraftSeat>,
}

#[derive(Debug)]
pub(super) struct DraftSeat {
    pub(super) place: Place,
    pub(super) label: String,
    pub(super) key: Option<String>,
    pub(super) grade: String,
    pub(super) kind: SeatKind,
    pub(super) x: Option<i32>,
    pub(super) y: Option<i32>,
    pub(super) aisle_after: bool,
}

impl Draft {
    pub(super) fn problem(&mut self, place: Place, fault: impl Into<Fault>) {
        self.problems.push(Problem {
            place,
            fault: fault.into(),
        });
    }
}
