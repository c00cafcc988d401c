//! One engine, from nothing to answering.

use std::fs;
use std::iter::zip;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::daemon::{self, Daemon};
use super::engine::Engine;
use super::home::{self, Home};
use super::record::Record;
use super::{compose, errand, kafka, mariadb, mysql, ports, redis, wire};
use crate::failure::Failure;

/// An engine whose program and data are there.
pub(super) struct Prepared {
    /// How its program was had.
    pub(super) had: String,
    pub(super) daemons: Vec<Daemon>,
}

/// Starts an engine that does not run, and waits until it answers.
pub(super) fn start(engine: Engine, brokers: Option<usize>, home: &Home) -> Result<Record, Failure> {
    let folder = home.of(engine.name());
    home::make(&folder)?;
    let before = Record::read(&folder);
    if let Some(before) = &before {
        // Some of several: an engine runs whole or not at all.
        daemon::stop(&before.processes, &folder)?;
    }
    let had = before.map(|before| before.ports).unwrap_or_default();
    let brokers = brokers.unwrap_or((had.len() / 2).max(1));
    let ports = ports::free(engine, &had, &engine.preferred_ports(brokers))?;
    if !engine.can_go_on(&had, &ports) {
        home::remove(&folder.join("data"))?;
    }
    let prepared = prepare(engine, home, &ports)?;
    let record = run(engine, &folder, prepared, ports)?;
    let processes = record.processes.clone();
    let answered = when_it_answers(engine, &folder, record);
    if answered.is_err() {
        daemon::stop(&processes, &folder)?;
    }
    answered
}

/// From a program of the machine or a fetched one; where neither can be had and Docker runs, as a container.
fn prepare(engine: Engine, home: &Home, ports: &[u16]) -> Result<Prepared, Failure> {
    let prepared = match engine {
        Engine::Mysql => mysql::prepare(home, ports),
        Engine::Mariadb => mariadb::prepare(home, ports),
        Engine::Redis => redis::prepare_one(home, ports),
        Engine::RedisCluster => redis::prepare_cluster(home, ports),
        Engine::Kafka => kafka::prepare(home, ports),
    };
    match prepared {
        Err(failure) if compose::is_there() => {
            eprintln!("{failure}");
            compose::prepare(engine, home, ports)
        }
        prepared => prepared,
    }
}

fn run(engine: Engine, folder: &Path, prepared: Prepared, ports: Vec<u16>) -> Result<Record, Failure> {
    let mut record = Record {
        url: engine.url(&ports),
        version: "unknown".to_owned(),
        had: prepared.had,
        ports,
        processes: Vec::new(),
    };
    let logs = logs(folder, prepared.daemons.len());
    for (daemon, log) in zip(prepared.daemons, logs) {
        record.processes.push(daemon.start(&log)?);
        // At once: whatever happens to this command, `down` shall find it.
        record.write(folder)?;
    }
    Ok(record)
}

/// A cold machine takes ten times what a warm one does; one that takes longer than this has stopped.
const ANSWERS_WITHIN: Duration = Duration::from_mins(1);

/// Waits until an engine that runs answers, and completes its record. It may have been started by a command that was
/// interrupted before it got here.
pub(super) fn when_it_answers(engine: Engine, folder: &Path, record: Record) -> Result<Record, Failure> {
    let answered = daemon::until(ANSWERS_WITHIN, || {
        let answer = version(engine, &record.ports);
        // One that has died will not answer; somebody else might, on its port.
        let has_died = !record.is_running(folder);
        (has_died || answer.is_some()).then_some(answer.filter(|_| !has_died))
    });
    let Some(version) = answered.flatten() else {
        return Err(does_not_answer(engine, folder, &record));
    };
    let record = Record { version, ..record };
    record.write(folder)?;
    Ok(record)
}

/// The version, once the engine can be used.
fn version(engine: Engine, ports: &[u16]) -> Option<String> {
    match engine {
        Engine::Mysql | Engine::Mariadb => wire::mysql_version(ports[0]),
        Engine::Redis => wire::redis_version(ports[0]),
        Engine::RedisCluster => redis::cluster_version(ports),
        Engine::Kafka => kafka::version(ports),
    }
}

/// Shows the log of the one that died, or of the first.
fn does_not_answer(engine: Engine, folder: &Path, record: &Record) -> Failure {
    let logs = logs(folder, record.processes.len());
    let mut dead =
        zip(&record.processes, &logs).filter(|(process, _)| !daemon::is_running(**process, folder));
    let log = dead.next().map_or(&logs[0], |(_, log)| log);
    let said = fs::read_to_string(log).unwrap_or_default();
    Failure::Found(format!(
        "{name} does not answer; the end of `{}`:\n  {}\n  if it complains of its data: cargo xtask reset {name}",
        log.display(),
        errand::end_of(&said),
        name = engine.name()
    ))
}

/// `log`, or `log-1` to `log-3` for the processes of one engine.
fn logs(folder: &Path, processes: usize) -> Vec<PathBuf> {
    if processes == 1 {
        return vec![folder.join("log")];
    }
    (1..=processes)
        .map(|number| folder.join(format!("log-{number}")))
        .collect()
}

/// The databases refuse to run as root unless they are told to.
pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
