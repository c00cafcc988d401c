//! What a server says of its tables, and who may have them counted.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::json;
use sqlx::{AssertSqlSafe, Row as _};
use ticketon_core::SeededEntropy;
use ticketon_core::time::Clock as _;
use ticketon_server::adapter::sql::{
    BatchUser, Counted, CountedTable, Grant, Health, OpenError, Overview, Signal, SqlStore, Statistics,
    StoreAddress, UserError,
};
use ticketon_server::adapter::system::SystemClock;
use tokio::time::Instant;

use super::scratch::{Server, connect, execute};
use crate::analyzing;
use crate::support::House;

/// A store, and a batch user of its own.
struct Shop {
    url: String,
    address: StoreAddress,
    user: String,
}

static USERS: AtomicU32 = AtomicU32::new(0);

impl Shop {
    async fn on(server: &Server) -> Self {
        server.store().await;
        let url = server.last();
        let n = USERS.fetch_add(1, Ordering::Relaxed);
        Self {
            address: StoreAddress::Database {
                url: url.clone(),
                read_url: None,
            },
            url,
            user: format!("batch_{}_{n}", std::process::id()),
        }
    }

    /// Where the batch user comes in, with a password if one is given.
    fn batch_url(&self, password: Option<&str>) -> String {
        let (_, place) = self.url.rsplit_once('@').expect("tests come as root");
        let password = password.map_or_else(String::new, |password| format!(":{password}"));
        format!("mysql://{}{password}@{place}", self.user)
    }

    async fn user(&self, password: Option<&str>) -> BatchUser {
        let entropy = SeededEntropy::new(u64::from(std::process::id()));
        let url = self.batch_url(password);
        BatchUser::of(&self.address, Some(&url), &entropy).await.unwrap()
    }

    /// What a new connection of the batch user's sees.
    fn seen_by(&self, batch_url: &str) -> Statistics {
        Statistics::of(&self.address, Some(batch_url)).unwrap()
    }

    fn database(&self) -> &str {
        let (_, database) = self.url.rsplit_once('/').unwrap();
        database.trim_end_matches('?')
    }

    async fn tables(&self) -> Vec<String> {
        let text = "SELECT table_name FROM information_schema.tables \
                    WHERE table_schema = database() ORDER BY table_name";
        let rows = execute(&self.url, text).await;
        rows.iter().map(|row| row.get_unchecked(0)).collect()
    }

    async fn execute(&self, text: &str) {
        execute(&self.url, text).await;
    }

    async fn close(self) {
        self.execute(&format!("DROP USER '{}'@'%'", self.user)).await;
    }
}

fn table(name: &str) -> CountedTable {
    CountedTable::named(name).unwrap()
}

async fn look(statistics: &Statistics) -> Overview {
    statistics.tables(SystemClock.now()).await.unwrap()
}

fn stale(overview: &Overview, name: &str) -> Option<Signal> {
    overview.of(table(name)).unwrap().stale
}

fn failure(counted: Counted) -> String {
    match counted {
        Counted::Failed { message } => message,
        Counted::Ok => panic!("it was counted"),
    }
}

