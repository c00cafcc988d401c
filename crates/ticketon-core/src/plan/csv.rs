//! The CSV form of a plan, a line a seat: what a spreadsheet saves. The module `plan` documents it.

use std::collections::{BTreeMap, BTreeSet};

use csv::{ErrorKind, StringRecord, Trim};

use super::SeatKind;
use super::draft::{Draft, DraftKind, DraftRow, DraftSeat, DraftZone};
use super::error::{Fault, Place, PlanError};
use crate::limits;

const NAME: &str = "Hall";
const COLUMNS: &str = "zone, row, seat, grade, key, kind, aisle_after, x, y";

pub(super) fn read(text: &str) -> Result<Draft, PlanError> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|error| PlanError::NotCsv(error.to_string()))?;
    let columns = Columns::named(header)?;
    let mut table = Table::default();
    table.draft.name = String::from(NAME);
    table.draft.key_remedy = "add a `key` column that tells them apart";
    for record in reader.records() {
        match record {
            Ok(record) => {
                let place = Place::Line(record.position().map_or(0, csv::Position::line));
                if table.seats == limits::PLAN_SEATS_MAX {
                    table.draft.problem(place, Fault::TooManySeats);
                    break;
                }
                table.add(place, &columns, &record);
            }
            Err(error) => match error.kind() {
                ErrorKind::UnequalLengths {
                    pos: Some(at),
                    expected_len,
                    len,
                } => {
                    table
                        .draft
                        .problem(Place::Line(at.line()), Fault::FieldCount(*len, *expected_len));
                }
                _ => return Err(PlanError::NotCsv(error.to_string())),
            },
        }
    }
    Ok(table.finished())
}

/// Where each column stands.
struct Columns {
    zone: usize,
    row: usize,
    seat: usize,
    grade: usize,
    key: Option<usize>,
    kind: Option<usize>,
    aisle_after: Option<usize>,
    x: Option<usize>,
    y: Option<usize>,
}

impl Columns {
    fn named(header: &StringRecord) -> Result<Self, PlanError> {
        let known: Vec<&str> = COLUMNS.split(", ").collect();
        let mut places = BTreeMap::new();
        for (place, name) in header.iter().enumerate() {
            if !known.contains(&name) {
                let what =
                    format!("the column `{name}` is unknown: the first line names columns of {COLUMNS}");
                return Err(PlanError::NotCsv(what));
            }
            if places.insert(name, place).is_some() {
                return Err(PlanError::NotCsv(format!("the column `{name}` stands twice")));
            }
        }
        let missing = |name| PlanError::NotCsv(format!("the column `{name}` is missing"));
        let needed = |name| places.get(name).copied().ok_or_else(|| missing(name));
        let optional = |name| places.get(name).copied();
        Ok(Self {
            zone: needed("zone")?,
            row: needed("row")?,
            seat: needed("seat")?,
            grade: needed("grade")?,
            key: optional("key"),
            kind: optional("kind"),
            aisle_after: optional("aisle_after"),
            x: optional("x"),
            y: optional("y"),
        })
    }
}

/// Lines so far, gathered into zones and rows in the order in which these first appear.
#[derive(Default)]
struct Table {
    draft: Draft,
    zones: Vec<(Place, String, Vec<DraftRow>)>,
    grades: BTreeSet<String>,
    zone_places: BTreeMap<String, usize>,
    row_places: BTreeMap<(usize, String), usize>,
    seats: u32,
}

impl Table {
    fn add(&mut self, place: Place, columns: &Columns, line: &StringRecord) {
        let field = |column: usize| line.get(column).unwrap_or("");
        let grade = field(columns.grade).to_owned();
        if self.grades.insert(grade.clone()) {
            self.draft.grades.push(grade.clone());
        }
        let filled = |column: Option<usize>| column.map(field).filter(|text| !text.is_empty());
        let seat = DraftSeat {
            place,
            label: field(columns.seat).to_owned(),
            key: filled(columns.key).map(str::to_owned),
            grade,
            kind: self.parsed(
                place,
                "kind",
                filled(columns.kind),
                "standard, wheelchair or companion",
                kind,
            ),
            aisle_after: self.parsed(
                place,
                "aisle_after",
                filled(columns.aisle_after),
                "true or false",
                flag,
            ),
            x: self.parsed(place, "x", filled(columns.x), "a whole number", coordinate),
            y: self.parsed(place, "y", filled(columns.y), "a whole number", coordinate),
        };
        self.row(place, field(columns.zone), field(columns.row))
            .seats
            .push(seat);
        self.seats += 1;
    }

    /// An optional field's value, or a problem.
    fn parsed<T: Default>(
        &mut self,
        place: Place,
        column: &'static str,
        text: Option<&str>,
        expected: &'static str,
        parse: fn(&str) -> Option<T>,
    ) -> T {
        let Some(text) = text else { return T::default() };
        parse(text).unwrap_or_else(|| {
            self.draft.problem(
                place,
                Fault::BadField {
                    column,
                    value: text.to_owned(),
                    expected,
                },
            );
            T::default()
        })
    }

    fn row(&mut self, place: Place, zone: &str, row: &str) -> &mut DraftRow {
        let zone = *self.zone_places.entry(zone.to_owned()).or_insert_with(|| {
            self.zones.push((place, zone.to_owned(), Vec::new()));
            self.zones.len() - 1
        });
        let rows = &mut self.zones[zone].2;
        let index = *self.row_places.entry((zone, row.to_owned())).or_insert_with(|| {
            rows.push(DraftRow {
                place,
                name: row.to_owned(),
                seats: Vec::new(),
            });
            rows.len() - 1
        });
        &mut rows[index]
    }

    fn finished(self) -> Draft {
        let zones = self.zones.into_iter().map(|(place, name, rows)| DraftZone {
            place,
            name,
            prefix: String::new(),
            kind: DraftKind::Seated(rows),
        });
        Draft {
            zones: zones.collect(),
            ..self.draft
        }
    }
}

fn kind(text: &str) -> Option<SeatKind> {
    match text {
        "standard" => Some(SeatKind::Standard),
        "wheelchair" => Some(SeatKind::Wheelchair),
        "companion" => Some(SeatKind::Companion),
        _ => None,
    }
}

fn flag(text: &str) -> Option<bool> {
    // Spreadsheets write TRUE.
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn coordinate(text: &str) -> Option<Option<i32>> {
    text.parse().ok().map(Some)
}
