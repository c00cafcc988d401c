//! What stale statistics do to a shop of a million seats, and that counting mends it: one's own purchases are looked for,
//! which every buyer does after paying, and the server reads everybody's.
//!
//! The seats themselves are always found by their key, and what writes says which index leads to it, so no statistics
//! can do harm there (`plans.rs`). Lists leave the choice to the server.

use sqlx::{AssertSqlSafe, MySqlConnection, Row as _};
use ticketon_core::time::{Clock as _, Timestamp};

use super::super::lists;
use super::super::mysql::{Million, fill};
use super::super::value::{Columns as _, Value};
use super::{Counted, CountedTable, Signal, Statistics};
use crate::adapter::sql::StoreAddress;
use crate::adapter::system::SystemClock;

mod on_mysql {
    /// A restart of the server in between: it knows no more then than what it had written down when the shop was empty,
    /// and counts what changes from nought. `FLUSH TABLES` has it read that, too.
    #[tokio::test]
    async fn stale_statistics_have_everybodys_purchases_read_and_counting_mends_it() {
        let server = super::Server {
            variable: "TICKETON_TEST_MYSQL_URL",
            explain: "EXPLAIN FORMAT=TRADITIONAL",
            when_empty: "ANALYZE TABLE purchase",
            when_full: "FLUSH TABLES purchase",
        };
        let signal = super::check(&server).await;
        assert!(matches!(signal, super::Signal::FileOutgrew { .. }), "{signal}");
    }
}

mod on_mariadb {
    /// Somebody has had statistics collected that do not depend on the engine. The rows by them are believed first,
    /// and no server ever counts those again by itself.
    #[tokio::test]
    async fn stale_statistics_have_everybodys_purchases_read_and_counting_mends_it() {
        let server = super::Server {
            variable: "TICKETON_TEST_MARIADB_URL",
            explain: "EXPLAIN",
            when_empty: "ANALYZE TABLE purchase PERSISTENT FOR ALL",
            when_full: "DO 0",
        };
        let signal = super::check(&server).await;
        assert!(matches!(signal, super::Signal::Changed { .. }), "{signal}");
    }
}

/// The table that stays as it was counted when it was empty.
const FROZEN: &str = "ALTER TABLE purchase STATS_AUTO_RECALC = 0";

/// How statistics become stale on a server.
struct Server {
    variable: &'static str,
    explain: &'static str,
    when_empty: &'static str,
    when_full: &'static str,
}

/// How a list is read: by which index, and how many rows of it.
#[derive(Debug)]
struct Reading {
    index: Option<String>,
    rows: i64,
}

async fn check(server: &Server) -> Signal {
    let million = Million::found(server.variable).await;
    million.execute(FROZEN).await;
    million.execute(server.when_empty).await;
    million.fill().await;
    million.execute(server.when_full).await;
    let address = StoreAddress::Database {
        url: million.url.clone(),
        read_url: None,
    };
    let statistics = Statistics::of(&address, Some(&million.url)).unwrap();
    let purchases = CountedTable::named("purchase").unwrap();

    let before = Reading::of_purchases(&million, server.explain).await;
    let signal = statistics.stale(purchases).await;
    let counted = statistics.count(purchases).await.unwrap();
    let after = Reading::of_purchases(&million, server.explain).await;
    let still = statistics.stale(purchases).await;
    million.drop().await;

    assert_eq!(
        before.index.as_deref(),
        Some("PRIMARY"),
        "everybody's, the newest first"
    );
    assert!(before.rows >= 49_000, "{before:?}");
    assert_eq!(counted, Counted::Ok);
    assert_eq!(after.index.as_deref(), Some("purchase_person"), "one's own");
    assert!(after.rows <= 20, "{after:?}");
    assert_eq!(still, None);
    signal.expect("stale statistics are noticed")
}

impl Statistics {
    async fn stale(&self, table: CountedTable) -> Option<Signal> {
        let now: Timestamp = SystemClock.now();
        self.tables(now).await.unwrap().of(table).expect("a table").stale
    }
}

impl Reading {
    /// Of the ten purchases of a person among 50,000.
    async fn of_purchases(million: &Million, explain: &str) -> Self {
        let of_person = [Value::Text("person-7"), Value::Null, Value::Integer(20)];
        let question = fill(lists::PURCHASES, &of_person);
        let mut connection = million.connect().await;
        let plan = ask(&mut connection, format!("{explain} {question}")).await;
        ask(&mut connection, "FLUSH STATUS".to_owned()).await;
        let found = ask(&mut connection, question).await;
        assert_eq!(found.len(), 10);
        let read = ask(
            &mut connection,
            "SHOW SESSION STATUS LIKE 'Handler_read%'".to_owned(),
        )
        .await;
        let read = read
            .iter()
            .map(|row| row.text(1).unwrap().parse::<i64>().unwrap());
        Self {
            index: plan[0].get("key"),
            rows: read.sum(),
        }
    }
}

async fn ask(connection: &mut MySqlConnection, text: String) -> Vec<sqlx::mysql::MySqlRow> {
    sqlx::raw_sql(AssertSqlSafe(text))
        .fetch_all(connection)
        .await
        .unwrap()
}
