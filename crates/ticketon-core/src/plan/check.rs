//! From a draft to a plan: every rule is asked of everything, so that whoever edits a plan hears all problems
//! at once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::draft::{Draft, DraftKind, DraftRow, DraftSeat, DraftZone};
use super::error::{Fault, Place, PlanError, Problem};
use super::text::checked_name;
use super::{
    Grade, Hall, Plan, PlanId, PlanSeat, Position, Row, SeatKey, SeatKind, SeatNumber, Seating, Zone,
    ZoneKind, json, label,
};
use crate::limits;

/// The plan that a draft describes, or everything that is wrong with it.
pub(super) fn check(draft: Draft) -> Result<Plan, PlanError> {
    let mut checker = Checker {
        key_remedy: draft.key_remedy,
        has_positions: has_positions(&draft.zones),
        grades: BTreeMap::new(),
        keys: BTreeMap::new(),
        seats: Vec::new(),
        problems: draft.problems,
    };
    let name = checker.name(Place::Plan, "a plan's name", draft.name);
    let grades = checker.grades(draft.grades);
    checker.position(Place::Plan, draft.focus);
    let zones = checker.zones(draft.zones);
    if !checker.problems.is_empty() {
        return Err(PlanError::Invalid(checker.problems));
    }
    let Checker { seats, keys, .. } = checker;
    let seating = Seating::new(&grades, &zones, &seats, draft.focus);
    let by_key = keys.into_values().map(|(number, _)| number).collect();
    let hall = Hall {
        name,
        grades,
        focus: draft.focus,
        zones,
        seats,
        by_key,
        seating,
    };
    Ok(Plan {
        id: PlanId::of(&json::write(&hall)),
        hall: Arc::new(hall),
    })
}

fn has_positions(zones: &[DraftZone]) -> bool {
    let has_one = |row: &DraftRow| row.seats.iter().any(|seat| seat.x.is_some() || seat.y.is_some());
    zones.iter().any(|zone| match &zone.kind {
        DraftKind::Seated(rows) => rows.iter().any(has_one),
        DraftKind::General { .. } => false,
    })
}

/// What has been checked so far.
struct Checker {
    key_remedy: &'static str,
    has_positions: bool,
    grades: BTreeMap<String, Grade>,
    keys: BTreeMap<SeatKey, (SeatNumber, Place)>,
    seats: Vec<PlanSeat>,
    problems: Vec<Problem>,
}

impl Checker {
    fn grades(&mut self, texts: Vec<String>) -> Vec<Grade> {
        if texts.is_empty() {
            self.problem(Place::Plan, Fault::Empty("grades"));
        }
        if texts.len() > limits::PLAN_GRADES_MAX {
            self.problem(Place::Plan, Fault::TooManyGrades);
        }
        let mut grades = Vec::new();
        for (index, text) in texts.into_iter().enumerate() {
            let place = Place::Grade(index);
            match Grade::new(text.as_str()) {
                Ok(grade) if self.grades.insert(text.clone(), grade.clone()).is_none() => grades.push(grade),
                Ok(_) => self.problem(place, Fault::Twice("grade", text)),
                Err(bad) => self.problem(place, bad),
            }
        }
        grades
    }

    fn zones(&mut self, drafts: Vec<DraftZone>) -> Vec<Zone> {
        if drafts.is_empty() {
            self.problem(Place::Plan, Fault::Empty("zones"));
        }
        let mut names = BTreeSet::new();
        let mut zones = Vec::new();
        for draft in drafts {
            if !names.insert(draft.name.clone()) {
                self.problem(draft.place, Fault::Twice("zone", draft.name.clone()));
            }
            zones.extend(self.zone(draft));
        }
        zones
    }

    fn zone(&mut self, draft: DraftZone) -> Option<Zone> {
        let DraftZone {
            place,
            name,
            prefix,
            kind,
        } = draft;
        let name = self.name(place, "a zone's name", name);
        let first = self.next_number();
        let kind = match kind {
            DraftKind::Seated(rows) => ZoneKind::Seated(self.rows(place, &prefix, rows)),
            DraftKind::General { capacity, grade } => {
                ZoneKind::GeneralAdmission(self.places(place, &name, capacity, &grade)?)
            }
        };
        Some(Zone {
            name,
            prefix,
            numbers: first..self.next_number(),
            kind,
        })
    }

    fn rows(&mut self, place: Place, prefix: &str, drafts: Vec<DraftRow>) -> Vec<Row> {
        if drafts.is_empty() {
            self.problem(place, Fault::Empty("rows"));
        }
        let mut names = BTreeSet::new();
        let mut rows = Vec::new();
        for draft in drafts {
            if !names.insert(draft.name.clone()) {
                self.problem(draft.place, Fault::Twice("row", draft.name.clone()));
            }
            let name = self.name(draft.place, "a row's name", draft.name);
            let numbers = self.row_seats(prefix, &name, draft.seats);
            rows.push(Row { name, numbers });
        }
        rows
    }

