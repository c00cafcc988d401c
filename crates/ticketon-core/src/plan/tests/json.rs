//! The JSON form.

use super::*;

const SMALL: &str = r#"{
  "name": "Small Hall",
  "grades": ["R", "S"],
  "zones": [
    {"name": "Stalls", "prefix": "S-", "rows": [
      {"name": "A", "grade": "R", "seats": "1-12", "aisle_after": ["6"]},
      {"name": "B", "grade": "R", "seats": ["10-1", {"seats": "11", "kind": "wheelchair"}, {"seats": "12", "kind": "companion"}]},
      {"name": "C", "grade": "R", "seats": [{"seats": "1-2", "grade": "S"}, "3-10", {"seats": "12A", "key": "C-12-bis"}]}
    ]},
    {"name": "Floor", "capacity": 20, "grade": "S"}
  ]
}
"#;

/// A plan of one zone with these rows.
fn rows(rows: &str) -> Result<Plan, PlanError> {
    Plan::from_json(format!(
        r#"{{"name": "Hall", "grades": ["R"], "zones": [{{"name": "Stalls", "rows": [{rows}]}}]}}"#
    ))
}

#[test]
fn a_hall_is_numbered_row_by_row_from_the_stage() {
    let hall = Plan::from_json(SMALL).unwrap();
    assert_eq!(hall.seats(), 55);
    assert_eq!(hall.key_of(number(0)), Some(&key("S-A-1")));
    assert_eq!(hall.key_of(number(12)), Some(&key("S-B-10")));
    assert_eq!(hall.key_of(number(34)), Some(&key("C-12-bis")));
    assert_eq!(hall.key_of(number(54)), Some(&key("Floor#20")));
    assert_eq!(hall.key_of(number(55)), None);
}

#[test]
fn every_number_is_found_by_its_key() {
    let hall = Plan::from_json(SMALL).unwrap();
    for seat in (0..hall.seats()).map(SeatNumber) {
        assert_eq!(hall.number_of(hall.key_of(seat).unwrap()), Some(seat));
    }
    assert_eq!(hall.number_of(&key("S-A-13")), None);
}

#[test]
fn a_number_knows_its_zone_row_and_grade() {
    let hall = Plan::from_json(SMALL).unwrap();
    assert_eq!(hall.zone_of(number(34)).unwrap().name, "Stalls");
    assert_eq!(hall.row_of(number(24)).unwrap().name, "C");
    assert_eq!(hall.row_of(number(24)).unwrap().numbers, 24..35);
    assert_eq!(hall.grade_of(number(24)).unwrap().as_str(), "S");
    assert_eq!(hall.zone_of(number(35)).unwrap().name, "Floor");
    assert_eq!(hall.row_of(number(35)), None);
    assert_eq!(hall.zone_of(number(55)), None);
}

#[test]
fn aisles_grades_and_kinds_part_neighbours() {
    let hall = Plan::from_json(SMALL).unwrap();
    let is_beside_next = |seat| hall.is_beside_next(hall.number_of(&key(seat)).unwrap());
    assert!(is_beside_next("S-A-5"));
    assert!(!is_beside_next("S-A-6"), "aisle");
    assert!(!is_beside_next("S-A-12"), "end of the row");
    assert!(!is_beside_next("S-B-1"), "wheelchair place");
    assert!(!is_beside_next("S-C-2"), "another grade");
    assert!(!is_beside_next("Floor#1"), "no row");
}

#[test]
fn the_canonical_form_is_what_a_person_would_write() {
    let hall = Plan::from_json(SMALL).unwrap();
    assert_eq!(hall.to_json(), SMALL);
}

#[test]
fn the_same_hall_written_otherwise_is_the_same_plan() {
    let wordy = r#"{"seats": ["1", "2", {"seats": "3", "kind": "standard", "grade": "R", "key": "A-3"}],
                    "grade": "R", "name": "A"}"#;
    let short = r#"{"name": "A", "grade": "R", "seats": "1-3"}"#;
    assert_eq!(rows(wordy).unwrap(), rows(short).unwrap());
    assert_eq!(
        rows(short).unwrap().id().to_string(),
        "50b8dcfbe9844f3a656c2171f6b2588d14e2cf4d22a7180bc174c66988c65cdc"
    );
}

