//! `cargo xtask up`: engines that are not there are had and started, all at once.

use std::env;
use std::thread;

use super::engine::{self, Engine};
use super::home::Home;
use super::record::Record;
use super::start;
use crate::failure::Failure;
use crate::stopwatch::Stopwatch;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "up",
    says: "real engines on ports of their own, for tests",
    help: "\
cargo xtask up [ENGINE…]

Starts MySQL, MariaDB and Redis on private ports of 127.0.0.1, with data, logs and downloads below target/services, and
waits until they answer. They run until `cargo xtask down`. Whatever runs already is left as it is.

Prints a line of shell for each, so that a test can be run by itself:

  eval \"$(cargo xtask up)\"
  cargo xtask up mysql redis

An engine comes from the first of these that there is: the address in its variable (then nothing is started), a program
of this machine, packages of Debian (unpacked below target/services, not installed).
",
    run,
};

fn run(arguments: &[String]) -> Result<(), Failure> {
    for ready in ensure(&engine::named(arguments)?)? {
        println!("export {}={}", ready.engine.variable(), ready.url);
    }
    Ok(())
}

/// An engine that answers.
pub(crate) struct Ready {
    pub(crate) engine: Engine,
    pub(crate) url: String,
    /// By this command, and not before it.
    pub(crate) was_started: bool,
}

/// Sees to it that these engines answer. Says on stderr what it does.
pub(crate) fn ensure(engines: &[Engine]) -> Result<Vec<Ready>, Failure> {
    let (home, _lock) = Home::entered()?;
    let outcomes: Vec<Result<Ready, Failure>> = thread::scope(|scope| {
        let starts: Vec<_> = engines
            .iter()
            .map(|engine| scope.spawn(|| ensure_one(*engine, &home)))
            .collect();
        let joined = starts.into_iter().map(|start| {
            let died = |_| Err(Failure::Found("a start ended in a panic".to_owned()));
            start.join().unwrap_or_else(died)
        });
        joined.collect()
    });
    all(outcomes)
}

fn ensure_one(engine: Engine, home: &Home) -> Result<Ready, Failure> {
    let watch = Stopwatch::start();
    if let Ok(url) = env::var(engine.variable()) {
        eprintln!("{:<13} {url}  given by {}", engine.name(), engine.variable());
        return Ok(Ready {
            engine,
            url,
            was_started: false,
        });
    }
    let folder = home.of(engine.name());
    let running = Record::read(&folder).filter(|record| record.is_running(&folder));
    let was_started = running.is_none();
    let record = match running {
        Some(record) => record,
        None => start::start(engine, home)?,
    };
    let how = if was_started {
        format!("up after {:.1} s", watch.elapsed().as_secs_f64())
    } else {
        "already up".to_owned()
    };
    eprintln!(
        "{:<13} {how}, {}, version {}, from {}",
        engine.name(),
        record.url,
        record.version,
        record.had
    );
    Ok(Ready {
        engine,
        url: record.url,
        was_started,
    })
}

/// Every success, or every failure in one.
fn all<T>(outcomes: Vec<Result<T, Failure>>) -> Result<Vec<T>, Failure> {
    let (mut successes, mut failures) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(success) => successes.push(success),
            Err(failure) => failures.push(failure.to_string()),
        }
    }
    if failures.is_empty() {
        return Ok(successes);
    }
    Err(Failure::Found(failures.join("\n")))
}
