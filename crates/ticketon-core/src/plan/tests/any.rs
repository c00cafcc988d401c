//! What holds for any plan, and for any bytes.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// A valid plan as JSON, written clumsily: each seat an object of its own.
fn any_plan() -> impl Strategy<Value = Value> {
    let zones = prop::collection::vec(any_zone(), 1..4);
    (zones, any::<bool>()).prop_map(|(zones, has_positions)| {
        let named = |(index, mut zone): (usize, Value)| {
            zone["name"] = json!(format!("Zone {index}"));
            if let Some(rows) = zone.get_mut("rows") {
                finish_rows(index, rows, has_positions);
                zone["prefix"] = json!(format!("{index}:"));
            }
            zone
        };
        let zones: Vec<Value> = zones.into_iter().enumerate().map(named).collect();
        json!({"name": "Any", "grades": ["S", "R"], "zones": zones})
    })
}

fn any_zone() -> impl Strategy<Value = Value> {
    let rows = prop::collection::vec(prop::collection::vec(any_seat(), 1..12), 1..5);
    prop_oneof![
        3 => rows.prop_map(|rows| json!({"rows": rows})),
        1 => (1..9, any_grade()).prop_map(|(capacity, grade)| json!({"capacity": capacity, "grade": grade})),
    ]
}

fn any_grade() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just("R"), 1 => Just("S")]
}

fn any_seat() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![6 => Just("standard"), 1 => Just("wheelchair")];
    let has_own = prop::bool::weighted(0.1);
    (any_grade(), kind, has_own, has_own, has_own).prop_map(
        |(grade, kind, is_odd, has_key, has_aisle)| {
            json!({"grade": grade, "kind": kind, "odd": is_odd, "has_key": has_key, "has_aisle": has_aisle})
        },
    )
}

/// From lists of drawn seats to rows: labels that count up and down with jumps, and keys that are unique.
fn finish_rows(zone: usize, rows: &mut Value, has_positions: bool) {
    for (row, seats) in rows.as_array_mut().unwrap().iter_mut().enumerate() {
        let drawn = seats.as_array().unwrap().clone();
        let mut list = Vec::new();
        let mut aisles = Vec::new();
        for (place, seat) in drawn.iter().enumerate() {
            let counted = if row % 2 == 0 { place } else { 100 - place };
            let label = if seat["odd"] == true {
                format!("{counted}a")
            } else {
                counted.to_string()
            };
            let mut item = json!({"seats": label, "grade": seat["grade"], "kind": seat["kind"]});
            if seat["has_key"] == true {
                item["key"] = json!(format!("own {zone} {row} {place}"));
            }
            if has_positions {
                item["x"] = json!(place);
                item["y"] = json!(row);
            }
            if seat["has_aisle"] == true {
                aisles.push(label.clone());
            }
            list.push(item);
        }
        *seats = json!({"name": row.to_string(), "grade": "R", "seats": list, "aisle_after": aisles});
    }
}

proptest! {
    #[test]
    fn a_plan_is_read_as_it_was_written(written in any_plan()) {
        let plan = Plan::from_json(written.to_string()).unwrap();
        let read = Plan::from_json(plan.to_json()).unwrap();
        prop_assert_eq!(read.id(), plan.id());
        prop_assert_eq!(&read.hall.seats, &plan.hall.seats);
        prop_assert_eq!(read.zones(), plan.zones());
        prop_assert_eq!(read.to_json(), plan.to_json());
        prop_assert_eq!(serde_json::from_value::<Plan>(serde_json::to_value(&plan).unwrap()).unwrap(), plan);
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Plan::from_json(&bytes);
        let _ = Plan::from_csv(&bytes);
        let _ = Plan::from_csv([b"zone,row,seat,grade,kind,x,y\n", bytes.as_slice()].concat());
    }

    #[test]
    fn a_damaged_plan_does_no_harm(written in any_plan(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = written.to_string().into_bytes();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(plan) = Plan::from_json(bytes) {
            prop_assert_eq!(Plan::from_json(plan.to_json()).unwrap(), plan);
        }
    }
}
