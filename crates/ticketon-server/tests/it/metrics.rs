//! What a scrape shows is what the page on metrics says, and it comes whatever is away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;
use ticketon_server::background::Background;
use ticketon_server::jobs::Scheduler;
use ticketon_server::limits::SCRAPED_EVERY;

use crate::database::scratch::Server;
use crate::health::failing::Lost;
use crate::support::House;

/// A metric: its type and the names of its labels.
type Metrics = BTreeMap<String, (String, BTreeSet<String>)>;

impl House {
    async fn scraped(&self) -> String {
        let page = self.anyone().get("/metrics").await;
        assert_eq!(page.status, 200);
        assert!(
            page.header("content-type")
                .starts_with("text/plain; version=0.0.4")
        );
        page.text
    }
}

/// The value of a series as it is written.
fn value<'a>(text: &'a str, series: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
}

/// What a scrape shows.
fn shown(text: &str) -> Metrics {
    let mut metrics = Metrics::new();
    let mut last = String::new();
    for line in text.lines() {
        if let Some(described) = line.strip_prefix("# TYPE ") {
            let (name, kind) = described.split_once(' ').unwrap();
            name.clone_into(&mut last);
            metrics.insert(last.clone(), (kind.to_owned(), BTreeSet::new()));
        } else if !line.starts_with('#') {
            let (_, labels) = metrics.get_mut(&last).unwrap();
            labels.extend(labels_of(line));
        }
    }
    metrics
}

fn labels_of(series: &str) -> Vec<String> {
    let Some((_, labels)) = series.split_once('{') else {
        return Vec::new();
    };
    let pairs = labels
        .split("=\"")
        .map(|part| part.rsplit([',', '"']).next().unwrap());
    let names = pairs.filter(|name| {
        name.chars()
            .all(|letter| letter.is_ascii_lowercase() || letter == '_')
    });
    names
        .filter(|name| !name.is_empty() && *name != "le")
        .map(str::to_owned)
        .collect()
}

/// What the page says.
fn described() -> Metrics {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
    let page = std::fs::read_to_string(path).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `ticketon_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let labels = cells[3]
            .split('`')
            .filter(|part| !part.trim_matches([',', ' ']).is_empty());
        let labels = labels.map(str::to_owned).collect();
        (
            cells[1].trim_matches('`').to_owned(),
            (cells[2].to_owned(), labels),
        )
    })
    .collect()
}

#[tokio::test]
async fn the_page_tells_of_every_metric_and_of_no_other() {
    let house = House::on_sqlite().await;
    let _background = Background::start(&house.shop);
    let mut scheduler = Scheduler::new(house.shop.clone());
    scheduler.look().await.unwrap();
    let asked = house.admin().post("/api/batch/jobs/views/run", json!({})).await;
    let run = asked.done()["id"].as_str().unwrap().parse().unwrap();
    scheduler.run_this(run).await.unwrap();
    scheduler.idle().await;
    let text = house.scraped().await;
    assert_eq!(
        shown(&text),
        described(),
        "`docs/metrics.md` differs from:\n{text}"
    );
}

#[tokio::test]
async fn a_sale_is_seen_in_what_is_counted() {
    let house = House::on_sqlite().await;
    let show = house.gala(2).await;
    let ana = house.buyer("ana");
    ana.enter(&show).await;
    house.tick().await;
    ana.buy(&show, ["A-1", "A-2"]).await;
    ana.get("purchases/nothing").await.refused("not_found");
    let text = house.scraped().await;
    for (series, expected) in [
        (
            r#"http_requests_total{method="POST",route="/api/v1/purchases",status="2xx"}"#,
            "1",
        ),
        (r#"refusals_total{code="not_found"}"#, "1"),
        (r#"provider_calls_total{call="confirm"}"#, "1"),
        (r#"provider_answers_total{call="confirm",outcome="done"}"#, "1"),
        (r#"provider_call_seconds_count{call="confirm"}"#, "1"),
        (r#"queue_ticks_total{outcome="done"}"#, "1"),
        ("store_answers", "1"),
        ("payments_approving", "0"),
        ("streams_open", "0"),
    ] {
        let found = value(&text, &format!("ticketon_{series}"));
        assert_eq!(found, Some(expected), "{series} in\n{text}");
    }
    let accepted = value(&text, r#"ticketon_store_changes_total{verdict="accepted"}"#);
    let durable = value(&text, "ticketon_store_durable_seconds_count");
    assert_eq!(accepted, durable);
    for named in [&show.slug, &show.performance] {
        assert!(!text.contains(named.as_str()), "`{named}` is in\n{text}");
    }
}

#[tokio::test]
async fn without_its_store_a_process_still_says_what_it_knows_itself() {
    let (store, house) = Lost::house().await;
    store.is_lost(true);
    let text = house.scraped().await;
    assert_eq!(value(&text, "ticketon_store_answers"), Some("0"));
    assert_eq!(value(&text, "ticketon_facts_head"), None);
    assert!(value(&text, "ticketon_payments_running").is_some());
}

#[tokio::test]
async fn on_mysql_facts_that_nobody_has_numbered_are_seen() {
    let server = Server::named("TICKETON_TEST_MYSQL_URL");
    let house = House::on(server.store().await.into()).await;
    house.recital().await;
    let text = house.scraped().await;
    assert_eq!(value(&text, "ticketon_facts_head"), Some("0"));
    let unnumbered = value(&text, "ticketon_facts_unnumbered").unwrap().to_owned();
    assert_ne!(unnumbered, "0");
    let numbered = house.shop.upkeep.as_ref().unwrap().number_facts().await.unwrap();
    assert_eq!(numbered.to_string(), unnumbered);
    tokio::time::sleep(SCRAPED_EVERY).await;
    let text = house.scraped().await;
    assert_eq!(value(&text, "ticketon_facts_unnumbered"), Some("0"));
    assert_eq!(value(&text, "ticketon_facts_head"), Some(unnumbered.as_str()));
}
