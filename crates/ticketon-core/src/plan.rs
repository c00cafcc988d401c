//! The seat plan of a venue: zones, rows and seats, in the order in which seats are numbered.
//!
//! A [`Plan`] that exists is valid: it is made from text by [`Plan::from_json`] or [`Plan::from_csv`], which
//! find everything that is wrong at once. It never changes, is cheap to clone, and answers by number or key
//! without searching. It knows nothing of performances, prices and who holds what.
//!
//! # The JSON form
//!
//! A hall is a page that a person can read and edit:
//!
//! ```json
//! {
//!   "name": "Small Hall",
//!   "grades": ["R", "S"],
//!   "zones": [
//!     {"name": "Stalls", "prefix": "S-", "rows": [
//!       {"name": "A", "grade": "R", "seats": "1-12", "aisle_after": ["6"]},
//!       {"name": "B", "grade": "R", "seats": ["1-10", {"seats": "11", "kind": "wheelchair"}, {"seats": "12", "kind": "companion"}]},
//!       {"name": "C", "grade": "R", "seats": [{"seats": "1-2", "grade": "S"}, "3-10", {"seats": "11-12", "grade": "S"}]}
//!     ]},
//!     {"name": "Floor", "capacity": 200, "grade": "S"}
//!   ]
//! }
//! ```
//!
//! - Zones and rows are listed from the stage; with each zone's seats in plan order this gives the numbers.
//! - `seats` is one range (`1-24`, or `24-1`), one label (`12A`), or a list of those and of objects that say
//!   what is different: `grade`, `kind` (*standard*, *wheelchair*, *companion*; a companion sits beside its
//!   wheelchair place), `key`, and `x`, `y`.
//! - `aisle_after` lists the labels after which an aisle breaks the row.
//! - A seat's key is `PREFIX` `ROW-LABEL` (`S-A-1`) unless it has a `key` of its own; keys are unique in the plan.
//! - A zone with `capacity` and `grade` is general admission: so many places that nobody is shown by name.
//!   Their keys are made (`Floor#17`).
//! - Where seats have positions, all have one: whole numbers in whatever unit the drawing uses. `focus`
//!   (`{"x": 0, "y": 0}`) is where everybody looks; without it, the middle of the drawing's upper edge.
//!
//! # The CSV form
//!
//! A line a seat under the header `zone,row,seat,grade`, in plan order; columns `key`, `kind`, `aisle_after`
//! (*true* or *false*), `x` and `y` may be added. It has no general admission and no prefixes, and the plan is
//! named "Hall".

mod check;
mod csv;
mod draft;
mod error;
mod id;
mod json;
mod label;
mod seating;
mod text;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use error::{Fault, Place, PlanError, Problem};
pub use id::{NotAPlanId, PlanId};
pub(crate) use seating::{GradeSeats, Seating, Stretch};
pub use text::{Grade, SeatKey, SeatNumber};

/// A venue's seats, valid and numbered. Clones share one copy.
#[derive(Clone)]
pub struct Plan {
    id: PlanId,
    hall: Arc<Hall>,
}

#[derive(Debug)]
struct Hall {
    name: String,
    grades: Vec<Grade>,
    focus: Option<Position>,
    zones: Vec<Zone>,
    /// By number.
    seats: Vec<PlanSeat>,
    /// All numbers, sorted by key.
    by_key: Vec<SeatNumber>,
    seating: Seating,
}

/// A part of the hall with a name of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its name, unique in the plan.
    pub name: String,
    /// What the keys of its seats begin with; often empty.
    pub prefix: String,
    /// Its seats' numbers.
    pub numbers: Range<u32>,
    /// What it is.
    pub kind: ZoneKind,
}

/// What a zone is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneKind {
    /// Rows of seats, from the stage.
    Seated(Vec<Row>),
    /// Places of one grade that nobody is shown by name.
    GeneralAdmission(Grade),
}

/// A row of a seated zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name, unique in the zone.
    pub name: String,
    /// Its seats' numbers.
    pub numbers: Range<u32>,
}

/// A seat of a row, or a place of a general-admission zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSeat {
    /// The plan's own name of it, unique in the plan.
    pub key: SeatKey,
    /// What stands on the seat, unique in the row: `12`.
    pub label: String,
    /// Its price level.
    pub grade: Grade,
    /// For whom it is made.
    pub kind: SeatKind,
    /// Where it lies, if the plan says so.
    pub position: Option<Position>,
    /// Whether an aisle parts it from the next seat of its row.
    pub aisle_after: bool,
}

/// For whom a seat is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatKind {
    /// For anybody.
    #[default]
    Standard,
    /// A place for a wheelchair.
    Wheelchair,
    /// Beside a wheelchair place, for who comes along.
    Companion,
}

