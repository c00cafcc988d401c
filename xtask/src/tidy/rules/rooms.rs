//! Which room may speak of what. A word that is said in one folder only can be changed in one folder only.

use super::super::finding::Finding;
use super::super::tree::Tree;
use super::{said, said_beside_tests};

/// The yardstick of the store's benchmark is the same work done by hand; tests on a server make databases of their own.
const SQL_ROOMS: &[&str] = &[
    "crates/ticketon-server/src/adapter/sql",
    "crates/ticketon-server/benches/store",
    "crates/ticketon-server/tests/it/database",
];

pub(super) fn sql_in_one_room(tree: &Tree) -> Vec<Finding> {
    let rule = "sql_in_one_room";
    let instead = "ask through `Reads`, `Store` or a function of `adapter/sql`";
    let statements = [
        "SELECT ",
        "INSERT INTO ",
        "UPDATE OR ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "BEGIN IMMEDIATE",
        "PRAGMA ",
    ];
    let outside = || tree.rust(&["crates/"]).filter(|file| !file.is_below(SQL_ROOMS));

    let mut findings = said(outside(), &["sqlx", "rusqlite"], rule, instead);
    for file in outside() {
        for (line, quoted) in file.quoted() {
            if statements.iter().any(|statement| quoted.contains(statement)) {
                findings.push(file.finding(line, rule, format!("SQL: {instead}")));
            }
        }
    }
    findings
}

pub(super) fn redis_in_two_rooms(tree: &Tree) -> Vec<Finding> {
    let rooms = [
        "crates/ticketon-queue/src/redis",
        "crates/ticketon-server/src/adapter/redis",
    ];
    let outside = tree.rust(&["crates/"]).filter(|file| file.path.contains("/src/"));
    said_beside_tests(
        outside.filter(|file| !file.is_below(&rooms)),
        &["redis::"],
        "redis_in_two_rooms",
        "a queue on Redis is asked through `Queue`, all else through a port that `adapter/redis` has an engine of",
    )
}

pub(super) fn kafka_in_one_room(tree: &Tree) -> Vec<Finding> {
    let rooms = ["crates/ticketon-server/src/adapter/kafka"];
    let outside = tree.rust(&["crates/"]).filter(|file| file.path.contains("/src/"));
    said_beside_tests(
        outside.filter(|file| !file.is_below(&rooms)),
        &["rdkafka::"],
        "kafka_in_one_room",
        "publish with `Publisher` and read with `Consumer` of `adapter/kafka`; nothing of the shop waits for Kafka",
    )
}

pub(super) fn metrics_in_one_room(tree: &Tree) -> Vec<Finding> {
    let rooms = [
        "crates/ticketon-server/src/metrics.rs",
        "crates/ticketon-server/src/metrics/",
    ];
    said_beside_tests(
        tree.rust(&["crates/"]).filter(|file| !file.is_below(&rooms)),
        &["prometheus_client"],
        "metrics_in_one_room",
        "keep plain numbers, or a `Histogram` of `server/src/metrics`, and name the metric there",
    )
}

pub(super) fn http_in_one_room(tree: &Tree) -> Vec<Finding> {
    // The room, the client that calls it, the file that opens the listener, and the sandbox, which has a listener of its
    // own because it stands for somebody else's server.
    let rooms = [
        "http/",
        "http.rs",
        "client/",
        "client.rs",
        "server.rs",
        "sandbox.rs",
    ]
    .map(|room| format!("crates/ticketon-server/src/{room}"));
    let rooms: Vec<&str> = rooms.iter().map(String::as_str).collect();
    let outside = tree
        .rust(&[
            "crates/ticketon-core/src/",
            "crates/ticketon-server/src/",
            "crates/ticketon-cli/src/",
        ])
        .filter(|file| !file.is_below(&rooms));
    said_beside_tests(
        outside,
        &[
            "axum::",
            "hyper::",
            "hyper_util::",
            "http_body::",
            "http_body_util::",
            "http::",
            "reqwest::",
            "tower::",
        ],
        "http_in_one_room",
        "an operation's HTTP face lives in server/src/http; hand it a plain function",
    )
}

pub(super) fn provider_calls_in_one_room(tree: &Tree) -> Vec<Finding> {
    let rooms = [
        "crates/ticketon-pay/src/toss.rs",
        "crates/ticketon-pay/src/toss/",
        "crates/ticketon-pay/src/sandbox/http.rs",
    ];
    let outside = tree
        .rust(&["crates/ticketon-pay/src/"])
        .filter(|file| !file.is_below(&rooms));
    said_beside_tests(
        outside,
        &["axum::", "hyper::", "reqwest::"],
        "provider_calls_in_one_room",
        "a provider is called in pay/src/toss and played in pay/src/sandbox/http.rs; the rest of the crate is pure",
    )
}

