//! `cargo xtask demo`: the demo, in a release build.

use crate::cargo;
use crate::engines::{self, Engine};
use crate::failure::Failure;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "demo",
    says: "a whole sale on this machine, in a release build",
    help: "\
cargo xtask demo [--real] [ARGUMENTS]

Runs `ticketon demo` in a release build and hands it every other argument.

  --real   on MySQL, Redis and Kafka, by two apps, two brokers, two dispatchers and two workers, each a process of its
           own. Engines that are not up are started as `cargo xtask up` does it, and ended afterwards.

  cargo xtask demo --buyers 200 --seed 7
  cargo xtask demo --real --kill 3
  cargo xtask demo -- --help             what the demo itself takes
",
    run,
};

fn run(arguments: &[String]) -> Result<(), Failure> {
    let is_own = |argument: &&str| !["--", "--real"].contains(argument);
    let own: Vec<&str> = arguments.iter().map(String::as_str).filter(is_own).collect();
    if arguments.iter().any(|argument| argument == "--real") {
        return engines::while_up(|addresses| cargo::run(&command(&real(addresses), &own)));
    }
    cargo::run(&command(&[], &own))
}

fn command<'a>(engines: &[&'a str], own: &[&'a str]) -> Vec<&'a str> {
    let demo = ["run", "--release", "--package", "ticketon-cli", "--", "demo"];
    [&demo, engines, own].concat()
}

/// The engines in the demo's words.
fn real<'a>(addresses: &[(&str, &'a str)]) -> Vec<&'a str> {
    let engines = [
        ("--store", Engine::Mysql),
        ("--queue", Engine::Redis),
        ("--bus", Engine::Kafka),
    ];
    let address = |engine: Engine| {
        let found = addresses
            .iter()
            .find(|(variable, _)| *variable == engine.variable());
        found.map(|(_, address)| *address)
    };
    engines
        .into_iter()
        .filter_map(|(flag, engine)| Some([flag, address(engine)?]))
        .flatten()
        .collect()
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
            "--store",
            "mysql://m",
            "--queue",
            "redis://r",
            "--bus",
            "kafka://k",
        ];
        assert_eq!(real(&addresses), told);
    }
}
