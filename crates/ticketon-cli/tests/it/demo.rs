//! The demo, small: every promise checked and kept; killed in the middle; and each break found by its own check.

use serde_json::Value;

use crate::support::{Desk, HALL, RECITAL, Transcript};

/// Every promise, with what was checked and what was broken.
fn promises(transcript: &Transcript) -> Vec<(String, u64, u64)> {
    let json = transcript.json();
    let promises = json["promises"].as_object().unwrap();
    let number = |value: &Value| value.as_u64().unwrap();
    promises
        .iter()
        .map(|(name, promise)| {
            (
                name.clone(),
                number(&promise["checked"]),
                number(&promise["broken"]),
            )
        })
        .collect()
}

#[track_caller]
fn assert_all_kept(transcript: &Transcript) {
    let promises = promises(transcript);
    assert_eq!(promises.len(), 9);
    for (name, checked, broken) in promises {
        assert!(
            checked > 0 && broken == 0,
            "{name}: {checked} checked, {broken} broken"
        );
    }
}

#[track_caller]
fn assert_turns_red(name: &str, promise: &str) {
    let demo = Desk::empty().run([
        "demo", "--buyers", "60", "--seed", "7", "--break", name, "--format", "json",
    ]);
    let demo = demo.expect(7).says(&format!("--break {name}"));
    let broken = promises(&demo)
        .into_iter()
        .find(|(name, ..)| name == promise)
        .unwrap();
    assert!(broken.2 > 0, "{broken:?}");
}

#[test]
fn a_small_sale_keeps_every_promise_and_prints_one_object() {
    let desk = Desk::empty();
    let demo = desk
        .run(["demo", "--buyers", "60", "--seed", "7", "--format", "json"])
        .expect(0);
    assert_eq!(demo.err, "", "nothing but the object");
    assert_all_kept(&demo);
    let json = demo.json();
    assert!(
        json["paid"].as_u64() > Some(30) && json["refunded"].as_u64() > Some(0),
        "{json}"
    );
    assert!(
        json["declined"].as_u64() > Some(0) && json["abandoned"].as_u64() > Some(0),
        "{json}"
    );
    assert!(
        json["latency_ms"]["confirm"]["p50"].as_f64() > Some(50.0),
        "{json}"
    );
    assert_eq!(
        std::fs::read_dir(desk.path()).unwrap().count(),
        0,
        "nothing is left behind"
    );
}

#[test]
fn a_hall_that_is_too_small_sells_out_and_everybody_is_told() {
    let desk = Desk::empty();
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", HALL);
    let demo = desk.run(["demo", "--event", "recital.toml", "--buyers", "40", "--seed", "7"]);
    assert!(demo.err.contains("sold out: "), "{}", demo.err);
    assert!(demo.out.contains("3 of 3 seats"), "{}", demo.out);
}

#[test]
fn a_server_that_is_killed_in_the_middle_breaks_nothing() {
    let demo = Desk::empty().run([
        "demo", "--buyers", "60", "--seed", "7", "--kill", "2", "--format", "json",
    ]);
    assert_all_kept(&demo.expect(0));
}

#[test]
fn without_the_seats_keys_a_seat_is_sold_twice_and_that_is_found() {
    assert_turns_red("seat-unique-key", "no_seat_sold_twice");
}

#[test]
fn without_its_key_a_refund_goes_back_twice_and_that_is_found() {
    assert_turns_red("refund-key", "money_adds_up");
}

#[test]
fn without_a_capacity_too_many_are_inside_and_that_is_found() {
    assert_turns_red("capacity", "admitted_within_capacity");
}

#[test]
fn without_the_guard_row_two_tabs_get_too_much_and_that_is_found() {
    assert_turns_red("allowance", "limits_kept");
}

#[test]
fn without_look_ups_a_payment_stays_open_and_that_is_found() {
    assert_turns_red("look-up", "no_payment_without_outcome");
}