    fn row_seats(&mut self, prefix: &str, row: &str, drafts: Vec<DraftSeat>) -> Range<u32> {
        let first = self.next_number();
        self.companions(&drafts);
        let mut labels = BTreeSet::new();
        for draft in drafts {
            if labels.insert(draft.label.clone()) {
                self.seat(prefix, row, draft);
            } else {
                self.problem(draft.place, Fault::Twice("seat", draft.label));
            }
        }
        first..self.next_number()
    }

    fn seat(&mut self, prefix: &str, row: &str, draft: DraftSeat) {
        let place = draft.place;
        let label = self.name(place, "a seat's label", draft.label);
        if label::is_like_a_range(&label) {
            self.problem(place, Fault::BadRange(label.clone()));
        }
        let position = match (draft.x, draft.y) {
            (Some(x), Some(y)) => Some(Position { x, y }),
            (None, None) if !self.has_positions => None,
            _ => {
                self.problem(place, Fault::NoPosition(label.clone()));
                None
            }
        };
        self.position(place, position);
        let key = draft.key.unwrap_or_else(|| SeatKey::usual(prefix, row, &label));
        let (Some(grade), Some(key)) = (self.grade(place, &draft.grade), self.key(place, key)) else {
            return;
        };
        let DraftSeat {
            kind, aisle_after, ..
        } = draft;
        self.seats.push(PlanSeat {
            key,
            label,
            grade,
            kind,
            position,
            aisle_after,
        });
    }

    /// The places of a general-admission zone; each has a key, though nobody is shown it.
    fn places(&mut self, place: Place, zone: &str, capacity: u32, grade: &str) -> Option<Grade> {
        if capacity == 0 {
            self.problem(place, Fault::NoCapacity);
        }
        let grade = self.grade(place, grade)?;
        for index in 1..=capacity {
            let key = self.key(place, format!("{zone}#{index}"))?;
            self.seats.push(PlanSeat {
                key,
                label: index.to_string(),
                grade: grade.clone(),
                kind: SeatKind::Standard,
                position: None,
                aisle_after: false,
            });
        }
        Some(grade)
    }

    /// Companion seats that touch share a wheelchair place at one of their ends.
    fn companions(&mut self, row: &[DraftSeat]) {
        for block in row.chunk_by(|seat, _| !seat.aisle_after) {
            let groups: Vec<&[DraftSeat]> = block.chunk_by(|a, b| a.kind == b.kind).collect();
            let kind_at = |index: usize| groups.get(index).map(|group| group[0].kind);
            for (index, group) in groups.iter().enumerate() {
                let neighbours = [index.checked_sub(1).and_then(kind_at), kind_at(index + 1)];
                let is_alone = !neighbours.contains(&Some(SeatKind::Wheelchair));
                if group[0].kind == SeatKind::Companion && is_alone {
                    self.problem(group[0].place, Fault::CompanionAlone(group[0].label.clone()));
                }
            }
        }
    }

    fn key(&mut self, place: Place, text: String) -> Option<SeatKey> {
        let number = SeatNumber(self.next_number());
        let key = SeatKey::new(text).map_err(|bad| self.problem(place, bad)).ok()?;
        if let Some(&(_, first)) = self.keys.get(&key) {
            self.problem(
                place,
                Fault::DuplicateKey {
                    key,
                    first,
                    remedy: self.key_remedy,
                },
            );
            return None;
        }
        self.keys.insert(key.clone(), (number, place));
        Some(key)
    }

    fn grade(&mut self, place: Place, text: &str) -> Option<Grade> {
        let grade = self.grades.get(text).cloned();
        if grade.is_none() {
            self.problem(place, Fault::UnlistedGrade(text.to_owned()));
        }
        grade
    }

    fn position(&mut self, place: Place, position: Option<Position>) {
        let max = limits::PLAN_POSITION_MAX.unsigned_abs();
        if position.is_some_and(|at| at.x.unsigned_abs() > max || at.y.unsigned_abs() > max) {
            self.problem(place, Fault::TooFar);
        }
    }

    /// The name as it is, after checking it: with a problem noted there will be no plan.
    fn name(&mut self, place: Place, what: &'static str, name: String) -> String {
        if let Err(bad) = checked_name(what, &name) {
            self.problem(place, bad);
        }
        name
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.seats.len()).expect("the readers stop at PLAN_SEATS_MAX seats")
    }

    fn problem(&mut self, place: Place, fault: impl Into<Fault>) {
        self.problems.push(Problem {
            place,
            fault: fault.into(),
        });
    }
}