/// Each grant that was made, in turn, is taken away and given back.
pub(super) async fn the_batch_user_has_what_counting_takes_and_nothing_less_will_do(server: &Server) {
    let shop = Shop::on(server).await;
    let user = shop.user(None).await;
    user.make().await.unwrap();
    let url = user.made_url().unwrap().to_owned();
    let statistics = shop.seen_by(&url);
    assert_eq!(statistics.health().await, Health::Up);
    for table in CountedTable::all() {
        assert_eq!(statistics.count(table).await, Ok(Counted::Ok), "{table}");
    }
    let overview = look(&statistics).await;
    assert_eq!(overview.tables.len(), CountedTable::all().len());
    assert!(overview.missing.is_empty() && overview.tells_stale);

    let mut tried = Vec::new();
    for grant in user.statements().iter().filter(|text| text.starts_with("GRANT ")) {
        let rights = grant.replace("GRANT ", "").replace(" TO ", " FROM ");
        let parts = match rights.strip_prefix("SELECT, INSERT") {
            Some(on) => vec![format!("SELECT{on}"), format!("INSERT{on}")],
            None => vec![rights],
        };
        for part in parts {
            shop.execute(&format!("REVOKE {part}")).await;
            tried.extend(what_is_missing(&shop.seen_by(&url)).await);
            shop.execute(grant).await;
        }
    }
    let mut all: Vec<Grant> = CountedTable::all()
        .into_iter()
        .flat_map(|table| [Grant::Select(Some(table)), Grant::Insert(Some(table))])
        .collect();
    all.extend([Grant::Process, Grant::SelectCounted]);
    if is_mariadb(&shop.url).await {
        all.push(Grant::SelectIndependent);
    }
    assert_eq!(tried, all, "each grant is needed, and named when it is missing");
    assert_eq!(shop.seen_by(&url).health().await, Health::Up);

    for table in CountedTable::all() {
        let of_table = format!("`{}`.`{table}`", shop.database());
        shop.execute(&format!(
            "REVOKE SELECT, INSERT ON {of_table} FROM '{}'@'%'",
            shop.user
        ))
        .await;
    }
    let lacking = shop.seen_by(&url);
    assert_eq!(
        lacking.health().await,
        Health::Lacks(vec![Grant::Select(None), Grant::Insert(None)])
    );
    assert!(
        lacking.count(table("seat")).await.is_err(),
        "it does not even come in"
    );
    shop.close().await;
}

/// As the migration of a newer program leaves it.
pub(super) async fn a_table_that_is_new_to_the_batch_user_is_named_until_it_is_set_up_again(server: &Server) {
    let shop = Shop::on(server).await;
    let user = shop.user(Some("secret")).await;
    user.make().await.unwrap();
    let views = format!("`{}`.views FROM '{}'@'%'", shop.database(), shop.user);
    shop.execute(&format!("REVOKE SELECT, INSERT ON {views}")).await;
    let statistics = shop.seen_by(&shop.batch_url(Some("secret")));
    let missing = vec![Grant::Select(Some(table("views")))];
    assert_eq!(statistics.health().await, Health::Lacks(missing));
    shop.user(None).await.make().await.unwrap();
    assert_eq!(statistics.health().await, Health::Up);
    shop.close().await;
}

/// Keys and logins are not its business, nor is any row changed by it.
pub(super) async fn the_batch_user_reads_no_key_makes_no_user_and_changes_no_row(server: &Server) {
    let shop = Shop::on(server).await;
    let user = shop.user(None).await;
    let url = user.make().await.unwrap().unwrap();
    let mut connection = connect(url).await;
    let mut refused = async |text: String| {
        let answer = sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(&mut connection);
        let error = answer.await.unwrap_err().to_string();
        assert!(error.contains("command denied"), "{error}");
    };
    let mut closed = Vec::new();
    for name in shop.tables().await {
        refused(format!("DELETE FROM `{name}`")).await;
        refused(format!("UPDATE `{name}` SET version = 1")).await;
        if CountedTable::named(&name).is_err() {
            refused(format!("SELECT * FROM `{name}`")).await;
            refused(format!("INSERT INTO `{name}` () VALUES ()")).await;
            closed.push(name);
        }
    }
    let decided = [
        "chain",
        "cursor",
        "job",
        "job_run",
        "log",
        "numbering",
        "organization",
        "session",
        "signing_key",
        "ticketon",
        "user",
    ];
    assert_eq!(closed, decided, "whether a new table is counted is decided");
    shop.close().await;
}

pub(super) async fn before_there_are_tables_there_is_no_batch_user(server: &Server) {
    let address = StoreAddress::Database {
        url: server.database().await,
        read_url: None,
    };
    let refused = BatchUser::of(&address, None, &SeededEntropy::new(1)).await;
    assert!(matches!(refused, Err(UserError::Open(OpenError::Missing(_)))));
}