pub(super) fn core_has_no_runtime(tree: &Tree) -> Vec<Finding> {
    said_beside_tests(
        tree.rust(&["crates/ticketon-core/src/"]),
        &[
            "tokio",
            "std::thread",
            "std::net",
            "std::fs",
            "std::env",
            "std::process",
        ],
        "core_has_no_runtime",
        "core does no I/O and starts nothing; make it a port, or an argument",
    )
}

pub(super) fn order_is_never_left_to_hashing(tree: &Tree) -> Vec<Finding> {
    said(
        tree.rust(&["crates/ticketon-core/", "crates/ticketon-queue/"]),
        &["HashMap", "HashSet"],
        "order_is_never_left_to_hashing",
        "its order differs from run to run: use BTreeMap or BTreeSet",
    )
}

pub(super) fn time_ids_and_chance_come_from_outside(tree: &Tree) -> Vec<Finding> {
    // xtask measures how long its own children take.
    let homes = ["crates/ticketon-server/src/adapter/system.rs", "xtask/"];
    said_beside_tests(
        tree.rust(&[""]).filter(|file| !file.is_below(&homes)),
        &[
            "SystemTime::now",
            "Timestamp::now",
            "Zoned::now",
            "Uuid::now_v7",
            "Uuid::new_v4",
            "rand::rng",
            "SysRng",
            // Where clippy is told to look away it bans nothing, so that too has one home.
            "clippy::disallowed_methods",
        ],
        "time_ids_and_chance_come_from_outside",
        "take it from the `Clock` or `Entropy` port, or as an argument, so that a simulation repeats",
    )
}

/// `Admitted { … }` of core says that somebody was admitted to a sale. Only what has read a verified pass may say so.
pub(super) fn one_door_for_admission(tree: &Tree) -> Vec<Finding> {
    let watched = [
        "crates/ticketon-core/src/",
        "crates/ticketon-server/src/",
        "crates/ticketon-cli/src/",
    ];
    let door = "crates/ticketon-server/src/rooms.rs";
    let mut findings = Vec::new();
    for file in tree.rust(&watched).filter(|file| file.path != door) {
        for (line, code) in file.code_beside_tests() {
            if makes_an_admission(code) {
                let instead =
                    "an admission is made from a verified pass, in server/src/rooms.rs, and nowhere else";
                findings.push(file.finding(line, "one_door_for_admission", instead));
            }
        }
    }
    findings
}

