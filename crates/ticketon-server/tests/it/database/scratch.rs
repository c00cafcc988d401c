//! Databases that live as long as a test.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::mysql::{MySqlConnectOptions, MySqlRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, MySqlConnection};
use ticketon_server::adapter::sql::MySqlStore;

/// A server, and the databases that were made on it.
pub(crate) struct Server {
    url: String,
    made: Mutex<Vec<String>>,
}

static MADE: AtomicU32 = AtomicU32::new(0);

impl Server {
    /// The server whose address a variable of the environment holds.
    pub(crate) fn named(variable: &str) -> Self {
        let Ok(url) = std::env::var(variable) else {
            panic!(
                "{variable} is not set: `cargo xtask up` starts the engines and says what to set, \
                 `cargo xtask test` does both"
            );
        };
        Self {
            url,
            made: Mutex::default(),
        }
    }

    /// The address of a database that nobody else has.
    pub(crate) async fn database(&self) -> String {
        let n = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("ticketon_{}_{n}", std::process::id());
        self.execute(&format!("CREATE DATABASE {name}")).await;
        self.made.lock().unwrap().push(name.clone());
        self.at(&name)
    }

    /// A store in a database of its own.
    pub(crate) async fn store(&self) -> MySqlStore {
        let url = self.database().await;
        MySqlStore::open_or_create(&url, None)
            .await
            .expect("an empty database becomes a store")
    }

    /// The address of the database that was made last.
    pub(crate) fn last(&self) -> String {
        let made = self.made.lock().unwrap();
        self.at(made.last().expect("one was made"))
    }

    /// The address of a database of this server.
    pub(crate) fn at(&self, database: &str) -> String {
        let (address, settings) = self.url.split_once('?').unwrap_or((&self.url, ""));
        format!("{}/{database}?{settings}", address.trim_end_matches('/'))
    }

    /// Takes back what was made.
    pub(crate) async fn tidy(&self) {
        let made = std::mem::take(&mut *self.made.lock().unwrap());
        for name in made {
            self.execute(&format!("DROP DATABASE {name}")).await;
        }
    }

    async fn execute(&self, text: &str) {
        execute(&self.url, text).await;
    }
}

/// Does something to a database.
pub(crate) async fn execute(url: &str, text: &str) -> Vec<MySqlRow> {
    let mut connection = connect(url).await;
    let rows = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
    rows.fetch_all(&mut connection).await.unwrap()
}

/// A connection of one's own.
pub(crate) async fn connect(url: &str) -> MySqlConnection {
    let options: MySqlConnectOptions = url.parse().unwrap();
    options.connect().await.unwrap()
}
