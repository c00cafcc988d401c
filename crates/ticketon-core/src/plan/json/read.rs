//! From JSON text to a draft: ranges become seats, each with its place.

use std::collections::BTreeSet;

use super::{RawItem, RawPlan, RawRow, RawSeats, RawSpecial, RawZone};
use crate::limits;
use crate::plan::SeatKind;
use crate::plan::draft::{Draft, DraftKind, DraftRow, DraftSeat, DraftZone};
use crate::plan::error::{Fault, Place, PlanError};
use crate::plan::label::Labels;

pub(in crate::plan) fn read(text: &str) -> Result<Draft, PlanError> {
    let not_json = |error: serde_json::Error| PlanError::NotJson(error.to_string());
    let mut json = serde_json::Deserializer::from_str(text);
    let raw = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        match (error.path().to_string(), error.inner()) {
            (path, inner) if path != "." && inner.is_data() => PlanError::NotJson(format!("{path}: {inner}")),
            (_, inner) => PlanError::NotJson(inner.to_string()),
        }
    })?;
    json.end().map_err(not_json)?;
    Ok(draft(raw))
}

pub(super) fn draft(raw: RawPlan) -> Draft {
    let mut reader = Reader {
        draft: Draft {
            name: raw.name,
            grades: raw.grades,
            focus: raw.focus,
            key_remedy: "give the zone a `prefix` or the seat a `key`",
            ..Draft::default()
        },
        room: u64::from(limits::PLAN_SEATS_MAX),
    };
    for (index, zone) in raw.zones.into_iter().enumerate() {
        reader.zone(index, zone);
    }
    reader.draft
}

struct Reader {
    draft: Draft,
    /// How many more seats a plan may have: a range of a billion must not be written out.
    room: u64,
}

impl Reader {
    fn zone(&mut self, index: usize, raw: RawZone) {
        let place = Place::Zone(index);
        let kind = match (raw.rows, raw.capacity, raw.grade) {
            (Some(rows), None, None) => {
                let rows = rows.into_iter().enumerate();
                DraftKind::Seated(rows.map(|(row, raw)| self.row(index, row, raw)).collect())
            }
            (None, Some(capacity), Some(grade)) if raw.prefix.is_empty() => {
                if !self.has_room(place, u64::from(capacity)) {
                    return;
                }
                DraftKind::General { capacity, grade }
            }
            _ => return self.draft.problem(place, Fault::NoZoneKind),
        };
        self.draft.zones.push(DraftZone {
            place,
            name: raw.name,
            prefix: raw.prefix,
            kind,
        });
    }

    fn row(&mut self, zone: usize, row: usize, raw: RawRow) -> DraftRow {
        let place = Place::Row(zone, row);
        let mut seats = Vec::new();
        match raw.seats {
            RawSeats::Range(range) => {
                seats.extend(self.seats(Place::Seats(zone, row), &raw.grade, plain(range)));
            }
            RawSeats::List(items) if items.is_empty() => self.draft.problem(place, Fault::Empty("seats")),
            RawSeats::List(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    let special = match item {
                        RawItem::Range(range) => plain(range),
                        RawItem::Special(special) => special,
                    };
                    seats.extend(self.seats(Place::Seat(zone, row, index), &raw.grade, special));
                }
            }
        }
        let mut aisles: BTreeSet<String> = raw.aisle_after.into_iter().collect();
        for seat in &mut seats {
            seat.aisle_after = aisles.remove(&seat.label);
        }
        for label in aisles {
            self.draft.problem(place, Fault::NoSuchAisle(label));
        }
        DraftRow {
            place,
            name: raw.name,
            seats,
        }
    }

    fn seats(&mut self, place: Place, row_grade: &str, raw: RawSpecial) -> Vec<DraftSeat> {
        let Ok(labels) = Labels::parse(&raw.seats) else {
            self.draft.problem(place, Fault::BadRange(raw.seats));
            return Vec::new();
        };
        let is_single_only = raw.key.is_some() || raw.x.is_some() || raw.y.is_some();
        if labels.count() > 1 && is_single_only {
            self.draft.problem(place, Fault::NotOneSeat(raw.seats));
            return Vec::new();
        }
        if !self.has_room(place, labels.count()) {
            return Vec::new();
        }
        let seat = |label| DraftSeat {
            place,
            label,
            key: raw.key.clone(),
            grade: raw.grade.clone().unwrap_or_else(|| row_grade.to_owned()),
            kind: raw.kind,
            x: raw.x,
            y: raw.y,
            aisle_after: false,
        };
        labels.each().into_iter().map(seat).collect()
    }

    fn has_room(&mut self, place: Place, seats: u64) -> bool {
        let Some(room) = self.room.checked_sub(seats) else {
            self.draft.problem(place, Fault::TooManySeats);
            return false;
        };
        self.room = room;
        true
    }
}

fn plain(seats: String) -> RawSpecial {
    RawSpecial {
        seats,
        key: None,
        grade: None,
        kind: SeatKind::Standard,
        x: None,
        y: None,
    }
}