/// Told from a type's definition, and from a variant of some other enum (`EntryState::Admitted { … }`).
fn makes_an_admission(code: &str) -> bool {
    code.match_indices("Admitted {").any(|(at, _)| {
        let before = code[..at].trim_end();
        let last = before
            .rsplit(|char: char| !char.is_alphanumeric() && char != '_')
            .next()
            .unwrap_or_default();
        if let Some(path) = before.strip_suffix("::") {
            let owner = path
                .rsplit(|char: char| !char.is_alphanumeric() && char != '_')
                .next()
                .unwrap_or_default();
            return !owner.starts_with(char::is_uppercase);
        }
        let is_part_of_a_name = code[..at].ends_with(|char: char| char.is_alphanumeric() || char == '_');
        !is_part_of_a_name && !before.ends_with("->") && !["struct", "enum", "impl", "for"].contains(&last)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{findings, places};
    use super::*;

    #[test]
    fn redis_is_spoken_to_in_two_rooms_alone() {
        let tree = Tree::of([
            (
                "crates/ticketon-queue/src/redis/connection.rs",
                "use redis::Client;\n",
            ),
            (
                "crates/ticketon-server/src/adapter/redis.rs",
                "use redis::Script;\n",
            ),
            (
                "crates/ticketon-server/src/shared.rs",
                "use crate::adapter::redis::RedisClaims;\n",
            ),
            ("crates/ticketon-server/src/rooms.rs", "\nuse redis::cmd;\n"),
            ("crates/ticketon-server/tests/it/redis.rs", "use redis::cmd;\n"),
        ]);
        assert_eq!(
            places(redis_in_two_rooms, &tree),
            ["crates/ticketon-server/src/rooms.rs:2"]
        );
    }

    #[test]
    fn kafka_is_spoken_to_in_one_room_alone() {
        let tree = Tree::of([
            (
                "crates/ticketon-server/src/adapter/kafka/client.rs",
                "use rdkafka::ClientConfig;\n",
            ),
            (
                "crates/ticketon-server/src/background/relay.rs",
                "use crate::adapter::kafka::Publisher;\nuse rdkafka::Message;\n",
            ),
            (
                "crates/ticketon-server/tests/it/on_kafka.rs",
                "use rdkafka::ClientConfig;\n",
            ),
        ]);
        assert_eq!(
            places(kafka_in_one_room, &tree),
            ["crates/ticketon-server/src/background/relay.rs:2"]
        );
    }

    #[test]
    fn metrics_are_named_in_one_room_alone() {
        let tree = Tree::of([
            (
                "crates/ticketon-server/src/metrics/page.rs",
                "use prometheus_client::registry::Registry;\n",
            ),
            (
                "crates/ticketon-server/src/committer.rs",
                "use prometheus_client::metrics::counter::Counter;\n",
            ),
        ]);
        assert_eq!(
            places(metrics_in_one_room, &tree),
            ["crates/ticketon-server/src/committer.rs:1"]
        );
    }

    #[test]
    fn sql_outside_its_room_is_found_and_inside_it_is_not() {
        let tree = Tree::of([
            (
                "crates/ticketon-server/src/adapter/sql/reads.rs",
                "sqlx::query(\"SELECT 1\")",
            ),
            (
                "crates/ticketon-server/src/shop.rs",
                "// SELECT me\nlet all = \"SELECT * FROM seat\";",
            ),
            ("crates/ticketon-server/src/rooms.rs", "use sqlx::Row;"),
        ]);
        assert_eq!(
            places(sql_in_one_room, &tree),
            [
                "crates/ticketon-server/src/rooms.rs:1",
                "crates/ticketon-server/src/shop.rs:2"
            ]
        );
    }

    #[test]
    fn http_outside_its_room_is_found() {
        let tree = Tree::of([
            ("crates/ticketon-server/src/http/holds.rs", "use axum::Json;"),
            (
                "crates/ticketon-server/src/server.rs",
                "axum::serve(listener, app)",
            ),
            (
                "crates/ticketon-server/src/payments.rs",
                "use axum::http::StatusCode;",
            ),
            ("crates/ticketon-server/src/provider.rs", "let http = 1; // axum"),
        ]);
        assert_eq!(
            findings(http_in_one_room, &tree),
            [
                "crates/ticketon-server/src/payments.rs:1: http_in_one_room: `axum::`: an operation's HTTP face lives in \
              server/src/http; hand it a plain function"
            ]
        );
    }

    #[test]
    fn a_provider_called_from_elsewhere_is_found() {
        let tree = Tree::of([
            ("crates/ticketon-pay/src/toss.rs", "reqwest::Client"),
            ("crates/ticketon-pay/src/judge.rs", "reqwest::Error"),
        ]);
        assert_eq!(
            places(provider_calls_in_one_room, &tree),
            ["crates/ticketon-pay/src/judge.rs:1"]
        );
    }

    #[test]
    fn a_runtime_in_core_is_found_but_its_tests_may_have_one() {
        let tree = Tree::of([
            (
                "crates/ticketon-core/src/hold.rs",
                "tokio::spawn\n#[cfg(test)]\nmod tests {\n#[tokio::test]",
            ),
            ("crates/ticketon-core/tests/it/main.rs", "#[tokio::test]"),
        ]);
        assert_eq!(
            places(core_has_no_runtime, &tree),
            ["crates/ticketon-core/src/hold.rs:1"]
        );
    }

    #[test]
    fn a_hash_map_in_core_is_found_even_in_a_test() {
        let tree = Tree::of([
            ("crates/ticketon-core/tests/it/main.rs", "HashMap::new()"),
            ("crates/ticketon-server/src/shop.rs", "HashMap::new()"),
        ]);
        assert_eq!(
            places(order_is_never_left_to_hashing, &tree),
            ["crates/ticketon-core/tests/it/main.rs:1"]
        );
    }

    #[test]
    fn a_clock_of_ones_own_is_found_and_so_is_looking_away_from_one() {
        let tree = Tree::of([
            (
                "crates/ticketon-server/src/adapter/system.rs",
                "SystemTime::now()",
            ),
            ("crates/ticketon-server/src/shop.rs", "jiff::Timestamp::now()"),
            (
                "crates/ticketon-pay/src/toss.rs",
                "#[expect(clippy::disallowed_methods, reason = \"…\")]",
            ),
            ("crates/ticketon-pay/examples/confirm.rs", "Timestamp::now()"),
        ]);
        assert_eq!(
            places(time_ids_and_chance_come_from_outside, &tree),
            [
                "crates/ticketon-server/src/shop.rs:1",
                "crates/ticketon-pay/src/toss.rs:1"
            ]
        );
    }

    #[test]
    fn an_admission_made_by_hand_is_found_but_not_what_only_looks_like_one() {
        let tree = Tree::of([
            ("crates/ticketon-core/src/caller.rs", "pub struct Admitted {\n}"),
            ("crates/ticketon-server/src/rooms.rs", "Ok(Admitted {"),
            (
                "crates/ticketon-server/src/shop.rs",
                "EntryState::Admitted { .. } => 1,\nSelf::Admitted { at }\nfn f() -> Admitted {",
            ),
            (
                "crates/ticketon-server/src/http.rs",
                "Some(Admitted { sale })\nticketon_core::Admitted { sale }\nNotAdmitted { sale }",
            ),
        ]);
        assert_eq!(
            places(one_door_for_admission, &tree),
            [
                "crates/ticketon-server/src/http.rs:1",
                "crates/ticketon-server/src/http.rs:2"
            ]
        );
    }
}
