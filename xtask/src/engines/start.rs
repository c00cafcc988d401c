//! One engine, from nothing to answering.

use std::fs;
use std::iter::zip;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use super::daemon::{self, Daemon};
use super::engine::Engine;
use super::home::{self, Home};
use super::record::Record;
use super::{errand, kafka, mariadb, mysql, ports, redis, wire};
use crate::failure::Failure;

/// An engine whose program and data are there.
pub(super) struct Prepared {
    /// How its program was had.
    pub(super) had: String,
    pub(super) daemons: Vec<Daemon>,
}

/// A cold machine takes ten times what a warm one does; one that takes longer than this has stopped.
const ANSWERS_WITHIN: Duration = Duration::from_mins(1);

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
    let prepared = match engine {
        Engine::Mysql => mysql::prepare(home, &ports),
        Engine::Mariadb => mariadb::prepare(home, &ports),
        Engine::Redis => redis::prepare_one(home, &ports),
        Engine::RedisCluster => redis::prepare_cluster(home, &ports),
        Engine::Kafka => kafka::prepare(home, &ports),
    }?;
    run(engine, &folder, prepared, ports)
}

fn run(engine: Engine, folder: &Path, prepared: Prepared, ports: Vec<u16>) -> Result<Record, Failure> {
    let mut record = Record {
        url: engine.url(&ports),
        version: "unknown".to_owned(),
        had: prepared.had,
        ports,
        processes: Vec::new(),
    };
    let mut logs = Vec::new();
    for daemon in prepared.daemons {
        logs.push(daemon.log.clone());
        record.processes.push(daemon.start()?);
        // At once: whatever happens to this command, `down` shall find it.
        record.write(folder)?;
    }
    let answered = daemon::until(ANSWERS_WITHIN, || {
        let answer = version(engine, &record.ports);
        // One that has died will not answer; somebody else might, on its port.
        let has_died = !record.is_running(folder);
        (has_died || answer.is_some()).then_some(answer.filter(|_| !has_died))
    });
    let Some(version) = answered.flatten() else {
        let mut dead =
            zip(&record.processes, &logs).filter(|(process, _)| !daemon::is_running(**process, folder));
        let log = dead.next().map_or(&logs[0], |(_, log)| log);
        let failure = does_not_start(engine, log);
        daemon::stop(&record.processes, folder)?;
        return Err(failure);
    };
    record.version = version;
    record.write(folder)?;
    Ok(record)
}

/// The version, once the engine can be used.
fn version(engine: Engine, ports: &[u16]) -> Option<String> {
    match engine {
        Engine::Mysql | Engine::Mariadb => wire::mysql_version(ports[0]),
        Engine::Redis => wire::redis_version(ports[0]),
        Engine::RedisCluster => redis::cluster_version(ports),
        Engine::Kafka => {
            for (broker, _) in kafka::listeners(ports) {
                wire::kafka_serves_groups(broker)?;
            }
            Some(kafka::VERSION.to_owned())
        }
    }
}

fn does_not_start(engine: Engine, log: &Path) -> Failure {
    let said = fs::read_to_string(log).unwrap_or_default();
    Failure::Found(format!(
        "{name} does not start; the end of `{}`:\n  {}\nif it complains of its data: cargo xtask reset {name}",
        log.display(),
        errand::end_of(&said),
        name = engine.name()
    ))
}

/// The databases refuse to run as root unless they are told to.
pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
