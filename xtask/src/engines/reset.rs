//! `cargo xtask reset`: engines are ended and their data is thrown away. What was fetched stays.

use super::down;
use super::engine;
use super::home::{self, Home};
use crate::failure::Failure;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "reset",
    says: "ends the engines and throws their data away",
    help: "\
cargo xtask reset [ENGINE…]

As `cargo xtask down`, and the data goes, too. What was fetched stays, so the next `up` is quick.
",
    run,
};

fn run(arguments: &[String]) -> Result<(), Failure> {
    let engines = engine::named(arguments)?;
    let (home, _lock) = Home::entered()?;
    for engine in engines {
        down::stop(engine, &home)?;
        home::remove(&home.of(engine.name()).join("data"))?;
        eprintln!("{:<13} is empty", engine.name());
    }
    Ok(())
}
