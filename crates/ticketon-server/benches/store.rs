//! Holds of two seats committed a second through the committers, beside the same work one transaction each over the same
//! settings in the same run.
//!
//! A hold relies on three rows (event, sale, performance) and writes four (two seats, allowance, hold), a fact and an
//! answer; every answer is durable before it is given. Writers take pairs of seats all over a hall of 200,000, each
//! pair once. Their facts belong to two events, whose decisions go through a committer each where a store takes several
//! writers. Beside both halves facts are numbered, where a commit does not do it. At the end the store is read back: it must
//! hold what was acknowledged, no less and no more.
//!
//! `cargo xtask bench store [--engine sqlite|mysql|mariadb] [SECONDS]`

#[path = "store/hall.rs"]
mod hall;
#[path = "store/measured.rs"]
mod measured;
#[path = "store/mysql.rs"]
mod mysql;
#[path = "store/sqlite.rs"]
mod sqlite;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use ticketon_core::store::Store;
use ticketon_server::adapter::sql::{SqlReads, SqlStore, Upkeep};
use ticketon_server::committer::Committers;
use ticketon_server::limits;

use hall::Hall;
use measured::{Measured, measure};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const WRITERS: [usize; 4] = [1, 16, 64, 256];

/// What has the store.
enum Engine {
    Sqlite(sqlite::Files),
    MySql(mysql::Databases),
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds = arguments.iter().find_map(|argument| argument.parse().ok());
    let length = Duration::from_secs(seconds.unwrap_or(3));
    let named = arguments.iter().position(|argument| argument == "--engine");
    let name = named
        .and_then(|at| arguments.get(at + 1))
        .map_or("sqlite", String::as_str);
    let engine = Engine::seeded(name).await?;

    let mut rows = Vec::new();
    let mut ratios = Map::new();
    for writers in WRITERS {
        let yardstick = engine.one_each(writers, length).await?;
        let measured = engine.group_commit(writers, length).await?;
        let ratio = measured.per_second() / yardstick.per_second();
        println!("{writers:>3} writers   one each {yardstick}   group commit {measured}   ratio {ratio:.1}");
        rows.push(json!({"writers": writers, "one_each": yardstick.json(), "group_commit": measured.json()}));
        ratios.insert(
            format!("writers_{writers}"),
            json!((ratio * 100.0).round() / 100.0),
        );
    }
    if let Engine::MySql(databases) = &engine {
        databases.tidy().await?;
    }
    write(name, &rows, &ratios)
}

impl Engine {
    async fn seeded(name: &str) -> Outcome<Self> {
        match name {
            "sqlite" => Ok(Self::Sqlite(sqlite::Files::seeded().await?)),
            "mysql" => Ok(Self::MySql(
                mysql::Databases::seeded("TICKETON_TEST_MYSQL_URL").await?,
            )),
            "mariadb" => Ok(Self::MySql(
                mysql::Databases::seeded("TICKETON_TEST_MARIADB_URL").await?,
            )),
            other => Err(format!("`{other}` is none of sqlite, mysql, mariadb").into()),
        }
    }

    async fn group_commit(&self, writers: usize, length: Duration) -> Outcome<Measured> {
        let store = match self {
            Self::Sqlite(files) => files.fresh().await?.0,
            Self::MySql(databases) => databases.fresh().await?.0,
        };
        let SqlStore {
            engines,
            reads,
            upkeep,
            ..
        } = store;
        let (committers, committing) = Committers::start(engines);
        let measured = run(committers, upkeep, &reads, writers, length).await?;
        committing.shutdown().await;
        Ok(measured)
    }

    async fn one_each(&self, writers: usize, length: Duration) -> Outcome<Measured> {
        match self {
            Self::Sqlite(files) => {
                let (store, yardstick) = files.fresh().await?;
                run(yardstick, store.upkeep, &store.reads, writers, length).await
            }
            Self::MySql(databases) => {
                let (store, yardstick) = databases.fresh().await?;
                run(yardstick, store.upkeep, &store.reads, writers, length).await
            }
        }
    }
}

/// Both alike: holds are made, their facts are numbered meanwhile, and the store is read back.
async fn run<S: Store + 'static>(
    store: S,
    upkeep: Upkeep,
    reads: &SqlReads,
    writers: usize,
    length: Duration,
) -> Outcome<Measured> {
    let (hall, upkeep) = (Arc::new(Hall::new()), Arc::new(upkeep));
    let numbering = tokio::spawn(number(Arc::clone(&upkeep)));
    let measured = measure(&hall, &Arc::new(store), writers, length).await?;
    numbering.abort();
    while upkeep.number_facts().await? > 0 {}
    hall.check(reads, measured.holds()).await?;
    Ok(measured)
}

/// As the worker does.
async fn number(upkeep: Arc<Upkeep>) {
    loop {
        match upkeep.number_facts().await {
            Ok(numbered) if numbered < limits::NUMBERED_AT_ONCE => {
                tokio::time::sleep(limits::NUMBER_EVERY).await;
            }
            Ok(_) => {}
            Err(error) => panic!("facts are numbered: {error}"),
        }
    }
}

fn write(name: &str, rows: &[Value], ratios: &Map<String, Value>) -> Outcome<()> {
    let cores = std::thread::available_parallelism()?.get();
    let machine = json!({"cores": cores, "os": std::env::consts::OS, "arch": std::env::consts::ARCH});
    let written = json!({"machine": machine, "engine": name, "rows": rows, "ratios": ratios});
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    let file = if name == "sqlite" {
        "store.json".to_owned()
    } else {
        format!("store-{name}.json")
    };
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(file), serde_json::to_string_pretty(&written)?)?;
    Ok(())
}
