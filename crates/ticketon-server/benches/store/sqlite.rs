//! SQLite: a file for every run. The yardstick does the same changes one transaction at a time, a call a statement, over
//! one connection with the same settings; nobody waits for a lock by polling, writers take turns.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::{ConnectOptions as _, Error, SqliteConnection};
use tempfile::TempDir;
use ticketon_core::fact::Stream;
use ticketon_core::row::{Row, RowId};
use ticketon_core::seat::SeatState;
use ticketon_core::store::{Changes, CommitError, Store, Unavailable, Version};
use ticketon_server::adapter::sql::{SqlStore, StoreAddress, writing};
use tokio::sync::Mutex;

use super::{Outcome, hall};

/// One transaction at a time.
pub(crate) struct OneAtATime(Mutex<SqliteConnection>);

/// A folder of files, one of which is seeded.
pub(crate) struct Files {
    folder: TempDir,
}

impl Files {
    /// Makes a store whose seats are all free.
    pub(crate) async fn seeded() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("seeded.db");
        hall::seed(SqlStore::open_or_create(&StoreAddress::File(path.clone())).await?).await?;
        // The connection closes on its own thread and moves its log into the file when it does.
        while path.with_extension("db-wal").exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(Self { folder })
    }

    /// A store of its own for every run, so that all begin alike.
    pub(crate) async fn fresh(&self) -> Outcome<(SqlStore, OneAtATime)> {
        let path = self.copy()?;
        let store = SqlStore::open(&StoreAddress::File(path.clone())).await?;
        Ok((store, OneAtATime(Mutex::new(writing(&path).connect().await?))))
    }

    fn copy(&self) -> Outcome<PathBuf> {
        let path = self.folder.path().join("run.db");
        for beside in ["", "-wal", "-shm"] {
            let mut old = path.clone().into_os_string();
            old.push(beside);
            if Path::new(&old).exists() {
                std::fs::remove_file(old)?;
            }
        }
        std::fs::copy(self.folder.path().join("seeded.db"), &path)?;
        std::fs::File::open(&path)?.sync_all()?;
        Ok(path)
    }
}

#[async_trait]
impl Store for OneAtATime {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let mut connection = self.0.lock().await;
        let outcome = write(&mut connection, &changes).await;
        Ok(outcome.map_err(|error| Unavailable(error.to_string()))?)
    }
}

async fn write(connection: &mut SqliteConnection, changes: &Changes) -> Result<(), Error> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    for (row, version) in &changes.relies_on {
        relied_on(connection, row, *version).await?;
    }
    for (row, _) in &changes.writes {
        match &**row {
            Row::Seat(_) => update_seat(connection, row).await?,
            Row::Allowance(_) => insert_allowance(connection, row).await?,
            _ => insert_hold(connection, row).await?,
        }
    }
    insert_fact(connection, changes).await?;
    insert_answer(connection, changes).await?;
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    Ok(())
}

async fn relied_on(connection: &mut SqliteConnection, row: &RowId, version: Version) -> Result<(), Error> {
    let (text, id) = match row {
        RowId::Event(id) => ("SELECT version FROM event WHERE id = ?", id.as_bytes()),
        RowId::Performance(id) => ("SELECT version FROM performance WHERE id = ?", id.as_bytes()),
        RowId::Sale(id) => ("SELECT version FROM sale WHERE id = ?", id.as_bytes()),
        other => unreachable!("a hold does not rely on {other}"),
    };
    let found: i64 = sqlx::query_scalar(text)
        .bind(&id[..])
        .fetch_one(connection)
        .await?;
    assert_eq!(
        found.unsigned_abs(),
        version.0,
        "nobody writes what holds rely on"
    );
    Ok(())
}

async fn update_seat(connection: &mut SqliteConnection, row: &Row) -> Result<(), Error> {
    let Row::Seat(seat) = row else {
        unreachable!("called for seats")
    };
    let SeatState::Held(hold) = seat.state else {
        unreachable!("seats are held here")
    };
    let text = "UPDATE seat SET state = 'held', holder = ?, version = 2 \
                WHERE performance = ? AND number = ? AND version = 1";
    let query = sqlx::query(text)
        .bind(&hold.as_bytes()[..])
        .bind(&seat.performance.as_bytes()[..])
        .bind(seat.number.0);
    assert_eq!(
        query.execute(connection).await?.rows_affected(),
        1,
        "nobody else takes this seat"
    );
    Ok(())
}

async fn insert_allowance(connection: &mut SqliteConnection, row: &Row) -> Result<(), Error> {
    let Row::Allowance(allowance) = row else {
        unreachable!("called for allowances")
    };
    let query = sqlx::query("INSERT INTO allowance (sale, person, version, body) VALUES (?, ?, 1, ?)")
        .bind(&allowance.sale.as_bytes()[..])
        .bind(allowance.person.as_str())
        .bind(json(row.to_json())?);
    query.execute(connection).await?;
    Ok(())
}

async fn insert_hold(connection: &mut SqliteConnection, row: &Row) -> Result<(), Error> {
    let Row::Hold(hold) = row else {
        unreachable!("called for holds")
    };
    let text = "INSERT INTO hold (id, version, performance, sale, person, made_at, state, due_at, body) \
                VALUES (?, 1, ?, ?, ?, ?, 'active', ?, ?)";
    let query = sqlx::query(text)
        .bind(&hold.id.as_bytes()[..])
        .bind(&hold.performance.as_bytes()[..])
        .bind(&hold.sale.as_bytes()[..])
        .bind(hold.person.as_str())
        .bind(hold.made_at.as_millis())
        .bind(hold.due_at().map(ticketon_core::Timestamp::as_millis))
        .bind(json(row.to_json())?);
    query.execute(connection).await?;
    Ok(())
}

async fn insert_fact(connection: &mut SqliteConnection, changes: &Changes) -> Result<(), Error> {
    let fact = &changes.facts[0];
    let Stream::Event(event) = fact.stream else {
        unreachable!("facts of a sale go to its event")
    };
    let text = "INSERT INTO fact (changes_id, n, stream_kind, stream_id, at, body) \
                VALUES (?, 0, 'event', ?, ?, ?)";
    let query = sqlx::query(text)
        .bind(&changes.id.as_bytes()[..])
        .bind(&event.as_bytes()[..])
        .bind(fact.at.as_millis())
        .bind(json(serde_json::to_string(&fact.what))?);
    query.execute(connection).await?;
    Ok(())
}

async fn insert_answer(connection: &mut SqliteConnection, changes: &Changes) -> Result<(), Error> {
    let answered = changes.answers.as_ref().expect("every hold answers a request");
    let text =
        "INSERT INTO answer (caller, operation, key, fingerprint, outcome, at) VALUES (?, ?, ?, ?, ?, ?)";
    let query = sqlx::query(text)
        .bind(answered.key.caller.as_str())
        .bind(answered.key.operation.as_str())
        .bind(answered.key.key.as_str())
        .bind(answered.fingerprint.as_str())
        .bind(json(serde_json::to_string(&answered.outcome))?)
        .bind(answered.at.as_millis());
    query.execute(connection).await?;
    Ok(())
}

fn json(text: serde_json::Result<String>) -> Result<String, Error> {
    text.map_err(|error| Error::Encode(error.into()))
}
