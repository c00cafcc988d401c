//! Which seats are chosen.

use proptest::prelude::*;

use super::*;
use crate::plan::Grade;

/// A hall of one zone with these rows, all of grade R.
fn hall(rows: &str) -> Plan {
    let plan = format!(
        r#"{{"name": "Hall", "grades": ["R", "S"], "zones": [
            {{"name": "Stalls", "rows": [{rows}]}},
            {{"name": "Floor", "capacity": 10, "grade": "S"}}
        ]}}"#
    );
    Plan::from_json(plan).unwrap()
}

fn rows_of(length: usize, names: &[&str]) -> Plan {
    let row = |name: &&str| format!(r#"{{"name": "{name}", "grade": "R", "seats": "1-{length}"}}"#);
    hall(&names.iter().map(row).collect::<Vec<_>>().join(", "))
}

fn grade(text: &str) -> Grade {
    Grade::new(text).unwrap()
}

fn wish(quantity: u32) -> Wish {
    Wish::new(grade("R"), quantity).unwrap()
}

fn numbers(plan: &Plan, keys: &[&str]) -> Vec<SeatNumber> {
    keys.iter()
        .map(|key| plan.number_of(&key.parse().unwrap()).unwrap())
        .collect()
}

fn keys(plan: &Plan, seats: &[SeatNumber]) -> Vec<String> {
    seats
        .iter()
        .map(|&seat| plan.key_of(seat).unwrap().to_string())
        .collect()
}

/// All seats but these.
fn all_but(plan: &Plan, taken: &[&str]) -> FreeSeats {
    let mut free = FreeSeats::all(plan.seats());
    take(&mut free, &numbers(plan, taken));
    free
}

fn take(free: &mut FreeSeats, seats: &[SeatNumber]) {
    for &seat in seats {
        free.remove(seat);
    }
}

/// The keys that are chosen, and whether they are together.
fn chosen(plan: &Plan, free: &FreeSeats, wish: &Wish) -> (Vec<String>, bool) {
    let chosen = choose(plan, free, wish).unwrap();
    (keys(plan, &chosen.seats), chosen.is_together)
}

#[test]
fn the_middle_of_the_first_row_is_best() {
    let plan = rows_of(9, &["A", "B"]);
    let free = FreeSeats::all(plan.seats());
    assert_eq!(chosen(&plan, &free, &wish(3)).0, ["A-4", "A-5", "A-6"]);
    assert_eq!(chosen(&plan, &free, &wish(1)).0, ["A-5"]);
}

#[test]
fn a_near_middle_is_better_than_a_far_end_of_the_first_row() {
    let plan = rows_of(30, &["A", "B"]);
    let mut free = FreeSeats::all(plan.seats());
    let mut rows = Vec::new();
    for _ in 0..4 {
        let pair = choose(&plan, &free, &wish(6)).unwrap().seats;
        rows.push(plan.row_of(pair[0]).unwrap().name.clone());
        take(&mut free, &pair);
    }
    assert_eq!(rows, ["A", "B", "A", "A"]);
}

#[test]
fn no_seat_is_left_alone_while_it_can_be_helped() {
    let plan = rows_of(4, &["A", "B"]);
    let free = all_but(&plan, &["A-1"]);
    assert_eq!(
        chosen(&plan, &free, &wish(2)),
        (vec!["B-1".into(), "B-2".into()], true)
    );
    let free = all_but(&plan, &["A-1", "B-1"]);
    assert_eq!(
        chosen(&plan, &free, &wish(2)),
        (vec!["A-2".into(), "A-3".into()], true)
    );
}

#[test]
fn an_aisle_another_grade_and_a_wheelchair_place_part_seats() {
    for parted in [
        r#"{"name": "A", "grade": "R", "seats": "1-2", "aisle_after": ["1"]}"#,
        r#"{"name": "A", "grade": "R", "seats": ["1", {"seats": "8", "grade": "S"}, "2"]}"#,
        r#"{"name": "A", "grade": "R", "seats": ["1", {"seats": "8", "kind": "wheelchair"}, "2"]}"#,
    ] {
        let plan = hall(parted);
        let free = FreeSeats::all(plan.seats());
        assert_eq!(
            chosen(&plan, &free, &wish(2)),
            (vec!["A-1".into(), "A-2".into()], false),
            "{parted}"
        );
    }
}

#[test]
fn seats_apart_are_near_each_other() {
    let plan = rows_of(5, &["A", "B", "C", "D"]);
    let free: FreeSeats = numbers(&plan, &["A-1", "B-5", "C-2", "D-2", "D-4"])
        .into_iter()
        .collect();
    assert_eq!(
        chosen(&plan, &free, &wish(2)),
        (vec!["C-2".into(), "D-2".into()], false)
    );
}

#[test]
fn a_wish_for_a_zone_stays_in_it() {
    let plan = Plan::from_json(
        r#"{"name": "Hall", "grades": ["R"], "zones": [
            {"name": "Stalls", "prefix": "S-", "rows": [{"name": "A", "grade": "R", "seats": "1-3"}]},
            {"name": "Balcony", "prefix": "B-", "rows": [{"name": "A", "grade": "R", "seats": "1-3"}]},
            {"name": "Floor", "capacity": 5, "grade": "R"}
        ]}"#,
    )
    .unwrap();
    let free = FreeSeats::all(plan.seats());
    assert_eq!(
        chosen(&plan, &free, &wish(3).in_zone("Balcony")).0,
        ["B-A-1", "B-A-2", "B-A-3"]
    );
    assert_eq!(
        chosen(&plan, &free, &wish(2).in_zone("Floor")).0,
        ["Floor#1", "Floor#2"]
    );
    assert_eq!(
        choose(&plan, &free, &wish(4).in_zone("Stalls")),
        Err(NotChosen::NoneLeft { wished: 4, left: 3 })
    );
    assert_eq!(
        choose(&plan, &free, &wish(1).in_zone("Cellar")),
        Err(NotChosen::NoSuchZone("Cellar".to_owned()))
    );
}

