//! The CSV form of a plan, a line a seat: what a spreadsheet saves. The module `plan` documents it.

use std::collections::{BTreeMap, BTreeSet};

use csv::{Error, ErrorKind, Position, ReaderBuilder, StringRecord, Trim};

use super::SeatKind;
use super::draft::{Draft, DraftKind, DraftRow, DraftSeat, DraftZone};
use super::error::{Fault, Place, PlanError};
use crate::limits;

const NAME: &str = "Hall";
const NEEDED: [&str; 4] = ["zone", "row", "seat", "grade"];
const OPTIONAL: [&str; 5] = ["key", "kind", "aisle_after", "x", "y"];

pub(super) fn read(text: &str) -> Result<Draft, PlanError> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
    let columns = Columns::named(reader.headers().map_err(|error| not_csv(&error))?)?;
    let mut table = Table::default();
    table.draft.name = String::from(NAME);
    table.draft.key_remedy = "add a `key` column that tells them apart";
    for record in reader.records() {
        match record {
            Ok(line) => {
                let place = Place::Line(line.position().map_or(0, Position::line));
                if table.seats == limits::PLAN_SEATS_MAX {
                    table.draft.problem(place, Fault::TooManySeats);
                    break;
                }
                table.add(place, &columns, &line);
            }
            Err(error) => table.add_broken(&error)?,
        }
    }
    Ok(table.finished())
}

fn not_csv(error: &dyn ToString) -> PlanError {
    PlanError::NotCsv(error.to_string())
}

/// Where each column stands.
struct Columns(BTreeMap<&'static str, usize>);

impl Columns {
    fn named(header: &StringRecord) -> Result<Self, PlanError> {
        let known: Vec<&str> = NEEDED.into_iter().chain(OPTIONAL).collect();
        let mut places = BTreeMap::new();
        for (place, name) in header.iter().enumerate() {
            let Some(known) = known.iter().find(|known| **known == name) else {
                let known = known.join(", ");
                let what = format!("the column `{name}` is unknown: the first line names columns of {known}");
                return Err(not_csv(&what));
            };
            if places.insert(*known, place).is_some() {
                return Err(not_csv(&format!("the column `{name}` stands twice")));
            }
        }
        match NEEDED.iter().find(|name| !places.contains_key(*name)) {
            Some(missing) => Err(not_csv(&format!("the column `{missing}` is missing"))),
            None => Ok(Self(places)),
        }
    }

    /// What a line has in a column; nothing where the file does not have the column.
    fn text<'a>(&self, line: &'a StringRecord, column: &str) -> &'a str {
        self.0
            .get(column)
            .and_then(|place| line.get(*place))
            .unwrap_or("")
    }
}

/// Lines so far, gathered into zones and rows in the order in which these first appear.
#[derive(Default)]
struct Table {
    draft: Draft,
    grades: BTreeSet<String>,
    zones: Vec<(Place, String, Vec<DraftRow>)>,
    zone_places: BTreeMap<String, usize>,
    row_places: BTreeMap<(usize, String), usize>,
    seats: u32,
}

impl Table {
    fn add(&mut self, place: Place, columns: &Columns, line: &StringRecord) {
        let text = |column| columns.text(line, column);
        let grade = text("grade").to_owned();
        if self.grades.insert(grade.clone()) {
            self.draft.grades.push(grade.clone());
        }
        let seat = DraftSeat {
            place,
            label: text("seat").to_owned(),
            key: Some(text("key").to_owned()).filter(|key| !key.is_empty()),
            grade,
            kind: self.parsed(place, "kind", text("kind"), kind).unwrap_or_default(),
            x: self.parsed(place, "x", text("x"), whole_number),
            y: self.parsed(place, "y", text("y"), whole_number),
            aisle_after: self
                .parsed(place, "aisle_after", text("aisle_after"), flag)
                .unwrap_or_default(),
        };
        self.row(place, text("zone"), text("row")).seats.push(seat);
        self.seats += 1;
    }

    /// A line that is no record: a problem like others, unless nothing after it can be read.
    fn add_broken(&mut self, error: &Error) -> Result<(), PlanError> {
        match error.kind() {
            ErrorKind::UnequalLengths {
                pos: Some(at),
                expected_len,
                len,
            } => {
                self.draft
                    .problem(Place::Line(at.line()), Fault::FieldCount(*len, *expected_len));
                Ok(())
            }
            _ => Err(not_csv(error)),
        }
    }

    /// An optional field's value; `parse` says what it should have been.
    fn parsed<T>(
        &mut self,
        place: Place,
        column: &'static str,
        text: &str,
        parse: fn(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        let refuse = |expected| {
            self.draft.problem(
                place,
                Fault::BadField {
                    column,
                    value: text.to_owned(),
                    expected,
                },
            );
        };
        parse(text).map_err(refuse).ok()
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

fn kind(text: &str) -> Result<SeatKind, &'static str> {
    match text {
        "standard" => Ok(SeatKind::Standard),
        "wheelchair" => Ok(SeatKind::Wheelchair),
        "companion" => Ok(SeatKind::Companion),
        _ => Err("standard, wheelchair or companion"),
    }
}

fn flag(text: &str) -> Result<bool, &'static str> {
    // Spreadsheets write TRUE.
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("true or false"),
    }
}

fn whole_number(text: &str) -> Result<i32, &'static str> {
    text.parse().map_err(|_| "a whole number")
}