/// What a batch user is told that it may not do, and that it is true.
async fn what_is_missing(statistics: &Statistics) -> Vec<Grant> {
    let Health::Lacks(missing) = statistics.health().await else {
        panic!("something is missing")
    };
    let tried = match missing[..] {
        [Grant::Select(Some(table)) | Grant::Insert(Some(table))] => table,
        _ => table("seat"),
    };
    let counted = statistics.count(tried).await.unwrap();
    match &missing[..] {
        [Grant::Select(_)] => assert!(failure(counted).contains("SELECT command denied")),
        [Grant::Insert(_)] => assert!(failure(counted).contains("INSERT command denied")),
        other => {
            // It counts, and sees less.
            assert_eq!(counted, Counted::Ok);
            let overview = look(statistics).await;
            assert_eq!(overview.missing, other);
            let seats = overview.of(table("seat")).unwrap();
            match other {
                [Grant::Process] => assert!(seats.changed_rows.is_none() && overview.tells_stale),
                [Grant::SelectCounted] => assert!(seats.counted_at.is_none() && !overview.tells_stale),
                _ => assert!(overview.tells_stale),
            }
        }
    }
    missing
}

pub(super) async fn a_new_batch_user_gets_a_password_and_one_that_exists_keeps_its_own(server: &Server) {
    let shop = Shop::on(server).await;
    let new = shop.user(None).await;
    new.make().await.unwrap();
    let url = new.made_url().unwrap().to_owned();
    assert_eq!(shop.seen_by(&url).health().await, Health::Up);

    let again = shop.user(None).await;
    again.make().await.unwrap();
    assert_eq!(again.made_url(), None);
    assert_eq!(
        shop.seen_by(&url).health().await,
        Health::Up,
        "the password is the same"
    );

    let said = shop.user(Some("of%20my%20own")).await;
    said.make().await.unwrap();
    assert_eq!(said.made_url(), None, "it is known already");
    let own = shop.batch_url(Some("of%20my%20own"));
    assert_eq!(shop.seen_by(&own).health().await, Health::Up);
    assert!(matches!(shop.seen_by(&url).health().await, Health::Refused(_)));

    let the_stores = BatchUser::of(&shop.address, Some(&shop.url), &SeededEntropy::new(1)).await;
    assert!(matches!(the_stores, Err(UserError::TheStores(_))));
    shop.close().await;
}

/// The store's user may make users and see none.
pub(super) async fn who_sees_no_users_makes_one_and_changes_no_password_of_one_who_is_there(server: &Server) {
    let mut shop = Shop::on(server).await;
    let (root, maker) = (shop.url.clone(), format!("{}_maker", shop.user));
    let database = shop.database();
    for granted in [
        "CREATE USER, PROCESS ON *.*".to_owned(),
        format!("ALL ON `{database}`.*"),
        "SELECT ON mysql.innodb_table_stats".to_owned(),
        "SELECT ON mysql.table_stats".to_owned(),
    ] {
        if granted.contains("mysql.table_stats") && !is_mariadb(&root).await {
            continue;
        }
        execute(
            &root,
            &format!("CREATE USER IF NOT EXISTS '{maker}'@'%' IDENTIFIED BY 'secret'"),
        )
        .await;
        execute(
            &root,
            &format!("GRANT {granted} TO '{maker}'@'%' WITH GRANT OPTION"),
        )
        .await;
    }
    let (_, place) = root.rsplit_once('@').unwrap();
    shop.address = StoreAddress::Database {
        url: format!("mysql://{maker}:secret@{place}"),
        read_url: None,
    };

    let new = shop.user(None).await;
    let url = new.make().await.unwrap().unwrap().to_owned();
    assert_eq!(shop.seen_by(&url).health().await, Health::Up);
    let again = shop.user(None).await;
    assert!(again.made_url().is_some(), "it takes the user for new");
    assert_eq!(again.make().await.unwrap(), None, "and finds that it is not");
    assert_eq!(
        shop.seen_by(&url).health().await,
        Health::Up,
        "whoever counts comes in as before"
    );
    execute(&root, &format!("DROP USER '{maker}'@'%'")).await;
    shop.close().await;
}

async fn is_mariadb(url: &str) -> bool {
    let version = execute(url, "SELECT CAST(version() LIKE '%MariaDB%' AS SIGNED)").await;
    version[0].get_unchecked::<i64, _>(0) == 1
}