#[test]
fn places_without_names_are_any_free_ones() {
    let plan = rows_of(2, &["A"]);
    let free = all_but(&plan, &["Floor#1", "Floor#3"]);
    let standing = |quantity| Wish::new(grade("S"), quantity).unwrap();
    assert_eq!(
        chosen(&plan, &free, &standing(2)),
        (vec!["Floor#2".into(), "Floor#4".into()], true)
    );
    assert_eq!(
        choose(&plan, &free, &standing(9)),
        Err(NotChosen::NoneLeft { wished: 9, left: 8 })
    );
}

#[test]
fn a_grade_that_the_hall_does_not_have_is_not_sold_out() {
    let plan = rows_of(2, &["A"]);
    let unknown = Wish::new(grade("VIP"), 1).unwrap();
    let refused = choose(&plan, &FreeSeats::all(plan.seats()), &unknown).unwrap_err();
    assert_eq!(refused, NotChosen::NoSuchGrade("VIP".to_owned()));
}

#[test]
fn nobody_wishes_for_nothing_or_for_half_the_hall() {
    assert!(Wish::new(grade("R"), 0).is_err());
    assert!(Wish::new(grade("R"), 51).is_err());
}

#[test]
fn positions_and_focus_say_what_is_near() {
    let plan = hall(
        r#"{"name": "A", "grade": "R", "seats": [{"seats": "1", "x": 0, "y": 50}, {"seats": "2", "x": 10, "y": 40}]},
           {"name": "B", "grade": "R", "seats": [{"seats": "1", "x": 20, "y": 30}, {"seats": "2", "x": 25, "y": 30}]}"#,
    );
    let free = FreeSeats::all(plan.seats());
    assert_eq!(
        chosen(&plan, &free, &wish(2)).0,
        ["B-1", "B-2"],
        "the middle of the upper edge is (12, 30)"
    );
    let focused = plan
        .to_json()
        .replace("\"zones\"", "\"focus\": {\"x\": 0, \"y\": 60},\n  \"zones\"");
    assert_eq!(
        chosen(&Plan::from_json(focused).unwrap(), &free, &wish(2)).0,
        ["A-1", "A-2"]
    );
}

