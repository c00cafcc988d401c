//! From a plan to its canonical JSON: one way to say each thing, a row a line.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::{RawItem, RawPlan, RawRow, RawSeats, RawSpecial, RawZone};
use crate::plan::label;
use crate::plan::{Grade, Hall, PlanSeat, Row, SeatKey, SeatKind, Zone, ZoneKind};

pub(in crate::plan) fn write(hall: &Hall) -> String {
    let plan = raw(hall);
    let focus = plan
        .focus
        .map_or(String::new(), |focus| format!("\n  \"focus\": {},", line(&focus)));
    let zones: Vec<String> = plan.zones.into_iter().map(zone_lines).collect();
    format!(
        "{{\n  \"name\": {},\n  \"grades\": {},{focus}\n  \"zones\": [\n{}\n  ]\n}}\n",
        line(&plan.name),
        line(&plan.grades),
        zones.join(",\n"),
    )
}

fn zone_lines(mut zone: RawZone) -> String {
    let Some(rows) = zone.rows.take() else {
        return format!("    {}", line(&zone));
    };
    let head = line(&zone);
    let head = head.trim_end_matches('}');
    let rows: Vec<String> = rows.iter().map(|row| format!("      {}", line(row))).collect();
    format!("    {head}, \"rows\": [\n{}\n    ]}}", rows.join(",\n"))
}

fn line(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    value
        .serialize(&mut Serializer::with_formatter(&mut bytes, OneLine))
        .expect("texts, numbers and lists become JSON, and memory takes every byte");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// One line with a space after each comma and colon.
struct OneLine;

impl Formatter for OneLine {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

pub(super) fn raw(hall: &Hall) -> RawPlan {
    RawPlan {
        name: hall.name.clone(),
        grades: hall.grades.iter().map(Grade::to_string).collect(),
        focus: hall.focus,
        zones: hall.zones.iter().map(|zone| raw_zone(hall, zone)).collect(),
    }
}

fn raw_zone(hall: &Hall, zone: &Zone) -> RawZone {
    let raw = RawZone {
        name: zone.name.clone(),
        prefix: zone.prefix.clone(),
        capacity: None,
        grade: None,
        rows: None,
    };
    match &zone.kind {
        ZoneKind::Seated(rows) => {
            let rows = rows
                .iter()
                .map(|row| raw_row(&zone.prefix, row, hall.seats_of(row)))
                .collect();
            RawZone {
                rows: Some(rows),
                ..raw
            }
        }
        ZoneKind::GeneralAdmission(grade) => {
            let capacity = Some(zone.numbers.end - zone.numbers.start);
            RawZone {
                capacity,
                grade: Some(grade.to_string()),
                ..raw
            }
        }
    }
}

fn raw_row(prefix: &str, row: &Row, seats: &[PlanSeat]) -> RawRow {
    let grade = commonest_grade(seats).expect("a row has seats");
    let own_key = |seat: &PlanSeat| {
        (seat.key.as_str() != SeatKey::usual(prefix, &row.name, &seat.label)).then(|| seat.key.to_string())
    };
    let mut items = Vec::new();
    // Seats with a key or position of their own stand alone; others stand together as far as they are alike.
    let is_alone = |seat: &PlanSeat| seat.position.is_some() || own_key(seat).is_some();
    let is_alike =
        |a: &PlanSeat, b: &PlanSeat| a.grade == b.grade && a.kind == b.kind && !is_alone(a) && !is_alone(b);
    for alike in seats.chunk_by(is_alike) {
        let labels: Vec<&str> = alike.iter().map(|seat| seat.label.as_str()).collect();
        let first = &alike[0];
        for seats in label::in_ranges(&labels) {
            let special = RawSpecial {
                seats,
                key: own_key(first),
                grade: (first.grade != *grade).then(|| first.grade.to_string()),
                kind: first.kind,
                x: first.position.map(|at| at.x),
                y: first.position.map(|at| at.y),
            };
            items.push(item(special));
        }
    }
    let aisles = seats.iter().filter(|seat| seat.aisle_after);
    RawRow {
        name: row.name.clone(),
        grade: grade.to_string(),
        seats: only_range(items),
        aisle_after: aisles.map(|seat| seat.label.clone()).collect(),
    }
}

/// The grade that most seats have; of several the first by name.
fn commonest_grade(seats: &[PlanSeat]) -> Option<&Grade> {
    let mut counts: BTreeMap<&Grade, u32> = BTreeMap::new();
    for seat in seats {
        *counts.entry(&seat.grade).or_default() += 1;
    }
    let (grade, _) = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
    Some(grade)
}

fn item(special: RawSpecial) -> RawItem {
    match special {
        RawSpecial {
            seats,
            key: None,
            grade: None,
            kind: SeatKind::Standard,
            x: None,
            y: None,
        } => RawItem::Range(seats),
        special => RawItem::Special(special),
    }
}

fn only_range(mut items: Vec<RawItem>) -> RawSeats {
    match items.pop() {
        Some(RawItem::Range(range)) if items.is_empty() => RawSeats::Range(range),
        last => {
            items.extend(last);
            RawSeats::List(items)
        }
    }
}
