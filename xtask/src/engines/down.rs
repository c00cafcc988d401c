//! `cargo xtask down`: engines that run are ended. Their data stays.

use super::daemon;
use super::engine::{self, Engine};
use super::home::Home;
use super::record::Record;
use crate::failure::Failure;
use crate::stopwatch::Stopwatch;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "down",
    says: "ends the engines; their data stays",
    help: "\
cargo xtask down [ENGINE…]

Ends the engines that `cargo xtask up` started in this checkout. Their data stays, and they come back on the same ports.
",
    run,
};

fn run(arguments: &[String]) -> Result<(), Failure> {
    let engines = engine::named(arguments)?;
    let (home, _lock) = Home::entered()?;
    engines.iter().try_for_each(|engine| stop(*engine, &home))
}

/// Ends one engine, if it runs.
pub(super) fn stop(engine: Engine, home: &Home) -> Result<(), Failure> {
    let folder = home.of(engine.name());
    let watch = Stopwatch::start();
    let record = Record::read(&folder).filter(|record| record.is_partly_running(&folder));
    let Some(record) = record else {
        eprintln!("{:<13} was not up", engine.name());
        return Ok(());
    };
    daemon::stop(&record.processes, &folder)?;
    let stopped = Record {
        processes: Vec::new(),
        ..record
    };
    stopped.write(&folder)?;
    eprintln!(
        "{:<13} down after {:.1} s",
        engine.name(),
        watch.elapsed().as_secs_f64()
    );
    Ok(())
}
