//! `cargo xtask test`: everything that can be checked, on every engine. One feature set for the whole workspace, the same
//! that CI's clippy uses, so that no dependency is built twice.

use std::time::Duration;

use serde_json::Value;

use crate::cargo;
use crate::demo;
use crate::engines::{self, Engine};
use crate::failure::Failure;
use crate::stopwatch::Stopwatch;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "test",
    says: "every test of the workspace, its doc tests and the embedding examples",
    help: "\
cargo xtask test [--embedded]

Runs every test of every crate with all features, the doc tests, and the three programs that show how a crate is
embedded, which must end well. Needs Rust, a C compiler and curl (docs/buy-with-curl.md is run as it stands). Engines that
are not up are started as `cargo xtask up` does it, and ended afterwards; one that cannot be had fails the run. At the end
a sale on MySQL, Redis and Kafka during which each of them is killed (`cargo xtask demo --real --kill-engines`).

  --embedded   only what needs no engine beside the built-in ones: quick, starts nothing, fetches nothing

One crate while you work on it: eval \"$(cargo xtask up)\"; cargo test -p ticketon-core
",
    run,
};

/// The programs that show a crate from outside. They come first: what they are built of the tests are built of, too.
const EXAMPLES: [&str; 3] = ["sell_a_seat", "room", "confirm"];

fn run(arguments: &[String]) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    match arguments {
        [] => {
            let (tally, killed) = engines::while_up(&Engine::ALL, |addresses| {
                let tally = run_all(addresses, &[])?;
                Ok((tally, sell_while_engines_die(addresses)?))
            })?;
            println!("{}", verdict(&tally, watch.elapsed()));
            if let Some(why) = killed {
                println!("not run: a sale during which engines are killed: {why}");
            }
        }
        [flag] if flag == "--embedded" => {
            let tally = run_all(&[], &Engine::ALL)?;
            println!("{}", verdict(&tally, watch.elapsed()));
            println!(
                "not run: the tests on {}",
                Engine::ALL.map(Engine::name).join(", ")
            );
        }
        [unknown, ..] => {
            return Err(Failure::Usage(format!(
                "`test` takes only `--embedded`, not `{unknown}`"
            )));
        }
    }
    Ok(())
}

/// A sale during which each engine is killed; why not, where the engines are somebody else's.
fn sell_while_engines_die(addresses: &[(&str, &str)]) -> Result<Option<Failure>, Failure> {
    if let Err(why) = demo::engines_may_be_killed() {
        return Ok(Some(why));
    }
    for program in built(&["--bin", "ticketon"])? {
        demo::with_engines_killed(&program, addresses)?;
    }
    Ok(None)
}

/// Examples and tests, but for those on some engines.
fn run_all(addresses: &[(&str, &str)], but_on: &[Engine]) -> Result<Tally, Failure> {
    let examples: Vec<&str> = EXAMPLES
        .iter()
        .flat_map(|example| ["--example", example])
        .collect();
    for example in built(&examples)? {
        cargo::execute(&example)?;
    }
    run_tests(addresses, but_on)
}

#[derive(Debug, Default, PartialEq)]
struct Tally {
    runs: usize,
    passed: usize,
}

impl Tally {
    /// Counts a line of a test runner: `test result: ok. 12 passed; 0 failed; …`.
    fn hear(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ok. ") else {
            return;
        };
        self.runs += 1;
        let passed = result.split(' ').next().and_then(|count| count.parse().ok());
        self.passed += passed.unwrap_or(0);
    }
}

/// Builds programs, in the words of the test run so that nothing is built twice; answers where cargo put them.
fn built(targets: &[&str]) -> Result<Vec<String>, Failure> {
    let build = [
        "build",
        "--workspace",
        "--all-features",
        "--message-format",
        "json-render-diagnostics",
    ];
    let mut paths = Vec::new();
    cargo::lines(&[&build, targets].concat(), |line| paths.extend(executable(line)))?;
    Ok(paths)
}

fn run_tests(addresses: &[(&str, &str)], but_on: &[Engine]) -> Result<Tally, Failure> {
    let mut command = vec!["test", "--workspace", "--all-features", "--no-fail-fast", "--"];
    command.extend(but_on.iter().flat_map(|engine| ["--skip", engine.tests()]));
    let mut tally = Tally::default();
    cargo::lines_with(addresses, &command, |line| {
        tally.hear(line);
        println!("{line}");
    })?;
    Ok(tally)
}

fn executable(message: &str) -> Option<String> {
    let message: Value = serde_json::from_str(message).ok()?;
    message["executable"].as_str().map(str::to_owned)
}

fn verdict(tally: &Tally, took: Duration) -> String {
    format!(
        "all passed: {} tests in {} runs, {} examples, {} s",
        tally.passed,
        tally.runs,
        EXAMPLES.len(),
        took.as_secs()
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Tally, executable, verdict};

    #[test]
    fn the_runners_lines_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        ] {
            tally.hear(line);
        }
        assert_eq!(tally, Tally { runs: 2, passed: 43 });
        assert_eq!(
            verdict(&tally, Duration::from_millis(61_900)),
            "all passed: 43 tests in 2 runs, 3 examples, 61 s"
        );
    }

    #[test]
    fn the_example_is_where_cargo_says_that_it_put_it() {
        let built = r#"{"reason":"compiler-artifact","target":{"name":"room"},"executable":"/t/debug/examples/room"}"#;
        assert_eq!(executable(built).as_deref(), Some("/t/debug/examples/room"));
        assert_eq!(
            executable(r#"{"reason":"compiler-artifact","executable":null}"#),
            None
        );
        assert_eq!(executable("warning: not JSON"), None);
    }
}
