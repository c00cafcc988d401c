//! `cargo xtask status`: what is known of each engine.

use super::engine::{self, Engine};
use super::home::Home;
use super::record::Record;
use super::up;
use crate::failure::Failure;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "status",
    says: "which engines run, where, and from what",
    help: "\
cargo xtask status [ENGINE…]

A line for each engine: whether it runs, its address, version, processes, and how it was had. Its log is
target/services/ENGINE/log.
",
    run,
};

fn run(arguments: &[String]) -> Result<(), Failure> {
    let engines = engine::named(arguments)?;
    let home = Home::found()?;
    for engine in engines {
        println!("{:<13} {}", engine.name(), state(engine, &home));
    }
    Ok(())
}

fn state(engine: Engine, home: &Home) -> String {
    let folder = home.of(engine.name());
    let known = Record::read(&folder);
    if let Some(url) = up::given(engine, known.as_ref()) {
        return format!("given   {url}, by {}", engine.variable());
    }
    let Some(record) = known else {
        return "never started".to_owned();
    };
    if !record.is_running(&folder) {
        return format!("down    it was {}, version {}", record.url, record.version);
    }
    format!(
        "up      {}, version {}, processes {:?}, {}",
        record.url, record.version, record.processes, record.had
    )
}