/// A place in the plan's drawing, in its own unit; y grows away from the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// To the right.
    pub x: i32,
    /// Away from the stage.
    pub y: i32,
}

impl Plan {
    /// Reads the JSON form.
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self, PlanError> {
        check::check(json::read(text_of(text.as_ref())?)?)
    }

    /// Reads the CSV form.
    pub fn from_csv(text: impl AsRef<[u8]>) -> Result<Self, PlanError> {
        check::check(csv::read(text_of(text.as_ref())?)?)
    }

    /// The canonical JSON form, a row a line: equal plans give equal texts, and it is read back as the same plan.
    pub fn to_json(&self) -> String {
        json::write(&self.hall)
    }

    /// What names the plan: a hash of its content.
    pub fn id(&self) -> PlanId {
        self.id
    }

    /// The venue's name.
    pub fn name(&self) -> &str {
        &self.hall.name
    }

    /// The price levels, as listed.
    pub fn grades(&self) -> &[Grade] {
        &self.hall.grades
    }

    /// The zones, from the stage.
    pub fn zones(&self) -> &[Zone] {
        &self.hall.zones
    }

    /// How many seats it has, general-admission places included; numbers run from 0 to below this.
    pub fn seats(&self) -> u32 {
        self.hall.zones.last().map_or(0, |zone| zone.numbers.end)
    }

    /// The seat with a number.
    pub fn seat(&self, number: SeatNumber) -> Option<&PlanSeat> {
        self.hall.seats.get(usize::try_from(number.0).ok()?)
    }

    /// The key of a number.
    pub fn key_of(&self, number: SeatNumber) -> Option<&SeatKey> {
        self.seat(number).map(|seat| &seat.key)
    }

    /// The number of a key.
    pub fn number_of(&self, key: &SeatKey) -> Option<SeatNumber> {
        let key_at = |number: &SeatNumber| &self.hall.seats[number.0 as usize].key;
        let by_key = &self.hall.by_key;
        let found = by_key.binary_search_by(|number| key_at(number).cmp(key)).ok()?;
        Some(by_key[found])
    }

    /// The price level of a number.
    pub fn grade_of(&self, number: SeatNumber) -> Option<&Grade> {
        self.seat(number).map(|seat| &seat.grade)
    }

    /// The zone that a number lies in.
    pub fn zone_of(&self, number: SeatNumber) -> Option<&Zone> {
        let after = self
            .hall
            .zones
            .partition_point(|zone| zone.numbers.end <= number.0);
        self.hall.zones.get(after)
    }

    /// The row that a number lies in; general-admission places have none.
    pub fn row_of(&self, number: SeatNumber) -> Option<&Row> {
        let rows = self.zone_of(number)?.rows();
        rows.get(rows.partition_point(|row| row.numbers.end <= number.0))
    }

    /// The zone with a name.
    pub fn zone(&self, name: &str) -> Option<&Zone> {
        self.hall.zones.iter().find(|zone| zone.name == name)
    }

    /// Whether a seat and the one with the next number are beside each other: in one row with no aisle between,
    /// of one grade and one kind.
    pub fn is_beside_next(&self, number: SeatNumber) -> bool {
        let next = SeatNumber(number.0.saturating_add(1));
        let in_one_row = self
            .row_of(number)
            .is_some_and(|row| row.numbers.contains(&next.0));
        let seats = self.seat(number).zip(self.seat(next));
        in_one_row && seats.is_some_and(|(seat, next)| seating::is_beside(seat, next))
    }

    /// What one chooses from in a grade.
    pub(crate) fn seats_of_grade(&self, grade: &Grade) -> Option<&GradeSeats> {
        let index = self.hall.grades.iter().position(|listed| listed == grade)?;
        Some(self.hall.seating.grade(index))
    }

    /// How the seats lie.
    pub(crate) fn seating(&self) -> &Seating {
        &self.hall.seating
    }
}

impl Hall {
    fn seats_of(&self, row: &Row) -> &[PlanSeat] {
        &self.seats[row.numbers.start as usize..row.numbers.end as usize]
    }
}

impl Zone {
    /// Its rows, from the stage; general admission has none.
    pub fn rows(&self) -> &[Row] {
        match &self.kind {
            ZoneKind::Seated(rows) => rows,
            ZoneKind::GeneralAdmission(_) => &[],
        }
    }
}

fn text_of(bytes: &[u8]) -> Result<&str, PlanError> {
    let text = std::str::from_utf8(bytes).map_err(|error| PlanError::NotUtf8(error.valid_up_to()))?;
    Ok(text.trim_start_matches('\u{feff}')) // spreadsheets put a byte order mark first
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Plan {}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plan({}, {} seats, {})", self.name(), self.seats(), self.id())
    }
}

#[cfg(test)]
mod tests;
