//! Jobs: each moment once, whoever looks; nobody who dies stands in the way; a run that is asked for says what becomes of
//! it.

mod once;

use std::time::Duration;

use serde_json::{Value, json};
use ticketon_core::fact::Position;
use ticketon_core::job::{Ending, RunEnd};
use ticketon_core::limits::{RUN_BELIEVED_ALIVE, RUN_WAITS};
use ticketon_core::{Timestamp, enlist_job, start_due_run};
use ticketon_server::jobs::{Job, Scheduler};

use crate::support::{House, event};

/// Sundays at two in Seoul.
const FIRST_SUNDAY: &str = "2026-12-05T17:00:00Z";

#[tokio::test]
async fn what_is_due_is_begun_at_its_moment_and_not_before() {
    let house = House::on_sqlite().await;
    let mut process = Scheduler::new(house.shop.clone());
    let mut look = async |moment: &str| {
        house.until(moment);
        process.look().await.unwrap();
        process.idle().await;
        house.runs("analyze").await
    };
    assert_eq!(look("2026-12-05T16:59:59.999Z").await.len(), 0);
    let runs = look(FIRST_SUNDAY).await;
    assert_eq!(runs.len(), 1);
    assert_eq!(
        (&runs[0]["state"], &runs[0]["due"]),
        (&"done".into(), &FIRST_SUNDAY.into())
    );
    assert_eq!(runs[0]["lines"][0]["step"], "seat", "what is largest comes first");
    assert_eq!(look("2026-12-06T17:00:00Z").await.len(), 1, "once a week");
}

#[tokio::test]
async fn what_was_missed_by_hours_is_made_up_for_once_and_by_more_is_left_out() {
    let house = House::on_sqlite().await;
    let mut process = Scheduler::new(house.shop.clone());
    process.look().await.unwrap();
    // Two Sundays go by without anybody; the second is five hours ago.
    house.until("2026-12-12T22:00:00Z");
    process.look().await.unwrap();
    process.idle().await;
    let runs = house.runs("analyze").await;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0]["due"], "2026-12-12T17:00:00Z");
    house.until("2026-12-19T23:00:00.001Z");
    for _ in 0..2 {
        process.look().await.unwrap();
        process.idle().await;
    }
    assert_eq!(house.runs("analyze").await.len(), 1, "in the morning people buy");
}

#[tokio::test]
async fn who_dies_is_given_up_and_the_next_run_completes() {
    let house = House::on_sqlite().await;
    let mut process = Scheduler::new(house.shop.clone());
    let cx = &house.shop.background;
    enlist_job(cx, &Job::Analyze.key()).await.unwrap();
    house.until(FIRST_SUNDAY);
    let due = FIRST_SUNDAY.parse().unwrap();
    let dead = start_due_run(cx, &Job::Analyze.key(), due, "dead")
        .await
        .unwrap()
        .unwrap();
    let admin = house.admin();
    let refused = admin.post("/api/batch/analyze/run", json!({})).await;
    assert_eq!(refused.refused("job_running")["run"], dead.id.to_string());
    house.clock.advance(RUN_BELIEVED_ALIVE);
    let shown = admin.get(&format!("/api/batch/runs/{}", dead.id)).await.done();
    assert_eq!(shown["state"], "died", "whoever looks sees it");
    process.look().await.unwrap();
    process.idle().await;
    let runs = house.runs("analyze").await;
    assert_eq!(runs.len(), 2);
    assert_eq!(
        (&runs[0]["due"], &runs[0]["state"]),
        (&FIRST_SUNDAY.into(), &"done".into()),
        "the moment is not lost with whoever took it"
    );
    assert_eq!(runs[1]["reason"], "process dead was not heard of any more");
    process.look().await.unwrap();
    process.idle().await;
    assert_eq!(house.runs("analyze").await.len(), 2);
}

