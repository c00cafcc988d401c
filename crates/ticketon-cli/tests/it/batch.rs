//! Jobs, as an operator has them run; and what a process leaves behind that is killed in the middle of one.

use std::time::Duration;

use serde_json::{Value, json};
use ticketon_core::ids::Person;
use ticketon_core::time::Clock as _;
use ticketon_server::adapter::sql::{SqlStore, StoreAddress};
use ticketon_server::adapter::system::SystemClock;
use ticketon_server::client::Client;
use ticketon_server::signing_key::tokens_of;
use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep};

use crate::support::serving::Serving;
use crate::support::{Desk, Transcript};

#[test]
fn where_nobody_serves_the_command_runs_the_job_itself() {
    let desk = Desk::with_shop();
    desk.run(["batch", "jobs"])
        .expect(0)
        .shows("analyze    0 2 * * SUN  Asia/Seoul  next 20");
    desk.run(["batch", "history"]).expect(0).shows("no runs yet");
    let analyzed = desk
        .run([
            "batch",
            "analyze",
            "--during-sale",
            "--table",
            "ticket",
            "--table",
            "seat",
        ])
        .expect(0);
    let lines: Vec<&str> = analyzed.out.lines().collect();
    assert!(lines[0].starts_with("OK       seat "), "{}", analyzed.out);
    assert!(lines[1].starts_with("OK       ticket "), "{}", analyzed.out);
    assert!(lines[2].contains("asked for by operator:tester@") && lines[2].ends_with("done"));
    let dry = desk
        .run(["batch", "run", "analyze", "--dry-run", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!((&dry["state"], &dry["dry_run"]), (&"done".into(), &true.into()));
    let history = desk.run(["batch", "history", "--limit", "1", "--all", "--format", "json"]);
    let history = history.expect(0).json();
    assert_eq!(history["items"].as_array().unwrap().len(), 2);
    assert_eq!(history["items"][0], dry, "what was shown is what the API says");
}

#[test]
fn stats_show_what_was_counted_and_what_is_stale() {
    let desk = Desk::with_shop();
    desk.run(["batch", "stats"])
        .expect(0)
        .shows("stale: never counted");
    desk.run(["batch", "analyze", "--during-sale", "--stale-only"])
        .expect(0)
        .shows("OK       seat          counted; it was stale: never counted");
    let stats = desk.run(["batch", "stats"]).expect(0);
    assert!(!stats.out.contains("stale"), "{}", stats.out);
    let stats = desk.run(["batch", "stats", "--format", "json"]).expect(0).json();
    assert_eq!(stats["items"][0]["table"], "seat");
    assert_eq!(stats["items"][0]["rows"], stats["items"][0]["counted_rows"]);
    assert_eq!(stats["tells_stale"], true);
}

#[test]
fn a_serve_runs_what_commands_ask_for() {
    let desk = Desk::with_shop();
    let serving = Serving::start(&desk);
    let asked = desk.run(["batch", "run", "analyze"]).expect(0).says("it goes on");
    assert!(asked.out.trim_end().ends_with("requested"), "{}", asked.out);
    let run = desk.run(["batch", "analyze", "--format", "json"]);
    let refused = run.exit == 3;
    if refused {
        run.says("job_running").says("hint: ticketon batch history");
    }
    desk.wait_until_idle();
    let waited = desk.run(["batch", "run", "analyze", "--wait"]).expect(0);
    waited.shows("SKIPPED  sales         the sale `winter-recital/general` opened at ");
    desk.run(["batch", "analyze", "--during-sale"])
        .expect(0)
        .shows("OK       seat ");
    let stopped = serving.stop().expect(0);
    assert_eq!(stopped.out, "");
}

#[test]
fn what_cannot_be_asked_for_says_what_can() {
    let desk = Desk::with_shop();
    desk.run(["batch", "run", "analyse"])
        .expect(4)
        .says("there is no job `analyse`: the jobs are `analyze`")
        .says("hint: ticketon batch jobs");
    desk.run(["batch", "history", "--job", "analyse"]).expect(4);
    for table in ["nosuch", "seat`; DROP TABLE seat; --", "'seat'"] {
        desk.run(["batch", "analyze", "--table", table])
            .expect(2)
            .says(&format!("there is no table `{table}` to count"));
    }
}

#[test]
fn hours_that_never_come_are_refused_when_a_process_starts() {
    let desk = Desk::empty();
    let serve = |variable: &str, text: &str| -> Transcript {
        let mut command = desk.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env(variable, text).output().unwrap().into()
    };
    serve("TICKETON_BATCH_ANALYZE_CRON", "0 0 30 2 *")
        .expect(2)
        .says("`batch.analyze_cron`: `0 0 30 2 *` is never due: no day is like that");
    serve("TICKETON_BATCH_ANALYZE_CRON", "at two")
        .expect(2)
        .says("`at two` is no cron expression: write five fields");
    serve("TICKETON_BATCH_TIME_ZONE", "Asia/Atlantis")
        .expect(2)
        .says("`batch.time_zone`: there is no time zone `Asia/Atlantis`");
    desk.write("ticketon.toml", "[batch]\nanalyse_cron = \"0 3 * * *\"\n");
    desk.run(["serve"])
        .expect(2)
        .says("did you mean `batch.analyze_cron`?");
    assert!(!desk.path().join("ticketon-data").exists(), "nothing was made");

    let desk = Desk::empty();
    let with_a_mistake = |arguments: &[&str]| -> Transcript {
        let mut command = desk.command(arguments);
        command.env("TICKETON_BATCH_ANALYZE_CRON", "at two");
        command.output().unwrap().into()
    };
    with_a_mistake(&["init"]).expect(0);
    with_a_mistake(&["verify"]).expect(0);
    with_a_mistake(&["batch", "jobs"])
        .expect(2)
        .says("`at two` is no cron expression");
}

#[test]
fn a_process_that_is_killed_in_the_middle_of_a_run_leaves_one_that_says_so_and_the_next_one_completes() {
    let desk = Desk::with_shop();
    let run = desk.killed_in_the_middle();
    let killed_at = Instant::now();
    let serving = Serving::start(&desk);
    desk.run(["batch", "analyze"])
        .expect(3)
        .says(&format!("job_running: run `{run}` of `analyze` is under way"));
    while desk.state_of(&run) == "running" {
        assert!(
            killed_at.elapsed() < Duration::from_secs(40),
            "somebody gives it up"
        );
        std::thread::sleep(Duration::from_millis(500));
    }
    desk.run(["batch", "history"])
        .expect(0)
        .shows("died: process batch-")
        .shows("was not heard of any more");
    desk.run(["batch", "analyze", "--during-sale"])
        .expect(0)
        .shows("OK       seat ");
    desk.run(["verify"]).expect(0);
    serving.stop().expect(0);
}

impl Desk {
    /// Kills a serve while it runs the job; says which run that was.
    fn killed_in_the_middle(&self) -> String {
        let runtime = Runtime::new().unwrap();
        for _ in 0..20 {
            let serving = Serving::start(self);
            let run = runtime.block_on(self.begun(&serving.url));
            serving.kill();
            if self.state_of(&run) == "running" {
                return run;
            }
        }
        panic!("the job was never killed in the middle");
    }

    /// Asks for a run, and waits until it is begun: a command would be told when it is over.
    async fn begun(&self, url: &str) -> String {
        let store = StoreAddress::File(self.path().join("ticketon-data/ticketon.db"));
        let reads = SqlStore::beside(&store).await.unwrap();
        let tokens = tokens_of(&reads).await.unwrap().unwrap();
        let operator = Person::new("operator:tester@desk").unwrap();
        let token = tokens.operator(operator, SystemClock.now()).unwrap();
        let client = Client::to(url, 1).unwrap().bearing(&token);
        let wish = json!({"during_sale": true});
        let asked = client.post("/api/batch/analyze/run").json(&wish);
        let asked = asked.send().await.unwrap();
        let address = asked.location.clone().unwrap();
        let mut run: Value = asked.json().unwrap();
        while run["state"] == "requested" {
            // Within the rate at which one may ask.
            sleep(Duration::from_millis(10)).await;
            run = client.get(&address).send().await.unwrap().json().unwrap();
        }
        run["id"].as_str().unwrap().to_owned()
    }

    fn state_of(&self, run: &str) -> String {
        let history = self
            .run(["batch", "history", "--format", "json"])
            .expect(0)
            .json();
        let is_meant = |line: &&Value| line["id"] == run;
        let line = history["items"].as_array().unwrap().iter().find(is_meant);
        line.unwrap()["state"].as_str().unwrap().to_owned()
    }

    fn wait_until_idle(&self) {
        loop {
            let jobs = self.run(["batch", "jobs", "--format", "json"]).expect(0).json();
            if jobs["items"][0]["under_way"] == false {
                return;
            }
        }
    }
}
