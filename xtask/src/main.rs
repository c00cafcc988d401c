//! Developers' commands: `cargo xtask VERB`. Each verb is one file; what it runs is cargo and what cargo builds, so this
//! crate knows no other crate of the workspace and compiles in seconds.

mod bench;
mod cargo;
mod demo;
mod engines;
mod failure;
mod sim;
mod stopwatch;
mod test;
mod tidy;
mod verb;

use std::process::ExitCode;

use failure::Failure;
use verb::Verb;

const VERBS: [Verb; 10] = [
    test::VERB,
    tidy::VERB,
    sim::VERB,
    bench::VERB,
    demo::VERB,
    engines::UP,
    engines::DOWN,
    engines::STATUS,
    engines::RESET,
    engines::OUTAGE,
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    let Some((name, rest)) = arguments.split_first() else {
        return Err(Failure::Usage(format!("say what to do\n\n{}", overview())));
    };
    if verb::asks_for_help(std::slice::from_ref(name)) {
        print!("{}", overview());
        return Ok(());
    }
    let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
        return Err(Failure::Usage(format!(
            "no verb is called `{name}`\n\n{}",
            overview()
        )));
    };
    if verb::asks_for_help(rest) {
        print!("{}", verb.help);
        return Ok(());
    }
    (verb.run)(rest)
}

fn overview() -> String {
    let lines = VERBS.map(|verb| format!("  {:<7} {}\n", verb.name, verb.says));
    format!("cargo xtask VERB [--help]\n\n{}", lines.concat())
}