#[tokio::test]
async fn a_run_that_a_restart_cuts_is_begun_again_within_its_hours_and_one_that_failed_is_not() {
    let house = House::on_sqlite().await;
    let mut other = Scheduler::new(house.shop.clone());
    other.look().await.unwrap();
    house.until(FIRST_SUNDAY);
    for (ending, later, runs) in [
        (Ending::Stopped("stopped".to_owned()), Duration::ZERO, 2),
        (Ending::Stopped("stopped".to_owned()), Duration::from_hours(7), 1),
        (Ending::Failed("1 of 2 failed".to_owned()), Duration::ZERO, 1),
    ] {
        let (cx, due) = (&house.shop.background, house.shop.cx.now());
        let cut = start_due_run(cx, &Job::Analyze.key(), due, "restarted").await;
        let cut = cut.unwrap().unwrap();
        let before = house.runs("analyze").await.len() - 1;
        ticketon_core::end_run(cx, cut.id, &cut.progress, &ending)
            .await
            .unwrap();
        house.clock.advance(later);
        for _ in 0..2 {
            other.look().await.unwrap();
            other.idle().await;
        }
        assert_eq!(
            house.runs("analyze").await.len() - before,
            runs,
            "{ending:?}, {later:?} later"
        );
        house.until(&(due + Duration::from_hours(7 * 24)).to_string());
    }
}

#[tokio::test]
async fn a_process_that_was_only_slow_does_not_go_on_with_what_another_has_given_up() {
    let house = House::on_sqlite().await;
    let cx = &house.shop.background;
    enlist_job(cx, &Job::Analyze.key()).await.unwrap();
    house.until(FIRST_SUNDAY);
    let due = FIRST_SUNDAY.parse().unwrap();
    let slow = start_due_run(cx, &Job::Analyze.key(), due, "slow")
        .await
        .unwrap()
        .unwrap();
    assert!(
        ticketon_core::keep_run(cx, slow.id, &slow.progress)
            .await
            .unwrap()
    );
    house.clock.advance(RUN_BELIEVED_ALIVE);
    ticketon_core::give_up_runs(cx, 10).await.unwrap();
    assert!(
        !ticketon_core::keep_run(cx, slow.id, &slow.progress)
            .await
            .unwrap()
    );
    let ended = ticketon_core::end_run(cx, slow.id, &slow.progress, &Ending::Done)
        .await
        .unwrap();
    assert_eq!(ended.end(), Some(RunEnd::Died));
}

