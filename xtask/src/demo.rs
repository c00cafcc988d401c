//! `cargo xtask demo`: the demo, in a release build.

use std::env;

use crate::cargo;
use crate::engines::{self, Engine};
use crate::failure::Failure;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "demo",
    says: "a whole sale on this machine, in a release build",
    help: "\
cargo xtask demo [--real [--kill-engines]] [ARGUMENTS]

Runs `ticketon demo` in a release build and hands it every other argument.

  --real           on MySQL, Redis and Kafka, by two processes of each role. Engines that are not up are started as
                   `cargo xtask up` does it, and ended afterwards.
  --kill-engines   each engine is killed in the middle of the sale and stays dead for ten seconds (`cargo xtask outage`)

  cargo xtask demo --buyers 200 --seed 7
  cargo xtask demo --real --kill 3
  cargo xtask demo --real --kill-engines --buyers 1000
  cargo xtask demo -- --help             what the demo itself takes
",
    run,
};

/// What the demo runs on, with its flag for each; and the order in which they are killed: first the one that takes long to
/// come back and without which the sale goes on, so that there is some left for the others.
const ENGINES: [(&str, Engine); 3] = [
    ("--bus", Engine::Kafka),
    ("--queue", Engine::Redis),
    ("--store", Engine::Mysql),
];

/// Buyers of the sale among the tests: a minute in a debug build, most of it the engines' absence.
const FEW: &str = "300";

fn run(arguments: &[String]) -> Result<(), Failure> {
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let is_own = |argument: &&str| !["--", "--real", "--kill-engines"].contains(argument);
    let own: Vec<&str> = arguments.iter().map(String::as_str).filter(is_own).collect();
    match (has("--real"), has("--kill-engines")) {
        (false, false) => cargo::run(&command(&[], &own)),
        (true, false) => while_up(|addresses| cargo::run(&command(&real(addresses), &own))),
        (true, true) => while_up(|addresses| {
            engines_may_be_killed()?;
            let interruptions = outages()?;
            let kills: Vec<&str> = interruptions.iter().map(String::as_str).collect();
            cargo::run(&command(&[real(addresses), kills].concat(), &own))
        }),
        (false, true) => Err(Failure::Usage(
            "`--kill-engines` is for `--real`: without it there are none".to_owned(),
        )),
    }
}

/// A small sale on real engines, each of which is killed in its middle, by a program that is built already.
pub(crate) fn with_engines_killed(program: &str, addresses: &[(&str, &str)]) -> Result<(), Failure> {
    let interruptions = outages()?;
    let kills: Vec<&str> = interruptions.iter().map(String::as_str).collect();
    let demo = ["demo", "--buyers", FEW];
    cargo::execute_with(program, &[&demo, real(addresses).as_slice(), &kills].concat())
}

/// Whether the demo's engines are ours to kill.
pub(crate) fn engines_may_be_killed() -> Result<(), Failure> {
    engines::may_be_killed(&ENGINES.map(|(_, engine)| engine))
}

fn while_up(run: impl FnOnce(&[(&str, &str)]) -> Result<(), Failure>) -> Result<(), Failure> {
    engines::while_up(&ENGINES.map(|(_, engine)| engine), run)
}

fn command<'a>(engines: &[&'a str], own: &[&'a str]) -> Vec<&'a str> {
    let demo = ["run", "--release", "--package", "ticketon-cli", "--", "demo"];
    [&demo, engines, own].concat()
}

/// The engines in the demo's words.
fn real<'a>(addresses: &[(&str, &'a str)]) -> Vec<&'a str> {
    let address = |engine: Engine| {
        let found = addresses
            .iter()
            .find(|(variable, _)| *variable == engine.variable());
        found.map(|(_, address)| *address)
    };
    ENGINES
        .into_iter()
        .filter_map(|(flag, engine)| Some([flag, address(engine)?]))
        .flatten()
        .collect()
}

/// What the demo shall run in the middle: this program, for each engine.
fn outages() -> Result<Vec<String>, Failure> {
    let this = env::current_exe()
        .map_err(|error| Failure::Found(format!("this program is not to be found: {error}")))?;
    let outage = |engine: Engine| format!("'{}' outage {}", this.display(), engine.name());
    let arguments = ENGINES.map(|(_, engine)| ["--interrupt".to_owned(), outage(engine)]);
    Ok(arguments.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_demo_is_told_where_the_engines_are() {
        let addresses = [
            (Engine::Kafka.variable(), "kafka://k"),
            (Engine::Redis.variable(), "redis://r"),
            (Engine::Mysql.variable(), "mysql://m"),
        ];
        let told = [
            "--bus",
            "kafka://k",
            "--queue",
            "redis://r",
            "--store",
            "mysql://m",
        ];
        assert_eq!(real(&addresses), told);
    }
}
