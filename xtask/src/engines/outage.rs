//! `cargo xtask outage`: an engine is gone for a while, without a word, and comes back as it was.

use std::thread;
use std::time::Duration;

use super::daemon;
use super::engine::{self, Engine};
use super::home::Home;
use super::record::Record;
use super::{start, up};
use crate::failure::Failure;
use crate::stopwatch::Stopwatch;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "outage",
    says: "kills an engine, and starts it again after ten seconds",
    help: "\
cargo xtask outage ENGINE

Kills every process of the engine as `kill -9` does, waits ten seconds, and starts it again on the same ports and data;
ends when it answers. Only an engine that `cargo xtask up` started in this checkout is killed. What depends on it meanwhile
is what you want to see: cargo xtask demo --real --kill-engines

  cargo xtask outage redis
",
    run,
};

/// How long nobody is there: longer than any time-out of a request, so that each of them is met.
const AWAY_FOR: Duration = Duration::from_secs(10);

fn run(arguments: &[String]) -> Result<(), Failure> {
    let [name] = arguments else {
        return Err(Failure::Usage("`outage` takes the name of one engine".to_owned()));
    };
    for engine in engine::named(std::slice::from_ref(name))? {
        of(engine)?;
    }
    Ok(())
}

fn of(engine: Engine) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    let (home, _lock) = Home::entered()?;
    let folder = home.of(engine.name());
    let record = Record::read(&folder).filter(|record| record.is_running(&folder));
    is_ours(engine, record.as_ref())?;
    let processes = record.map(|record| record.processes).unwrap_or_default();
    daemon::kill(&processes, &folder)?;
    thread::sleep(AWAY_FOR);
    start::start(engine, None, &home)?;
    let away = watch.elapsed().as_secs_f64();
    eprintln!("{:<13} killed; answers again after {away:.1} s", engine.name());
    Ok(())
}

/// Whether each of these may be killed: whoever gave an address of an engine lent it.
pub(crate) fn may_be_killed(engines: &[Engine]) -> Result<(), Failure> {
    let home = Home::found()?;
    for engine in engines {
        let folder = home.of(engine.name());
        let record = Record::read(&folder).filter(|record| record.is_running(&folder));
        is_ours(*engine, record.as_ref())?;
    }
    Ok(())
}

fn is_ours(engine: Engine, running: Option<&Record>) -> Result<(), Failure> {
    let name = engine.name();
    if up::given(engine, running).is_some() {
        let variable = engine.variable();
        return Err(Failure::Found(format!(
            "{name} is given by {variable}, and only an engine that was started here is killed: unset {variable}"
        )));
    }
    match running {
        Some(_) => Ok(()),
        None => Err(Failure::Found(format!("{name} is not up: cargo xtask up {name}"))),
    }
}
