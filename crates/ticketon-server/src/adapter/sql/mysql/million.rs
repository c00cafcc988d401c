//! A shop of a million seats on a real server, for tests that look at plans.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, MySqlConnection};

use super::MySqlStore;

/// A shop in a database of its own.
pub(in crate::adapter::sql) struct Million {
    server: String,
    name: String,
    /// Its address.
    pub(in crate::adapter::sql) url: String,
}

static FOUNDED: AtomicU32 = AtomicU32::new(0);

/// Twenty performances of 50,000 seats, and 50,000 rows of what buyers leave behind.
const FILLED: &[&str] = &[
    "CREATE TABLE digit (d INT PRIMARY KEY)",
    "INSERT INTO digit VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)",
    "CREATE TABLE number (n INT PRIMARY KEY)",
    "INSERT INTO number SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d \
     FROM digit a, digit b, digit c, digit e, digit f WHERE f.d < 5",
    "SET foreign_key_checks = 0",
    "INSERT INTO seat (performance, number, version, state) \
     SELECT unhex(lpad(hex(p.n), 32, '0')), s.n, 1, 'free' FROM number p, number s WHERE p.n < 20",
    "INSERT INTO hold (id, version, performance, sale, person, made_at, state, due_at, body) \
     SELECT unhex(lpad(hex(n), 32, '0')), 1, unhex(lpad('1', 32, '0')), unhex(lpad('1', 32, '0')), \
     concat('person-', n % 5000), n, 'active', 1800000000000 + n, '{}' FROM number",
    "INSERT INTO purchase (id, version, code, hold, event, person, made_at, state, due_at, body) \
     SELECT unhex(lpad(hex(n), 32, '0')), 1, concat('T', n), unhex(lpad(hex(n), 32, '0')), \
     unhex(lpad('1', 32, '0')), concat('person-', n % 5000), n, 'paid', NULL, '{}' FROM number",
    "INSERT INTO payment (order_id, version, purchase, made_at, state, due_at, body) \
     SELECT concat('T', n, '-1'), 1, unhex(lpad(hex(n), 32, '0')), n, 'paid', NULL, '{}' FROM number",
    "INSERT INTO ticket (id, version, performance, purchase, person, issued_at, state, live_seat, body) \
     SELECT unhex(lpad(hex(n), 32, '0')), 1, unhex(lpad('1', 32, '0')), unhex(lpad(hex(n), 32, '0')), \
     concat('person-', n % 5000), n, 'issued', n, '{}' FROM number",
    "INSERT INTO fact (changes_id, n, position, stream_kind, at, body) \
     SELECT unhex(lpad(hex(n), 32, '0')), 0, if(n < 49000, n + 1, NULL), 'system', n, '{}' FROM number",
    "INSERT INTO answer (caller, operation, `key`, fingerprint, outcome, at) \
     SELECT concat('person-', n % 5000), 'POST /holds', concat('key-', n), 'f', '{}', n FROM number",
    "INSERT INTO allowance (sale, person, version, body) \
     SELECT unhex(lpad('1', 32, '0')), concat('person-', n), 1, '{}' FROM number",
    "INSERT INTO job_run (id, version, job, state, due_at, body) \
     SELECT unhex(lpad(hex(n), 32, '0')), 1, if(n % 10, 'views', 'analyze'), 'done', NULL, '{}' FROM number",
];

/// Has all of them counted.
pub(super) const COUNTED: &str =
    "ANALYZE TABLE seat, hold, purchase, payment, ticket, fact, answer, allowance, job_run";

impl Million {
    /// A shop that holds nothing yet, on the server whose address a variable of the environment holds.
    pub(in crate::adapter::sql) async fn found(variable: &str) -> Self {
        let server = std::env::var(variable).unwrap_or_else(|_| {
            panic!("{variable} is not set: `cargo xtask up` starts the engines and says what to set")
        });
        let n = FOUNDED.fetch_add(1, Ordering::Relaxed);
        let name = format!("ticketon_million_{}_{n}", std::process::id());
        let url = MySqlStore::create_database(&server, &name)
            .await
            .expect("a new database");
        MySqlStore::open_or_create(&url, None).await.expect("a new store");
        Self { server, name, url }
    }

    /// Puts everything in.
    pub(in crate::adapter::sql) async fn fill(&self) {
        let mut connection = self.connect().await;
        for text in FILLED {
            sqlx::raw_sql(*text).execute(&mut connection).await.unwrap();
        }
    }

    /// A connection of one's own.
    pub(in crate::adapter::sql) async fn connect(&self) -> MySqlConnection {
        let options: MySqlConnectOptions = self.url.parse().unwrap();
        options.connect().await.unwrap()
    }

    /// Does something to it.
    pub(in crate::adapter::sql) async fn execute(&self, text: &str) {
        let text = AssertSqlSafe(text.to_owned());
        let mut connection = self.connect().await;
        sqlx::raw_sql(text).execute(&mut connection).await.unwrap();
    }

    /// Takes it away.
    pub(in crate::adapter::sql) async fn drop(self) {
        MySqlStore::drop_database(&self.server, &self.name).await.unwrap();
    }
}
