//! `cargo xtask demo`: the demo, in a release build.

use crate::cargo;
use crate::failure::Failure;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "demo",
    says: "a whole sale on this machine, in a release build",
    help: "\
cargo xtask demo [ARGUMENTS]

Runs `ticketon demo` in a release build and hands it every argument.

  cargo xtask demo --buyers 200 --seed 7
  cargo xtask demo -- --help             what the demo itself takes
",
    run,
};

fn run(arguments: &[String]) -> Result<(), Failure> {
    let own = arguments
        .iter()
        .filter(|argument| *argument != "--")
        .map(String::as_str);
    let command: Vec<&str> = ["run", "--release", "--package", "ticketon-cli", "--", "demo"]
        .into_iter()
        .chain(own)
        .collect();
    cargo::run(&command)
}