#[test]
fn seats_picked_by_hand_are_judged() {
    let plan = hall(r#"{"name": "A", "grade": "R", "seats": "1-8", "aisle_after": ["5"]}"#);
    let free = FreeSeats::all(plan.seats());
    let orphan = |free: &FreeSeats, picked: &[&str]| {
        leaves_orphan(&plan, free, &numbers(&plan, picked)).map(|seat| keys(&plan, &[seat])[0].clone())
    };
    assert_eq!(orphan(&free, &["A-2", "A-3"]).as_deref(), Some("A-1"));
    assert_eq!(
        orphan(&free, &["A-3", "A-4"]).as_deref(),
        Some("A-5"),
        "an aisle follows it"
    );
    assert_eq!(orphan(&free, &["A-1", "A-2"]), None);
    assert_eq!(
        orphan(&all_but(&plan, &["A-1"]), &["A-3"]).as_deref(),
        Some("A-2")
    );
    assert_eq!(
        orphan(&all_but(&plan, &["A-2"]), &["A-3"]),
        None,
        "A-1 was alone before"
    );
}

#[test]
fn eleven_hundred_buyers_of_pairs_all_sit_together() {
    let names: Vec<String> = (0..115).map(|row| row.to_string()).collect();
    let plan = rows_of(20, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut free = FreeSeats::all(plan.seats());
    for buyer in 0..1_150 {
        let pair = choose(&plan, &free, &wish(2)).unwrap();
        assert!(pair.is_together, "buyer {buyer}");
        take(&mut free, &pair.seats);
    }
    assert_eq!(
        choose(&plan, &free, &wish(1)),
        Err(NotChosen::NoneLeft { wished: 1, left: 0 })
    );
}

/// The opera house with some seats free.
fn opera_house() -> impl Strategy<Value = (Plan, FreeSeats)> {
    let plan = Plan::from_json(include_str!("../../../../examples/plans/opera-house.json")).unwrap();
    let seats = plan.seats() as usize;
    (0.0..1.0).prop_flat_map(move |share| {
        let plan = plan.clone();
        prop::collection::vec(prop::bool::weighted(share), seats).prop_map(move |is_free| {
            let free = (0..).map(SeatNumber).zip(is_free).filter(|(_, is_free)| *is_free);
            (plan.clone(), free.map(|(seat, _)| seat).collect())
        })
    })
}

/// Blocks of so many free standard seats of grade R beside each other, found the slow way.
fn blocks(plan: &Plan, free: &FreeSeats, quantity: u32) -> Vec<Vec<SeatNumber>> {
    let is_offered = |&number: &SeatNumber| {
        let seat = plan.seat(number).unwrap();
        free.contains(number) && seat.grade == grade("R") && seat.kind == SeatKind::Standard
    };
    let is_block = |block: &Vec<SeatNumber>| {
        block.iter().all(is_offered)
            && block[1..]
                .iter()
                .all(|seat| plan.is_beside_next(SeatNumber(seat.0 - 1)))
    };
    let block = |first| (first..first + quantity).map(SeatNumber).collect::<Vec<_>>();
    (0..plan.seats() - quantity).map(block).filter(is_block).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_chosen_is_free_of_the_grade_and_the_best_kind_there_is((plan, free) in opera_house(), quantity in 1..6_u32) {
        let blocks = blocks(&plan, &free, quantity);
        let kind_blocks = blocks.iter().filter(|block| leaves_orphan(&plan, &free, block).is_none());
        match choose(&plan, &free, &wish(quantity)) {
            Ok(chosen) => {
                prop_assert_eq!(chosen.seats.len(), quantity as usize);
                prop_assert!(chosen.seats.is_sorted_by(|a, b| a < b));
                for &number in &chosen.seats {
                    prop_assert!(free.contains(number));
                    prop_assert_eq!(plan.grade_of(number), Some(&grade("R")));
                    prop_assert_eq!(plan.seat(number).unwrap().kind, SeatKind::Standard);
                }
                prop_assert_eq!(chosen.is_together, !blocks.is_empty());
                prop_assert_eq!(chosen.is_together, blocks.contains(&chosen.seats));
                if kind_blocks.count() > 0 {
                    prop_assert_eq!(leaves_orphan(&plan, &free, &chosen.seats), None);
                }
            }
            Err(NotChosen::NoneLeft { left, .. }) => prop_assert!(left < quantity),
            Err(refused) => prop_assert!(false, "{}", refused),
        }
    }
}
