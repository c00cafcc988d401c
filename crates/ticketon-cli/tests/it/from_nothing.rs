//! `docs/operating.md` is true where it goes from nothing to a shop on MySQL: its lines are run one after the other. Only
//! database, batch user and ports differ, so that two runs do not meet.

use ticketon_server::adapter::sql::MySqlStore;
use tokio::runtime::Runtime;

use crate::support::serving::Serving;
use crate::support::{Desk, Transcript};

const PAGE: &str = include_str!("../../../../docs/operating.md");
const HEADING: &str = "## From nothing to a shop on MySQL";

#[test]
fn on_mysql_the_page_makes_a_shop() {
    makes_a_shop_on("TICKETON_TEST_MYSQL_URL", "mysql");
}

#[test]
fn on_mariadb_the_page_makes_a_shop() {
    makes_a_shop_on("TICKETON_TEST_MARIADB_URL", "mariadb");
}

fn makes_a_shop_on(variable: &str, server: &str) {
    let server_url = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: `cargo xtask up` says what to set"));
    let name = format!("ticketon_walk_{server}_{}", std::process::id());
    let runtime = Runtime::new().unwrap();
    let url = runtime
        .block_on(MySqlStore::create_database(&server_url, &name))
        .unwrap();
    let (_, place) = url.rsplit_once('@').unwrap();
    let batch_url = format!("mysql://ticketon_cli_walk:secret@{place}");
    let settings = [("TICKETON_STORE_URL", &*url), ("TICKETON_BATCH_URL", &batch_url)];
    let desk = Desk::empty();
    let lines = lines();
    assert_eq!(lines.len(), 6, "{lines:?}");
    for line in lines {
        let arguments: Vec<&str> = line.split_whitespace().skip(1).collect();
        if arguments == ["serve"] {
            Serving::with(&desk, &settings).stop().expect(0);
            continue;
        }
        let mut command = desk.command(&arguments);
        let ran: Transcript = command.envs(settings).output().unwrap().into();
        let ran = ran.expect(0);
        match arguments[..] {
            ["init"] => drop(ran.says("which was empty").says("shown this once")),
            ["db", "setup-batch-user"] => drop(ran.shows("verified: it logs in")),
            ["batch", ..] => drop(ran.shows("would be counted")),
            _ => {}
        }
    }
    runtime
        .block_on(MySqlStore::drop_database(&server_url, &name))
        .unwrap();
}

/// The commands of the section, without what is said of them.
fn lines() -> Vec<&'static str> {
    let section = PAGE.split_once(HEADING).unwrap().1;
    let block = section
        .split_once("```sh\n")
        .unwrap()
        .1
        .split_once("```")
        .unwrap()
        .0;
    let commands = block
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    commands.filter(|line| line.starts_with("ticketon ")).collect()
}
