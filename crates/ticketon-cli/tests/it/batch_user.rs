//! `ticketon db setup-batch-user`: what it makes, what it shows, and what it refuses.

use crate::support::{Desk, Transcript};

const SETUP: [&str; 2] = ["db", "setup-batch-user"];

fn set_up(desk: &Desk, settings: &[(&str, &str)], also: &[&str]) -> Transcript {
    let arguments = [&SETUP, also].concat();
    let mut command = desk.command(&arguments);
    command.envs(settings.iter().copied());
    command.output().unwrap().into()
}

#[test]
fn a_store_in_a_file_has_no_users() {
    let desk = Desk::with_shop();
    desk.run(SETUP).expect(2).says("a store in a file has no users");
}

#[test]
fn a_batch_url_to_another_schema_is_refused_before_anything_is_connected_to() {
    let store = ("TICKETON_STORE_URL", "mysql://ticketon:secret@127.0.0.1:1/shop");
    let desk = Desk::empty();
    for url in [
        "mysql://batch:hidden@127.0.0.1:1/other",
        "mysql://batch:hidden@127.0.0.2:1/shop",
    ] {
        let refused = set_up(&desk, &[store, ("TICKETON_BATCH_URL", url)], &[])
            .expect(2)
            .says("and the store is at `mysql://127.0.0.1:1/shop`");
        assert!(
            !refused.err.contains("hidden") && !refused.err.contains("secret"),
            "{}",
            refused.err
        );
    }
    set_up(&desk, &[store], &[]).expect(5).says("does not answer");
}

/// A database of its own on a server, and the user that tests of this file share there.
fn on(server: &str, variable: &str, also_granted: Option<&str>) {
    use ticketon_server::adapter::sql::{CountedTable, MySqlStore};
    use tokio::runtime::Runtime;

    let server_url = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: `cargo xtask up` says what to set"));
    let name = format!("ticketon_cli_{server}_{}", std::process::id());
    let runtime = Runtime::new().unwrap();
    let url = runtime
        .block_on(MySqlStore::create_database(&server_url, &name))
        .unwrap();
    let (_, place) = url.rsplit_once('@').unwrap();
    let batch = format!("mysql://ticketon_cli_test:to%20count@{place}");
    let (desk, store) = (Desk::empty(), ("TICKETON_STORE_URL", &*url));
    let migrated = desk.command(&["db", "migrate"]).envs([store]).output().unwrap();
    Transcript::from(migrated).expect(0);

    let shown = set_up(&desk, &[store, ("TICKETON_BATCH_URL", &batch)], &["--print"]).expect(0);
    let user = "'ticketon_cli_test'@'%'";
    let mut ends = vec![
        format!("CREATE USER IF NOT EXISTS {user} IDENTIFIED BY 'to count';"),
        format!("ALTER USER {user} IDENTIFIED BY 'to count';"),
    ];
    for table in CountedTable::all() {
        ends.push(format!("SELECT, INSERT ON `{name}`.`{table}` TO {user};"));
    }
    ends.push(format!("PROCESS ON *.* TO {user};"));
    ends.push(format!(" ON mysql.innodb_table_stats TO {user};"));
    ends.extend(also_granted.map(|table| format!(" ON {table} TO {user};")));
    let statements: Vec<&str> = shown.out.lines().collect();
    assert_eq!(statements.len(), ends.len(), "{}", shown.out);
    for (statement, end) in statements.iter().zip(&ends) {
        assert!(statement.ends_with(end), "`{statement}` ends with `{end}`");
    }

    // With a password: of users who are not there the server asks for one in a way of its own choice, and not every way
    // can be answered without.
    let stranger = format!("mysql://nobody_yet:wrong@{place}");
    let mut stats = desk.command(&["batch", "stats"]);
    let stats = stats.envs([store, ("TICKETON_BATCH_URL", &stranger)]).output();
    Transcript::from(stats.unwrap())
        .expect(5)
        .says("the batch user `nobody_yet` is refused at `mysql://")
        .says("make it with `ticketon db setup-batch-user`");

    for _ in 0..2 {
        let made = set_up(&desk, &[store, ("TICKETON_BATCH_URL", &batch)], &[]).expect(0);
        assert!(
            made.out.starts_with("ticketon_cli_test at mysql://"),
            "{}",
            made.out
        );
        assert!(
            made.out.contains("verified: it logs in, and may count "),
            "{}",
            made.out
        );
        assert!(
            !made.out.contains("count@"),
            "no password but one that is made here"
        );
    }
    let nobody_yet = format!("mysql://nobody_yet@{place}");
    set_up(&desk, &[store, ("TICKETON_BATCH_URL", &nobody_yet)], &["--print"])
        .expect(0)
        .shows("CREATE USER 'nobody_yet'@'%' IDENTIFIED BY '")
        .says("afterwards set TICKETON_BATCH_URL=mysql://nobody_yet:");
    runtime
        .block_on(MySqlStore::drop_database(&server_url, &name))
        .unwrap();
}

#[test]
fn on_mysql_it_is_made_with_these_grants_and_made_again_without_harm() {
    on("mysql", "TICKETON_TEST_MYSQL_URL", None);
}

#[test]
fn on_mariadb_it_is_made_with_these_grants_and_made_again_without_harm() {
    on("mariadb", "TICKETON_TEST_MARIADB_URL", Some("mysql.table_stats"));
}
