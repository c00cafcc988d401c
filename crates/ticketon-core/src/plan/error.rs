//! Why a text is not a plan: everything that is wrong with it at once, each with its place.

use std::fmt;

use super::SeatKey;
use crate::ids::BadText;
use crate::limits;

/// Why a text is not a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// It is not even text.
    #[error("the plan is not UTF-8 text: byte {0} is wrong; save the file as UTF-8")]
    NotUtf8(usize),
    /// It is not JSON of the plan's form. The message names line and column.
    #[error("the plan cannot be read: {0}")]
    NotJson(String),
    /// It is not CSV of the plan's form.
    #[error("the plan cannot be read: {0}")]
    NotCsv(String),
    /// It can be read, but says things that cannot be.
    #[error("{}", listed(.0))]
    Invalid(Vec<Problem>),
}

/// One thing that is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {fault}")]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub fault: Fault,
}

/// Where in a plan's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The plan as a whole.
    Plan,
    /// `grades[n]`.
    Grade(usize),
    /// `zones[z]`.
    Zone(usize),
    /// `zones[z].rows[r]`.
    Row(usize, usize),
    /// `zones[z].rows[r].seats`, written as one range.
    Seats(usize, usize),
    /// `zones[z].rows[r].seats[s]`.
    Seat(usize, usize, usize),
    /// A line of a CSV file.
    Line(u64),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A name, key or grade that cannot be one.
    #[error(transparent)]
    BadText(#[from] BadText),
    /// A plan without zones, a zone without rows, a row without seats.
    #[error("has no {0}")]
    Empty(&'static str),
    /// A name that must be unique is given twice.
    #[error("the {0} `{1}` is listed twice")]
    Twice(&'static str, String),
    /// Two seats of the plan have one key.
    #[error("the key `{key}` is also that of the seat at {first}: {remedy}")]
    DuplicateKey {
        /// The key.
        key: SeatKey,
        /// Who has it already.
        first: Place,
        /// What to do.
        remedy: &'static str,
    },
    /// A grade that the plan does not list.
    #[error("the grade `{0}` is not in the plan's `grades`: correct it, or list it there")]
    UnlistedGrade(String),
    /// A zone that is neither seated nor general admission, or both.
    #[error("a zone has either `rows` (and perhaps a `prefix`), or `capacity` and `grade`")]
    NoZoneKind,
    /// General admission for nobody.
    #[error("`capacity` is 0: give the number of places, or leave the zone out")]
    NoCapacity,
    /// More seats than a plan may have.
    #[error("more than {max} seats: split the plan", max = limits::PLAN_SEATS_MAX)]
    TooManySeats,
    /// More grades than a plan may have.
    #[error("more than {max} grades: seats of one price need one grade", max = limits::PLAN_GRADES_MAX)]
    TooManyGrades,
    /// A companion seat whose neighbours are not its wheelchair place.
    #[error(
        "companion seat `{0}` has no wheelchair place beside it: seat it next to one, with no aisle between"
    )]
    CompanionAlone(String),
    /// A range of seats that cannot be understood.
    #[error(
        "`{0}` is not a range of seats: write `1-24`, `24-1` or one label, without leading zeros in a range"
    )]
    BadRange(String),
    /// What only one seat can have, given to a range.
    #[error("`key`, `x` and `y` belong to one seat, and `{0}` is several: list each by itself")]
    NotOneSeat(String),
    /// An aisle after a seat that the row does not have.
    #[error("`aisle_after` names `{0}`, which is no seat of this row")]
    NoSuchAisle(String),
    /// A position without one half, or where others have one.
    #[error("seat `{0}` has no position: give `x` and `y` to every seat of the rows, or to none")]
    NoPosition(String),
    /// A position beyond the drawing.
    #[error("a position lies between -{max} and {max}", max = limits::PLAN_POSITION_MAX)]
    TooFar,
    /// A CSV field that its column does not know.
    #[error("`{value}` cannot stand in the column `{column}`: write {expected}")]
    BadField {
        /// The column.
        column: &'static str,
        /// What it holds.
        value: String,
        /// What it may hold.
        expected: &'static str,
    },
    /// A CSV line with too few or too many fields.
    #[error("has {0} fields, the header has {1}: a comma inside a field needs quotes around the field")]
    FieldCount(u64, u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan => f.write_str("plan"),
            Self::Grade(grade) => write!(f, "grades[{grade}]"),
            Self::Zone(zone) => write!(f, "zones[{zone}]"),
            Self::Row(zone, row) => write!(f, "zones[{zone}].rows[{row}]"),
            Self::Seats(zone, row) => write!(f, "zones[{zone}].rows[{row}].seats"),
            Self::Seat(zone, row, seat) => write!(f, "zones[{zone}].rows[{row}].seats[{seat}]"),
            Self::Line(line) => write!(f, "line {line}"),
        }
    }
}

/// The first problems, one a line: a plan made by a broken script has thousands alike.
fn listed(problems: &[Problem]) -> String {
    const SHOWN: usize = 20;
    let mut lines = vec![format!("the plan has {} problems:", problems.len())];
    lines.extend(problems.iter().take(SHOWN).map(Problem::to_string));
    if problems.len() > SHOWN {
        lines.push(format!("and {} more", problems.len() - SHOWN));
    }
    lines.join("\n  ")
}
