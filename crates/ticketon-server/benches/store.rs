//! Holds of two seats committed a second through the committer, beside the same work one transaction at a time over
//! the same connection settings in the same run.
//!
//! A hold relies on three rows (event, sale, performance) and writes four (two seats, allowance, hold), a fact and an
//! answer; every answer is durable before it is given. Writers take pairs of seats all over a hall of 200,000, each
//! pair once. At the end the store is read back: it must hold what was acknowledged, no less and no more.
//!
//! `cargo xtask bench store [SECONDS]`

#[path = "store/hall.rs"]
mod hall;
#[path = "store/measured.rs"]
mod measured;
#[path = "store/yardstick.rs"]
mod yardstick;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use ticketon_server::adapter::sql::SqliteStore;
use ticketon_server::committer::Committer;

use hall::Hall;
use measured::{Measured, measure};
use yardstick::OneAtATime;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const WRITERS: [usize; 4] = [1, 16, 64, 256];

#[tokio::main]
async fn main() -> Outcome<()> {
    let seconds = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok());
    let length = Duration::from_secs(seconds.unwrap_or(3));
    let folder = tempfile::tempdir()?;
    let seeded = folder.path().join("seeded.db");
    hall::seed(&seeded).await?;

    let mut rows = Vec::new();
    let mut ratios = Map::new();
    for writers in WRITERS {
        let yardstick = one_at_a_time(&copy(&seeded, "yardstick.db")?, writers, length).await?;
        let measured = group_commit(&copy(&seeded, "committer.db")?, writers, length).await?;
        let ratio = measured.per_second() / yardstick.per_second();
        println!(
            "{writers:>3} writers   one at a time {yardstick}   group commit {measured}   ratio {ratio:.1}"
        );
        rows.push(
            json!({"writers": writers, "one_at_a_time": yardstick.json(), "group_commit": measured.json()}),
        );
        ratios.insert(
            format!("writers_{writers}"),
            json!((ratio * 100.0).round() / 100.0),
        );
    }
    write(&rows, &ratios)
}

async fn group_commit(path: &Path, writers: usize, length: Duration) -> Outcome<Measured> {
    let SqliteStore { engine, reads } = SqliteStore::open(path).await?;
    let (committer, committing) = Committer::start(engine, |_| ());
    let hall = Arc::new(Hall::new());
    let measured = measure(&hall, &Arc::new(committer), writers, length).await?;
    committing.shutdown().await;
    hall.check(&reads, measured.holds()).await?;
    Ok(measured)
}

async fn one_at_a_time(path: &Path, writers: usize, length: Duration) -> Outcome<Measured> {
    let SqliteStore { reads, .. } = SqliteStore::open(path).await?;
    let store = OneAtATime::open(path).await?;
    let hall = Arc::new(Hall::new());
    let measured = measure(&hall, &Arc::new(store), writers, length).await?;
    hall.check(&reads, measured.holds()).await?;
    Ok(measured)
}

/// A store of its own for every run, so that all begin alike.
fn copy(seeded: &Path, name: &str) -> Outcome<PathBuf> {
    let path = seeded.with_file_name(name);
    for beside in ["", "-wal", "-shm"] {
        let mut old = path.clone().into_os_string();
        old.push(beside);
        if Path::new(&old).exists() {
            std::fs::remove_file(old)?;
        }
    }
    std::fs::copy(seeded, &path)?;
    std::fs::File::open(&path)?.sync_all()?;
    Ok(path)
}

fn write(rows: &[Value], ratios: &Map<String, Value>) -> Outcome<()> {
    let cores = std::thread::available_parallelism()?.get();
    let machine = json!({"cores": cores, "os": std::env::consts::OS, "arch": std::env::consts::ARCH});
    let written = json!({"machine": machine, "rows": rows, "ratios": ratios});
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("store.json"), serde_json::to_string_pretty(&written)?)?;
    Ok(())
}
