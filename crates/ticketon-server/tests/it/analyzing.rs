//! When tables are counted, and when a sale is left alone.

use std::time::Duration;

use serde_json::{Value, json};
use ticketon_core::projection::Projection;
use ticketon_core::time::{Clock as _, Timestamp};
use ticketon_core::{NewEvent, follow};
use ticketon_server::analysis::{Busy, Rush, busy_sale};
use ticketon_server::jobs::Scheduler;

use crate::support::{House, NOON, event};

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

/// An event whose sale opens then, for a week.
fn opening_at(slug: &str, at: Timestamp) -> NewEvent {
    let mut event = event(slug).no_queue();
    event.sales[0].opens_at = at;
    event.sales[0].closes_at = at + 7 * 24 * HOUR;
    event
}

async fn busy(house: &House) -> Option<Busy> {
    busy_sale(&house.shop.cx, house.clock.now()).await.unwrap()
}

#[tokio::test]
async fn a_sale_is_left_alone_from_half_an_hour_before_its_opening_until_two_hours_after_it() {
    let house = House::in_memory().await;
    let opens_at = noon() + HOUR;
    house.show(opening_at("recital", opens_at)).await;
    assert_eq!(busy(&house).await, None, "an hour before");
    house.later(30 * MINUTE);
    let soon = busy(&house).await.unwrap();
    assert_eq!(
        (soon.rush, soon.until),
        (Rush::Opens(opens_at), opens_at + 2 * HOUR)
    );
    assert!(soon.to_string().contains("`recital/general` opens at"), "{soon}");
    house.later(30 * MINUTE);
    assert_eq!(busy(&house).await.unwrap().rush, Rush::Opened(opens_at));
    house.later(2 * HOUR);
    assert_eq!(busy(&house).await, None, "it is quiet now");
}

#[tokio::test]
async fn a_sale_that_sold_something_in_the_last_minutes_is_left_alone() {
    let house = House::on_sqlite().await;
    let show = house.show(opening_at("recital", noon())).await;
    house.later(3 * HOUR);
    house.buyer("ana").buy(&show, ["A-1"]).await;
    while follow(&house.shop.cx, Projection::Minutes, 100).await.unwrap() > 0 {}
    let sold_at = house.clock.now().minute();
    house.later(10 * MINUTE);
    let selling = busy(&house).await.unwrap();
    assert_eq!(selling.rush, Rush::Sells(sold_at));
    assert!(selling.until > house.clock.now());
    house.later(MINUTE);
    assert_eq!(busy(&house).await, None);
}

#[tokio::test]
async fn of_several_the_sale_that_goes_on_longest_is_named_and_one_that_is_over_is_not() {
    let house = House::in_memory().await;
    house.show(opening_at("first", noon())).await;
    house.show(opening_at("second", noon() + 20 * MINUTE)).await;
    let mut short = opening_at("short", noon());
    short.sales[0].closes_at = noon() + 25 * MINUTE;
    house.show(short).await;
    assert_eq!(busy(&house).await.unwrap().event, "second");
    house.later(2 * HOUR + 20 * MINUTE);
    assert_eq!(busy(&house).await, None);
}

#[tokio::test]
async fn a_run_counts_what_is_stale_and_the_stats_say_so_before_and_after() {
    let house = House::on_sqlite().await;
    house.show(opening_at("recital", noon() + 10 * HOUR)).await;
    let seats = async || house.admin().get("/api/batch/analyze/stats").await.done()["items"][0].clone();
    let before = seats().await;
    assert_eq!(before["table"], "seat");
    assert_eq!(
        (&before["rows"], &before["because"]),
        (&20.into(), &"never counted".into())
    );

    let run = run(&house, json!({"stale_only": true})).await;
    assert_eq!(run["state"], "done", "{run}");
    let line = |step: &str| {
        let lines = run["lines"].as_array().unwrap();
        lines.iter().find(|line| line["step"] == step).unwrap().clone()
    };
    assert_eq!(line("seat")["message"], "counted; it was stale: never counted");
    assert_eq!(
        (&line("ticket")["outcome"], &line("ticket")["message"]),
        (&"skipped".into(), &"not stale".into())
    );
    let after = seats().await;
    assert_eq!(
        (&after["counted_rows"], &after["stale"]),
        (&20.into(), &Value::Null)
    );
}

#[tokio::test]
async fn a_run_leaves_a_sale_alone_and_says_which_unless_it_is_told_otherwise() {
    let house = House::on_sqlite().await;
    house.show(opening_at("recital", noon() + 10 * MINUTE)).await;
    let skipped = run(&house, json!({})).await;
    assert_eq!(
        (&skipped["state"], &skipped["steps"]),
        (&"done".into(), &1.into())
    );
    let line = &skipped["lines"][0];
    assert_eq!(
        (&line["step"], &line["outcome"]),
        (&"sales".into(), &"skipped".into())
    );
    let until = noon() + 10 * MINUTE + 2 * HOUR;
    let end = format!(
        "nothing is counted until {}, unless a run is told to count during a sale (`during_sale`, `--during-sale`)",
        until.on_clocks_of("Asia/Seoul")
    );
    let message = line["message"].as_str().unwrap();
    assert!(
        message.contains("`recital/general`") && message.ends_with(&end),
        "{message}"
    );

    let told = run(&house, json!({"dry_run": true})).await;
    assert_eq!(told["lines"][0], *line, "a dry run tells of the sale, too");
    assert_eq!(told["lines"][1]["step"], "seat");
    assert!(
        told["lines"][1]["message"]
            .as_str()
            .unwrap()
            .starts_with("would be counted"),
        "{told}"
    );

    let all = run(&house, json!({"during_sale": true})).await;
    assert_eq!(all["lines"][0]["outcome"], "ok", "{all}");
    assert_eq!(all["failed"], 0);
}

#[tokio::test]
async fn a_store_in_a_file_can_always_be_counted() {
    let house = House::on_sqlite().await;
    let health = house.anyone().get("/api/batch/health").await.done();
    assert_eq!(health, json!({"status": "UP", "missing": [], "because": null}));
}

/// Asks for a run, and has it run.
pub(crate) async fn run(house: &House, wish: Value) -> Value {
    let admin = house.admin();
    let asked = admin.post("/api/batch/analyze/run", wish).await.done();
    let mut process = Scheduler::new(house.shop.clone());
    let run = asked["id"].as_str().unwrap();
    process.run_this(run.parse().unwrap()).await.unwrap();
    process.idle().await;
    let path = format!("/api/batch/runs/{run}");
    admin.get(&path).await.done()
}