#[test]
fn a_plan_inside_other_json_is_checked_too() {
    let hall = Plan::from_json(SMALL).unwrap();
    let inside = serde_json::to_string(&[&hall]).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Plan>>(&inside).unwrap(), [hall]);
    let broken = inside.replace("\"capacity\":20", "\"capacity\":0");
    assert!(
        serde_json::from_str::<Vec<Plan>>(&broken)
            .unwrap_err()
            .to_string()
            .contains("zones[1]")
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let refused = Plan::from_json(
        r#"{"name": "", "grades": ["R", "R", " S"], "zones": [
          {"name": "Stalls", "rows": [
            {"name": "A", "grade": "R", "seats": ["1-3", "2", {"seats": "4", "grade": "Q"}], "aisle_after": ["9"]},
            {"name": "A", "grade": "R", "seats": ["01-09", {"seats": "1-2", "key": "X"}]},
            {"name": "B", "grade": "R", "seats": []},
            {"name": "C", "grade": "R", "seats": ["1", {"seats": "2", "kind": "companion"}, {"seats": "3", "key": "A-1"}]}
          ]},
          {"name": "Floor", "capacity": 0, "grade": "R"},
          {"name": "Floor", "capacity": 300000, "grade": "R"},
          {"name": "Nothing"},
          {"name": "Empty", "rows": []}
        ]}"#,
    );
    let expected = [
        "the plan has 16 problems:",
        "zones[0].rows[0]: `aisle_after` names `9`, which is no seat of this row",
        "zones[0].rows[1].seats[0]: `01-09` is not a range of seats: write `1-24`, `24-1` or one label, without leading zeros in a range",
        "zones[0].rows[1].seats[1]: `key`, `x` and `y` belong to one seat, and `1-2` is several: list each by itself",
        "zones[0].rows[2]: has no seats",
        "zones[2]: more than 200000 seats: split the plan",
        "zones[3]: a zone has either `rows` (and perhaps a `prefix`), or `capacity` and `grade`",
        "plan: `` is not a plan's name: it must be 1 to 48 bytes",
        "grades[1]: the grade `R` is listed twice",
        "grades[2]: ` S` is not a grade: it must be free of spaces at its ends",
        "zones[0].rows[0].seats[1]: the seat `2` is listed twice",
        "zones[0].rows[0].seats[2]: the grade `Q` is not in the plan's `grades`: correct it, or list it there",
        "zones[0].rows[1]: the row `A` is listed twice",
        "zones[0].rows[3].seats[1]: companion seat `2` has no wheelchair place beside it: seat it next to one, with no aisle between",
        "zones[0].rows[3].seats[2]: the key `A-1` is also that of the seat at zones[0].rows[0].seats[0]: give the zone a `prefix` or the seat a `key`",
        "zones[1]: `capacity` is 0: give the number of places, or leave the zone out",
        "zones[4]: has no rows",
    ];
    assert_eq!(problems(refused), expected);
}

#[test]
fn positions_are_for_all_seats_or_for_none() {
    let refused = rows(
        r#"{"name": "A", "grade": "R", "seats": [{"seats": "1", "x": 0, "y": 2000000}, "2", {"seats": "3", "x": 0}]}"#,
    );
    let expected = [
        "the plan has 3 problems:",
        "zones[0].rows[0].seats[0]: a position lies between -1000000 and 1000000",
        "zones[0].rows[0].seats[1]: seat `2` has no position: give `x` and `y` to every seat of the rows, or to none",
        "zones[0].rows[0].seats[2]: seat `3` has no position: give `x` and `y` to every seat of the rows, or to none",
    ];
    assert_eq!(problems(refused), expected);
}

#[test]
fn a_misspelt_field_is_named_with_its_place() {
    let refused = rows(r#"{"name": "A", "grade": "R", "seats": [{"seats": "1", "color": "red"}]}"#);
    assert_eq!(
        problems(refused),
        [
            "the plan cannot be read: zones[0].rows[0].seats[0].color: unknown field `color`, expected one of `seats`, `key`, `grade`, `kind`, `x`, `y` at line 1 column 132"
        ]
    );
}

#[test]
fn a_range_of_a_billion_seats_is_refused_without_writing_it_out() {
    let refused = rows(r#"{"name": "A", "grade": "R", "seats": "1-4000000000"}"#);
    assert_eq!(
        problems(refused)[1],
        "zones[0].rows[0].seats: more than 200000 seats: split the plan"
    );
}

#[test]
fn what_is_not_text_or_not_json_is_refused() {
    assert_eq!(
        Plan::from_json(b"{\"name\": \"\xff\"}"),
        Err(PlanError::NotUtf8(10))
    );
    assert!(matches!(Plan::from_json("[]"), Err(PlanError::NotJson(_))));
    assert!(matches!(Plan::from_json("["), Err(PlanError::NotJson(_))));
    assert!(matches!(
        Plan::from_json("[".repeat(100_000)),
        Err(PlanError::NotJson(_))
    ));
}