/// A load into a table that the server does not count by itself.
pub(super) async fn what_was_loaded_is_noticed_counted_and_seen_to_be_counted(server: &Server) {
    let shop = Shop::on(server).await;
    shop.execute("ALTER TABLE trail STATS_AUTO_RECALC = 0; ANALYZE TABLE trail")
        .await;
    let loaded: Vec<String> = (1..=1_000).map(|n| format!("({n}, 1, '0', 0, '{{}}')")).collect();
    let loaded = loaded.join(",");
    shop.execute(&format!(
        "INSERT INTO trail (position, version, stream, happened_at, body) VALUES {loaded}"
    ))
    .await;
    let replica = StoreAddress::Database {
        url: shop.url.clone(),
        read_url: Some(shop.url.clone()),
    };
    let statistics = Statistics::of(&replica, Some(&shop.url)).unwrap();
    let before = look(&statistics).await;
    let signal = Signal::Changed { rows: 1_000, of: 0 };
    assert_eq!(stale(&before, "trail"), Some(signal));
    assert_eq!(before.of(table("trail")).unwrap().rows, 1_000);

    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(statistics.count(table("trail")).await, Ok(Counted::Ok));
    let after = look(&statistics).await;
    let (before, after) = (
        before.of(table("trail")).unwrap(),
        after.of(table("trail")).unwrap(),
    );
    assert_eq!((after.stale, after.counted_rows), (None, Some(1_000)));
    // MySQL closes a table that it has counted, and knows no changes before it is opened again.
    assert_eq!(after.changed_rows.unwrap_or(0), 0);
    assert!(after.counted_at > before.counted_at, "{after:?}");
    assert!(after.data_bytes > before.data_bytes, "{after:?}");
}

pub(super) async fn a_table_that_is_gone_or_locked_fails_in_the_servers_own_words(server: &Server) {
    let shop = Shop::on(server).await;
    let statistics = Statistics::of(&shop.address, Some(&shop.url)).unwrap();
    shop.execute("DROP TABLE trail").await;
    let message = failure(statistics.count(table("trail")).await.unwrap());
    assert!(message.contains("doesn't exist"), "{message}");
    assert!(look(&statistics).await.of(table("trail")).is_none());

    let mut other = connect(&shop.url).await;
    sqlx::raw_sql("LOCK TABLES minute WRITE")
        .execute(&mut other)
        .await
        .unwrap();
    let begun = Instant::now();
    let message = failure(statistics.count(table("minute")).await.unwrap());
    assert!(message.contains("Lock wait timeout"), "{message}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(
        statistics.count(table("seat")).await,
        Ok(Counted::Ok),
        "the others go on"
    );
}

pub(super) async fn a_batch_user_that_nobody_made_is_told_how(server: &Server) {
    let shop = Shop::on(server).await;
    let statistics = shop.seen_by(&shop.batch_url(Some("secret")));
    let Health::Refused(because) = statistics.health().await else {
        panic!("nobody made it")
    };
    assert!(because.contains("ticketon db setup-batch-user"), "{because}");
    let refused = statistics.count(table("seat")).await.unwrap_err().to_string();
    assert!(
        refused.contains(&shop.user) && !refused.contains("secret"),
        "{refused}"
    );
}

pub(super) async fn a_run_without_the_right_to_insert_fails_table_by_table_and_health_names_it(
    server: &Server,
) {
    let shop = Shop::on(server).await;
    let user = shop.user(Some("secret")).await;
    user.make().await.unwrap();
    for table in CountedTable::all() {
        let right = format!(
            "INSERT ON `{}`.`{table}` FROM '{}'@'%'",
            shop.database(),
            shop.user
        );
        shop.execute(&format!("REVOKE {right}")).await;
    }
    let store = SqlStore::open_or_create(&shop.address).await.unwrap();
    let statistics = shop.seen_by(&shop.batch_url(Some("secret")));
    let house = House::of_several(store, statistics, 0).await;

    let run = analyzing::run(&house, json!({})).await;
    assert_eq!(
        run["state"], "failed",
        "the job's own rows are written by the store's user"
    );
    assert_eq!(run["failed"], CountedTable::all().len());
    let message = run["lines"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("INSERT command denied to user"), "{message}");
    let health = house.anyone().get("/api/batch/health").await.with(503);
    let down = json!({"status": "DOWN", "missing": ["INSERT on every counted table"], "because": null});
    assert_eq!(health, down, "and no secret");
    shop.close().await;
}
