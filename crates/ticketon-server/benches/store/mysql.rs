//! MySQL and MariaDB: a database for every run, on the server of the tests. The yardstick does the same changes one
//! transaction each, a call a statement, over up to 64 connections.

use async_trait::async_trait;
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Error, Executor as _, MySqlConnection, MySqlPool};
use ticketon_core::fact::Stream;
use ticketon_core::row::{Row, RowId};
use ticketon_core::seat::SeatState;
use ticketon_core::store::{Changes, CommitError, Store, Unavailable, Version};
use ticketon_server::adapter::sql::{SqlStore, StoreAddress};

use super::{Outcome, hall};

/// One transaction each.
pub(crate) struct OneEach(MySqlPool);

/// A server with a seeded database.
pub(crate) struct Databases(Box<MySqlConnectOptions>, String);

const SEEDED: &str = "ticketon_bench";
/// The database of a run.
pub(crate) const RUN: &str = "ticketon_bench_run";
const CONNECTIONS: u32 = 64;

impl Databases {
    /// Makes a store whose seats are all free.
    pub(crate) async fn seeded(variable: &str) -> Outcome<Self> {
        let url = std::env::var(variable).map_err(|_| {
            format!("{variable} is not set: `cargo xtask up` starts the engines and says what to set")
        })?;
        let databases = Self(Box::new(url.parse()?), url);
        hall::seed(databases.empty(SEEDED).await?).await?;
        Ok(databases)
    }

    /// A store of its own for every run, so that all begin alike.
    pub(crate) async fn fresh(&self) -> Outcome<(SqlStore, OneEach)> {
        let store = self.empty(RUN).await?;
        for table in ["organization", "event", "performance", "sale", "seat"] {
            let text = format!("INSERT INTO {RUN}.{table} SELECT * FROM {SEEDED}.{table}");
            self.execute(&text).await?;
        }
        let columns = "id, changes_id, n, position, stream_kind, stream_id, at, body";
        let facts = format!("INSERT INTO {RUN}.fact ({columns}) SELECT {columns} FROM {SEEDED}.fact");
        self.execute(&facts).await?;
        let log = format!("UPDATE {RUN}.log SET head = (SELECT head FROM {SEEDED}.log)");
        self.execute(&log).await?;
        let pool = MySqlPoolOptions::new()
            .max_connections(CONNECTIONS)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection
                        .execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
                        .await?;
                    Ok(())
                })
            })
            .connect_lazy_with(
                MySqlConnectOptions::clone(&self.0)
                    .database(RUN)
                    .disable_statement_logging(),
            );
        Ok((store, OneEach(pool)))
    }

    /// Takes the databases away.
    pub(crate) async fn tidy(&self) -> Outcome<()> {
        for name in [SEEDED, RUN] {
            self.execute(&format!("DROP DATABASE IF EXISTS {name}")).await?;
        }
        Ok(())
    }

    /// The address of a database.
    pub(crate) fn url(&self, name: &str) -> String {
        let (address, settings) = self.1.split_once('?').unwrap_or((&self.1, ""));
        format!("{}/{name}?{settings}", address.trim_end_matches('/'))
    }

    async fn empty(&self, name: &str) -> Outcome<SqlStore> {
        self.execute(&format!("DROP DATABASE IF EXISTS {name}")).await?;
        self.execute(&format!("CREATE DATABASE {name}")).await?;
        let (url, read_url) = (self.url(name), None);
        Ok(SqlStore::open_or_create(&StoreAddress::Database { url, read_url }).await?)
    }

    async fn execute(&self, text: &str) -> Outcome<()> {
        let mut connection = self.0.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(text.to_owned()))
            .execute(&mut connection)
            .await?;
        Ok(())
    }
}

#[async_trait]
impl Store for OneEach {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let outcome = write(&self.0, &changes).await;
        Ok(outcome.map_err(|error| Unavailable(error.to_string()))?)
    }
}

async fn write(pool: &MySqlPool, changes: &Changes) -> Result<(), Error> {
    let mut transaction = pool.begin().await?;
    for (row, version) in &changes.relies_on {
        relied_on(&mut transaction, row, *version).await?;
    }
    for (row, _) in &changes.writes {
        match &**row {
            Row::Seat(_) => update_seat(&mut transaction, row).await?,
            Row::Allowance(_) => insert_allowance(&mut transaction, row).await?,
            _ => insert_hold(&mut transaction, row).await?,
        }
    }
    insert_fact(&mut transaction, changes).await?;
    insert_answer(&mut transaction, changes).await?;
    transaction.commit().await
}

async fn relied_on(connection: &mut MySqlConnection, row: &RowId, version: Version) -> Result<(), Error> {
    let (text, id) = match row {
        RowId::Event(id) => (
            "SELECT version FROM event WHERE id = ? LOCK IN SHARE MODE",
            id.as_bytes(),
        ),
        RowId::Performance(id) => (
            "SELECT version FROM performance WHERE id = ? LOCK IN SHARE MODE",
            id.as_bytes(),
        ),
        RowId::Sale(id) => (
            "SELECT version FROM sale WHERE id = ? LOCK IN SHARE MODE",
            id.as_bytes(),
        ),
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

async fn update_seat(connection: &mut MySqlConnection, row: &Row) -> Result<(), Error> {
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

async fn insert_allowance(connection: &mut MySqlConnection, row: &Row) -> Result<(), Error> {
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

async fn insert_hold(connection: &mut MySqlConnection, row: &Row) -> Result<(), Error> {
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

async fn insert_fact(connection: &mut MySqlConnection, changes: &Changes) -> Result<(), Error> {
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

async fn insert_answer(connection: &mut MySqlConnection, changes: &Changes) -> Result<(), Error> {
    let answered = changes.answers.as_ref().expect("every hold answers a request");
    let text =
        "INSERT INTO answer (caller, operation, `key`, fingerprint, outcome, at) VALUES (?, ?, ?, ?, ?, ?)";
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
