//! Facts in Kafka, and what commands say of them.

use std::time::Duration;

use serde_json::Value;

use crate::support::serving::Serving;
use crate::support::{Desk, HALL, RECITAL};

mod on_kafka {
    use super::*;

    #[test]
    fn a_serve_that_is_killed_publishes_on_and_kafka_has_every_fact() {
        let desk = shop("killed");
        let serving = Serving::start(&desk);
        desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
        is_published(&desk);
        replays_the_same(&desk);
        desk.write("gala.toml", RECITAL.replace("recital", "gala"));
        desk.run(["event", "create", "-f", "gala.toml"]).expect(0);
        serving.kill();
        let serving = Serving::start(&desk);
        is_published(&desk);
        replays_the_same(&desk);
        desk.run(["bus", "dead", "list"]).expect(0);
        desk.run(["bus", "dead", "retry", "17", "--yes"])
            .expect(4)
            .says("there is no dead letter `17`");
        let retried = desk.run(["bus", "dead", "retry", "--all"]).expect(0);
        assert_eq!(retried.out, "delivered again: none\n");
        desk.run(["verify"]).expect(0);
        serving.stop().expect(0);
    }
}

/// A shop whose topics nobody else has.
fn shop(name: &str) -> Desk {
    let variable = "TICKETON_TEST_KAFKA_URL";
    let Ok(url) = std::env::var(variable) else {
        panic!(
            "{variable} is not set: `cargo xtask up` starts the engines and says what to set, `cargo xtask test` does both"
        );
    };
    let desk = Desk::with_shop();
    let url = format!("{}/cli-{name}-{}", url.trim_end_matches('/'), std::process::id());
    desk.write("ticketon.toml", format!("[bus]\nurl = \"{url}\"\n"));
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", HALL);
    desk
}

fn is_published(desk: &Desk) {
    for _ in 0..300 {
        let status = desk.run(["bus", "status", "--format", "json"]).expect(0).json();
        if status["behind"] == 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the relay gets nowhere");
}

fn replays_the_same(desk: &Desk) {
    let replayed = desk
        .run(["replay", "--from-kafka", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(replayed["missing_in_kafka"], 0);
    for projection in replayed["projections"].as_array().unwrap() {
        assert_ne!(projection["kafka_hash"], Value::Null);
        assert_eq!(projection["kafka_hash"], projection["live_hash"]);
    }
}
