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
cargo xtask up [ENGINE…] [--brokers 1|3]

Starts mysql, mariadb, redis, redis-cluster (three masters) and kafka on private ports of 127.0.0.1, with data, logs and
downloads below target/services, and waits until they answer. They run until `cargo xtask down`. Whatever runs already is
left as it is.

  --brokers N   of Kafka, 1 or 3; as many as last time if it is not said. Other than last time: its data is thrown away

Prints a line of shell for each, so that a test can be run by itself:

  eval \"$(cargo xtask up)\"
  cargo xtask up mysql redis

An engine comes from the first of these that there is: the address in its variable (then nothing is started), a program
of this machine, packages of Debian (unpacked below target/services, not installed). Kafka's jars come through Maven; where
Java or Maven is missing, root installs them and others are told how. Where none of this can be had and Docker runs, the
containers of deploy/compose.yaml: they start empty each time.
",
    run,
};

fn run(arguments: &[String]) -> Result<(), Failure> {
    let wish = Wish::read(arguments)?;
    let (ready, failure) = ensure(&wish)?;
    for ready in ready {
        println!("export {}={}", ready.engine.variable(), ready.url);
    }
    failure
}

/// What shall be up.
pub(super) struct Wish {
    engines: Vec<Engine>,
    /// Of Kafka; as many as last time if it is not said.
    brokers: Option<usize>,
}

impl Wish {
    pub(super) fn of(engines: &[Engine]) -> Self {
        Self {
            engines: engines.to_vec(),
            brokers: None,
        }
    }

    fn read(arguments: &[String]) -> Result<Self, Failure> {
        let mut names = arguments.to_vec();
        let mut brokers = None;
        if let Some(at) = names.iter().position(|argument| argument == "--brokers") {
            brokers = match names.get(at + 1).map(String::as_str) {
                Some("1") => Some(1),
                Some("3") => Some(3),
                _ => return Err(Failure::Usage("`--brokers` takes 1 or 3".to_owned())),
            };
            names.drain(at..=at + 1);
        }
        let engines = engine::named(&names)?;
        Ok(Self { engines, brokers })
    }
}

/// An engine that answers.
pub(super) struct Ready {
    pub(super) engine: Engine,
    pub(super) url: String,
    /// By this command, and not before it.
    pub(super) was_started: bool,
}

/// Sees to it that these engines answer, and says on stderr what it does. Answers those that do, and why others do not.
pub(super) fn ensure(wish: &Wish) -> Result<(Vec<Ready>, Result<(), Failure>), Failure> {
    let (home, _lock) = Home::entered()?;
    let outcomes: Vec<Result<Ready, Failure>> = thread::scope(|scope| {
        let starts: Vec<_> = wish
            .engines
            .iter()
            .map(|engine| scope.spawn(|| ensure_one(*engine, wish.brokers, &home)))
            .collect();
        let joined = starts.into_iter().map(|start| {
            let died = |_| Err(Failure::Found("a start ended in a panic".to_owned()));
            start.join().unwrap_or_else(died)
        });
        joined.collect()
    });
    Ok(parted(outcomes))
}

fn ensure_one(engine: Engine, brokers: Option<usize>, home: &Home) -> Result<Ready, Failure> {
    let watch = Stopwatch::start();
    let folder = home.of(engine.name());
    let known = Record::read(&folder);
    if let Some(url) = given(engine, known.as_ref()) {
        eprintln!("{:<13} {url}, given by {}", engine.name(), engine.variable());
        return Ok(Ready {
            engine,
            url,
            was_started: false,
        });
    }
    let running = known.filter(|record| record.is_running(&folder));
    let was_started = running.is_none();
    let record = match running {
        Some(record) => start::when_it_answers(engine, &folder, with_brokers(engine, brokers, record)?)?,
        None => start::start(engine, brokers, home)?,
    };
    let how = if was_started {
        format!("up after {:.1} s", watch.elapsed().as_secs_f64())
    } else {
        "is up".to_owned()
    };
    let (url, version, had) = (record.url, record.version, record.had);
    eprintln!("{:<13} {how}: {url}, version {version}, {had}", engine.name());
    Ok(Ready {
        engine,
        url,
        was_started,
    })
}

/// The address of somebody else's engine. A shell that was told the address of ours still knows it when ours is down.
pub(super) fn given(engine: Engine, known: Option<&Record>) -> Option<String> {
    let url = env::var(engine.variable()).ok().filter(|url| !url.is_empty())?;
    let is_ours = known.is_some_and(|record| record.url == url);
    (!is_ours).then_some(url)
}

fn with_brokers(engine: Engine, brokers: Option<usize>, record: Record) -> Result<Record, Failure> {
    let has = record.ports.len() / 2;
    if engine == Engine::Kafka && brokers.is_some_and(|brokers| brokers != has) {
        return Err(Failure::Found(format!(
            "kafka is up with brokers: {has}; first: cargo xtask down kafka"
        )));
    }
    Ok(record)
}

/// Every success, and every failure in one.
fn parted<T>(outcomes: Vec<Result<T, Failure>>) -> (Vec<T>, Result<(), Failure>) {
    let (mut successes, mut failures) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(success) => successes.push(success),
            Err(failure) => failures.push(failure.to_string()),
        }
    }
    if failures.is_empty() {
        return (successes, Ok(()));
    }
    (successes, Err(Failure::Found(failures.join("\n"))))
}
