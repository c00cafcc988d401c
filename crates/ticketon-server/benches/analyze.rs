//! What the job *analyze* costs a running sale: holds of two seats committed a second by 64 writers while every table is
//! counted again and again, beside the same while nobody counts, in the same run.
//!
//! A run during a sale counts each table once and is over in some seconds; here one follows the other, so that the figure is what the
//! sale loses while the job is at it. Each round has a hall of its own and two halves, in one
//! of which it is counted, the first or the second in turn. At the end of each the store is read back.
//!
//! `cargo xtask bench analyze [--engine mysql|mariadb] [SECONDS]`

#[path = "store/hall.rs"]
mod hall;
#[path = "store/measured.rs"]
mod measured;
#[path = "store/mysql.rs"]
mod mysql;
#[path = "figures/written.rs"]
mod written;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use ticketon_core::time::Clock as _;
use ticketon_server::adapter::sql::{Counted, SqlStore, Statistics, StoreAddress, Upkeep};
use ticketon_server::adapter::system::SystemClock;
use ticketon_server::analysis::{Pace, Wanted, count_planned};
use ticketon_server::committer::Committers;
use tokio::sync::watch;

use hall::Hall;
use measured::{Measured, measure};
use mysql::{Databases, RUN};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const ENGINES: [(&str, &str); 2] = [
    ("mysql", "TICKETON_TEST_MYSQL_URL"),
    ("mariadb", "TICKETON_TEST_MARIADB_URL"),
];

const WRITERS: usize = 64;
const ROUNDS: u32 = 6;

/// What all rounds on one server came to.
#[derive(Default)]
struct Sums {
    quiet: Half,
    counting: Half,
    tables: Tables,
    halves: Vec<Value>,
}

#[derive(Default)]
struct Half {
    holds: f64,
    halves: f64,
}

/// Tables that were counted, and how long that took.
#[derive(Default)]
struct Tables {
    counted: u32,
    took: Duration,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds = arguments.iter().find_map(|argument| argument.parse().ok());
    let length = Duration::from_secs(seconds.unwrap_or(3));
    let named = arguments.iter().position(|argument| argument == "--engine");
    let only = named.and_then(|at| arguments.get(at + 1));

    let mut rows = Vec::new();
    let mut ratios = Map::new();
    for (engine, variable) in ENGINES {
        if only.is_some_and(|only| only != engine) {
            continue;
        }
        let sums = all_rounds(variable, length).await?;
        println!("{engine:>8}   {sums}");
        rows.push(sums.json(engine));
        ratios.insert(engine.to_owned(), json!(hundredths(sums.ratio())));
    }
    written::write("analyze", &json!(rows), &json!(ratios))
}

async fn all_rounds(variable: &str, length: Duration) -> Outcome<Sums> {
    let databases = Databases::seeded(variable).await?;
    let mut sums = Sums::default();
    for round in 0..ROUNDS {
        one_round(&databases, length, round % 2 == 0, &mut sums).await?;
    }
    databases.tidy().await?;
    Ok(sums)
}

/// Two halves of a sale on a store of its own.
async fn one_round(
    databases: &Databases,
    length: Duration,
    is_counted_first: bool,
    sums: &mut Sums,
) -> Outcome<()> {
    let (store, _) = databases.fresh().await?;
    let url = databases.url(RUN);
    let address = StoreAddress::Database {
        url: url.clone(),
        read_url: None,
    };
    let statistics = Arc::new(Statistics::of(&address, Some(&url))?);
    let SqlStore {
        engines,
        reads,
        upkeep,
        ..
    } = store;
    let (committers, committing) = Committers::start(engines);
    let (upkeep, committers, hall) = (Arc::new(upkeep), Arc::new(committers), Arc::new(Hall::new()));
    let numbering = tokio::spawn(number(Arc::clone(&upkeep)));
    let mut acknowledged = 0;
    for is_counted in [is_counted_first, !is_counted_first] {
        let stop = watch::Sender::new(false);
        let counting = is_counted.then(|| tokio::spawn(count(Arc::clone(&statistics), stop.subscribe())));
        let measured = measure(&hall, &committers, WRITERS, length).await?;
        stop.send_replace(true);
        acknowledged += measured.holds();
        sums.halves
            .push(json!({"is_counted": is_counted, "sale": measured.json()}));
        match counting {
            None => sums.quiet.add(&measured),
            Some(counting) => {
                let tables = counting.await??;
                sums.counting.add(&measured);
                sums.tables.counted += tables.counted;
                sums.tables.took += tables.took;
            }
        }
    }
    committing.shutdown().await;
    numbering.abort();
    while upkeep.number_facts().await? > 0 {}
    hall.check(&reads, acknowledged).await
}

/// Counts every table, as a run does, one run after the other until it is stopped.
async fn count(statistics: Arc<Statistics>, mut stopped: watch::Receiver<bool>) -> Outcome<Tables> {
    let (mut tables, mut failed) = (Tables::default(), Vec::new());
    while !*stopped.borrow() {
        let now = SystemClock.now();
        let planned = Wanted::default().plan(&statistics.tables(now).await?, now);
        let run = count_planned(&statistics, &planned, Pace::Gentle, |planned, counted, took| {
            tables.counted += 1;
            tables.took += took;
            if let Some(Counted::Failed { message }) = counted {
                failed.push(format!("{}: {message}", planned.table));
            }
        });
        tokio::select! {
            biased;
            run = run => run?,
            _ = stopped.wait_for(|is_stopped| *is_stopped) => break,
        }
    }
    if failed.is_empty() {
        Ok(tables)
    } else {
        Err(failed.join("\n").into())
    }
}

/// As the worker does.
async fn number(upkeep: Arc<Upkeep>) {
    loop {
        match upkeep.number_facts().await {
            Ok(0) => tokio::time::sleep(Duration::from_millis(20)).await,
            Ok(_) => {}
            Err(error) => panic!("facts are numbered: {error}"),
        }
    }
}

impl Half {
    fn add(&mut self, measured: &Measured) {
        self.holds += measured.per_second();
        self.halves += 1.0;
    }

    fn per_second(&self) -> f64 {
        self.holds / self.halves
    }
}

impl Sums {
    fn ratio(&self) -> f64 {
        self.counting.per_second() / self.quiet.per_second()
    }

    fn table_takes_ms(&self) -> u128 {
        (self.tables.took / self.tables.counted.max(1)).as_millis()
    }

    fn json(&self, engine: &str) -> Value {
        json!({
            "engine": engine,
            "quiet_holds_per_s": self.quiet.per_second().round(),
            "counting_holds_per_s": self.counting.per_second().round(),
            "tables": self.tables.counted,
            "table_takes_ms": self.table_takes_ms(),
            "halves": self.halves,
        })
    }
}

impl std::fmt::Display for Sums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "nobody counts {:>6.0}/s   counting {:>6.0}/s   ratio {:.2}   {} tables, {} ms each",
            self.quiet.per_second(),
            self.counting.per_second(),
            self.ratio(),
            self.tables.counted,
            self.table_takes_ms()
        )
    }
}

fn hundredths(ratio: f64) -> f64 {
    (ratio * 100.0).round() / 100.0
}
