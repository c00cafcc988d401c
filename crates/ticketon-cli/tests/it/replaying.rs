//! `replay`: what it says, and how it ends.

use serde_json::Value;

use crate::support::{Desk, HALL, RECITAL};

fn shop() -> Desk {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", HALL);
    desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
    desk
}

#[test]
fn two_replays_come_to_the_same() {
    let desk = shop();
    let replay = || desk.run(["replay", "--format", "json"]).expect(0).json();
    let (first, second) = (replay(), replay());
    assert_eq!(first["projections"], second["projections"]);
    for projection in first["projections"].as_array().unwrap() {
        assert_eq!(projection["hash"], projection["live_hash"]);
        assert_eq!(projection["kafka_hash"], Value::Null);
    }
    desk.run(["replay"])
        .expect(0)
        .says("facts are kept for ever: from position 1 on")
        .shows("figures")
        .shows("same");
}

#[test]
fn a_part_is_not_compared_and_one_projection_may_be_asked_for() {
    let desk = shop();
    let part = desk
        .run([
            "replay",
            "--from",
            "2",
            "--until",
            "3",
            "--projection",
            "trail",
            "--format",
            "json",
        ])
        .expect(0)
        .json();
    assert_eq!(part["facts"], 2);
    assert_eq!(part["projections"].as_array().unwrap().len(), 1);
    assert_eq!(part["projections"][0]["live_hash"], Value::Null);
}

#[test]
fn what_cannot_be_replayed_is_a_usage_error() {
    let desk = shop();
    desk.run(["replay", "--from", "yesterday"])
        .expect(2)
        .says("neither a position nor a time");
    desk.run(["replay", "--projection", "sales"])
        .expect(2)
        .says("no projection");
    desk.run(["replay", "--from-kafka"]).expect(2).says("`bus.url`");
    desk.run(["bus", "dead", "list"]).expect(2).says("`bus.url`");
    let status = desk.run(["bus", "status"]).expect(0);
    assert_eq!(status.out, "nothing is published: `bus.url` is not set\n");
}