#[tokio::test]
async fn a_run_that_is_asked_for_waits_for_a_process_that_runs_jobs() {
    let house = House::on_sqlite().await;
    let admin = house.admin();
    let asked = admin
        .key("once")
        .post(
            "/api/batch/jobs/analyze/run",
            json!({"dry_run": true, "tables": ["ticket", "seat"]}),
        )
        .await;
    assert_eq!(asked.status, 202);
    let address = asked.header("location").to_owned();
    let run = asked.done();
    assert_eq!(
        address,
        format!("/api/batch/runs/{}", run["id"].as_str().unwrap())
    );
    let again = admin
        .key("once")
        .post(
            "/api/batch/jobs/analyze/run",
            json!({"dry_run": true, "tables": ["ticket", "seat"]}),
        )
        .await;
    assert_eq!(again.done()["id"], run["id"], "a repeat hears the first answer");
    let other = admin.post("/api/batch/jobs/analyze/run", json!({})).await;
    other.refused("job_running");
    let jobs = admin.get("/api/batch/jobs").await.done();
    assert_eq!(jobs["items"][0]["under_way"], true);
    assert_eq!(jobs["items"][0]["next_due"], FIRST_SUNDAY);
    let mut process = Scheduler::new(house.shop.clone());
    let mut other = Scheduler::new(house.shop.clone());
    let id = run["id"].as_str().unwrap().parse().unwrap();
    let views = admin.post("/api/batch/jobs/views/run", json!({})).await.done();
    assert!(process.run_this(id).await.unwrap());
    assert!(!other.run_this(id).await.unwrap(), "somebody is at it");
    process.idle().await;
    let done = admin.get(&address).await.done();
    let views = format!("/api/batch/runs/{}", views["id"].as_str().unwrap());
    let views = admin.get(&views).await.done();
    assert_eq!(views["state"], "requested", "what others ask for is left alone");
    assert_eq!((&done["state"], &done["steps"]), (&"done".into(), &2.into()));
    let steps: Vec<&Value> = done["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["step"])
        .collect();
    assert_eq!(steps, ["seat", "ticket"]);
    assert_eq!(done["lines"][0]["outcome"], "skipped", "a dry run does nothing");
}

#[tokio::test]
async fn a_run_that_nobody_takes_fails_and_says_what_is_missing() {
    let house = House::on_sqlite().await;
    let admin = house.admin();
    admin.post("/api/batch/analyze/run", json!({})).await.done();
    house.clock.advance(RUN_WAITS);
    let runs = house.runs("analyze").await;
    assert_eq!(runs[0]["state"], "failed");
    assert!(runs[0]["reason"].as_str().unwrap().contains("role `batch`"));
    admin.post("/api/batch/analyze/run", json!({})).await.done();
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused() {
    let house = House::on_sqlite().await;
    let admin = house.admin();
    let unknown = admin.post("/api/batch/jobs/analyse/run", json!({})).await;
    unknown.refused("not_found");
    let history = admin.get("/api/batch/jobs/analyse/history").await;
    history.refused("not_found");
    for tables in [
        json!(["seat`; DROP TABLE seat; --"]),
        json!(["nothing"]),
        json!("seat"),
    ] {
        let refused = admin
            .post("/api/batch/analyze/run", json!({"tables": tables}))
            .await;
        refused.refused("invalid_request");
    }
    let refused = admin
        .post("/api/batch/analyze/run", json!({"table": ["seat"]}))
        .await;
    refused.refused("invalid_request");
    assert_eq!(house.runs("analyze").await.len(), 0);
}

#[tokio::test]
async fn history_is_looked_through_page_by_page_and_forgotten_after_a_season() {
    let house = House::on_sqlite().await;
    let mut process = Scheduler::new(house.shop.clone());
    let admin = house.admin();
    for _ in 0..3 {
        admin
            .post("/api/batch/analyze/run", json!({"dry_run": true}))
            .await
            .done();
        process.look().await.unwrap();
        process.idle().await;
        house.clock.advance(Duration::from_secs(1));
    }
    let page = admin.get("/api/batch/analyze/history?limit=2").await.done();
    let next = format!(
        "/api/batch/analyze/history?cursor={}",
        page["next_cursor"].as_str().unwrap()
    );
    let rest = admin.get(&next).await.done();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let upkeep = house.shop.upkeep.as_ref().unwrap();
    let now = house.shop.cx.now();
    assert_eq!(
        upkeep
            .forget_job_runs(now - Duration::from_millis(1_500), 10)
            .await,
        Ok(2)
    );
    assert_eq!(house.runs("analyze").await.len(), 1);
}

#[tokio::test]
async fn views_are_added_where_there_are_any_and_the_log_is_told_of_them_and_not_of_the_run() {
    let house = House::on_sqlite().await;
    house.show(event("gala").no_queue()).await;
    let mut process = Scheduler::new(house.shop.clone());
    let mut look_in = async |minutes| {
        house.clock.advance(Duration::from_mins(minutes));
        process.look().await.unwrap();
        process.idle().await;
        house.runs("views").await.len()
    };
    assert_eq!(look_in(5).await, 0);
    let before = house.told().await.len();
    assert_eq!(look_in(5).await, 0, "nobody has looked at anything");
    house.buyer("ana").get("events/gala").await.done();
    assert_eq!((look_in(5).await, look_in(5).await), (1, 1));
    assert_eq!(house.told().await[before..], ["events_viewed"]);
    house
        .admin()
        .post("/api/batch/jobs/views/run", json!({}))
        .await
        .done();
    assert_eq!(look_in(0).await, 2);
    let asked_for = ["job_run_requested", "job_run_started", "job_run_ended"];
    assert_eq!(house.told().await[before + 1..], asked_for);
}

impl House {
    /// What kinds of facts there are, in order.
    async fn told(&self) -> Vec<&'static str> {
        let facts = self.shop.cx.reads.facts(Position(0), 10_000).await.unwrap();
        facts.iter().map(|recorded| recorded.fact.what.kind()).collect()
    }

    /// Moves the clock on to a moment.
    fn until(&self, moment: &str) {
        let moment: Timestamp = moment.parse().unwrap();
        self.clock.advance(moment.since(self.shop.cx.now()));
    }

    /// The runs of a job, the newest first.
    async fn runs(&self, job: &str) -> Vec<Value> {
        let path = format!("/api/batch/jobs/{job}/history?limit=100");
        let page = self.admin().get(&path).await.done();
        page["items"].as_array().unwrap().clone()
    }
}
