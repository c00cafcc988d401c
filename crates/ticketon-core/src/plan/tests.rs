//! Plans as their makers write them, right and wrong.

mod any;
mod csv;
mod json;

use super::*;

fn number(number: u32) -> SeatNumber {
    SeatNumber(number)
}

fn key(text: &str) -> SeatKey {
    SeatKey::new(text).unwrap()
}

/// The refusal as its reader sees it, line by line.
fn problems(refused: Result<Plan, PlanError>) -> Vec<String> {
    refused
        .unwrap_err()
        .to_string()
        .lines()
        .map(|line| line.trim().to_owned())
        .collect()
}

#[test]
fn the_opera_house_is_a_plan_in_canonical_form() {
    let file = include_str!("../../../../examples/plans/opera-house.json");
    let hall = Plan::from_json(file).unwrap();
    assert_eq!(hall.to_json(), file);
    assert_eq!(hall.name(), "Opera House");
    let standing = hall.zone("Standing").unwrap();
    assert_eq!(standing.numbers.len(), 200);
    assert_eq!(
        hall.key_of(number(standing.numbers.start)),
        Some(&key("Standing#1"))
    );
    assert_eq!(hall.zones().len(), 5);
    assert!((2_250..2_350).contains(&(hall.seats() - 200)), "{hall:?}");
}

#[test]
fn the_small_hall_is_a_plan() {
    let hall = Plan::from_csv(include_bytes!("../../../../examples/plans/small-hall.csv")).unwrap();
    assert_eq!(hall.zones().len(), 2);
    assert!(hall.number_of(&key("A-1")).is_some());
}
