//! How Apache Kafka is had and started: its jars through Maven, then `java` without any of its scripts. One broker that
//! is its own controller, or three.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::daemon::Daemon;
use super::engine::Engine;
use super::errand;
use super::home::{self, Home, cannot};
use super::program::on_this_machine;
use super::start::{Prepared, is_root};
use super::wire;
use crate::failure::Failure;

const VERSION: &str = "4.4.0";
const POM: &str = include_str!("kafka/pom.xml");
const COMMON: &str = include_str!("kafka/server.properties");

/// Any 16 bytes in base64, the same at each broker.
const CLUSTER: &str = "AAAAAAAAQACAAAAAAAAAAQ";

/// 165 MiB of memory instead of 320, and errors in the log.
const SMALL: [&str; 5] = [
    "-Xmx128m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

pub(super) fn prepare(home: &Home, ports: &[u16]) -> Result<Prepared, Failure> {
    let java = tool("java")?;
    let jars = jars(home)?;
    let folder = home.of(Engine::Kafka.name());
    let mut daemons = Vec::new();
    for number in 1..=ports.len() / 2 {
        let works_in = folder.join("data").join(number.to_string());
        let properties = properties(number, ports);
        home::fill(&works_in, |data| {
            write(data, &properties)?;
            let format = [
                "kafka.tools.StorageTool",
                "format",
                "--ignore-formatted",
                "-t",
                CLUSTER,
                "-c",
            ];
            errand::run(
                java_with(&java, &jars)
                    .args(format)
                    .arg("server.properties")
                    .current_dir(data),
            )
        })?;
        // Again, because its ports may be others than last time.
        write(&works_in, &properties)?;
        let mut command = java_with(&java, &jars);
        command.args(["kafka.Kafka", "server.properties"]);
        daemons.push(Daemon { command, works_in });
    }
    Ok(Prepared {
        had: format!("jars through Maven, {}", java.display()),
        daemons,
    })
}

/// The version, once each broker serves groups.
pub(super) fn version(ports: &[u16]) -> Option<String> {
    for (broker, _) in listeners(ports) {
        wire::kafka_serves_groups(broker)?;
    }
    Some(VERSION.to_owned())
}

/// The address of each broker, and that of its controller.
pub(super) fn listeners(ports: &[u16]) -> impl Iterator<Item = (u16, u16)> {
    ports.chunks_exact(2).map(|pair| (pair[0], pair[1]))
}

/// What one broker is told, beside what they have in common.
fn properties(number: usize, ports: &[u16]) -> String {
    let brokers = ports.len() / 2;
    let voters: Vec<String> = (1..)
        .zip(listeners(ports))
        .map(|(number, (_, controller))| format!("{number}@127.0.0.1:{controller}"))
        .collect();
    let (broker, controller) = (ports[2 * number - 2], ports[2 * number - 1]);
    // Two of three: one may die and nothing acknowledged is lost.
    let in_sync = if brokers > 1 { 2 } else { 1 };
    format!(
        "{COMMON}
node.id={number}
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker}
default.replication.factor={brokers}
min.insync.replicas={in_sync}
offsets.topic.replication.factor={brokers}
transaction.state.log.replication.factor={brokers}
transaction.state.log.min.isr={in_sync}
share.coordinator.state.topic.replication.factor={brokers}
share.coordinator.state.topic.min.isr={in_sync}
",
        voters = voters.join(",")
    )
}

fn write(folder: &Path, properties: &str) -> Result<(), Failure> {
    let path = folder.join("server.properties");
    fs::write(&path, properties).map_err(|error| cannot("write", &path, &error))
}

fn java_with(java: &Path, jars: &Path) -> Command {
    let mut command = Command::new(java);
    // The star is for Java: it takes every jar.
    command.args(SMALL).arg("-cp").arg(jars.join("*"));
    command
}

/// The folder of the jars, fetched now or earlier. Maven's repository for it lies below `target/services`, too, and goes.
fn jars(home: &Home) -> Result<PathBuf, Failure> {
    let jars = home.downloads().join(format!("kafka-{VERSION}"));
    home::fill(&jars, |jars| {
        let maven = tool("mvn")?;
        eprintln!("kafka: fetching the jars of {VERSION}");
        let work = home.downloads().join("maven");
        home::make(&work)?;
        fs::write(work.join("pom.xml"), POM).map_err(|error| cannot("write", &work, &error))?;
        errand::run(
            Command::new(maven)
                .args(["-B", "-q", "-ntp"])
                .arg("org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies")
                .arg(format!("-Dkafka.version={VERSION}"))
                .arg("-DincludeScope=runtime")
                .arg(format!("-DoutputDirectory={}", jars.display()))
                .arg(format!(
                    "-Dmaven.repo.local={}",
                    work.join("repository").display()
                ))
                .current_dir(&work),
        )?;
        home::remove(&work)
    })?;
    Ok(jars)
}

/// Java and Maven are no services, so where they are missing they are installed as they are meant to be.
fn tool(program: &str) -> Result<PathBuf, Failure> {
    if let Some(path) = on_this_machine(program) {
        return Ok(path);
    }
    let install = [
        "install",
        "-y",
        "--no-install-recommends",
        "default-jre-headless",
        "maven",
    ];
    if is_root() && on_this_machine("apt-get").is_some() {
        eprintln!("kafka: installing Java and Maven");
        errand::run(Command::new("apt-get").arg("update"))?;
        errand::run(
            Command::new("apt-get")
                .args(install)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
    }
    on_this_machine(program).ok_or_else(|| {
        Failure::Found(format!(
            "kafka: no `{program}` on this machine: sudo apt-get {}, or put the address of a broker into {}",
            install.join(" "),
            Engine::Kafka.variable()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::properties;

    fn line(properties: &str, key: &str) -> String {
        let value = properties
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        value.unwrap_or("nothing").to_owned()
    }

    #[test]
    fn one_broker_votes_for_itself_and_keeps_one_copy() {
        let properties = properties(1, &[29_092, 29_093]);
        assert_eq!(line(&properties, "controller.quorum.voters"), "1@127.0.0.1:29093");
        assert_eq!(line(&properties, "default.replication.factor"), "1");
        assert_eq!(line(&properties, "min.insync.replicas"), "1");
    }

    #[test]
    fn three_brokers_know_each_other_and_two_copies_count() {
        let properties = properties(2, &[1, 2, 3, 4, 5, 6]);
        assert_eq!(line(&properties, "node.id"), "2");
        assert_eq!(
            line(&properties, "listeners"),
            "PLAINTEXT://127.0.0.1:3,CONTROLLER://127.0.0.1:4"
        );
        assert_eq!(
            line(&properties, "controller.quorum.voters"),
            "1@127.0.0.1:2,2@127.0.0.1:4,3@127.0.0.1:6"
        );
        assert_eq!(line(&properties, "offsets.topic.replication.factor"), "3");
        assert_eq!(line(&properties, "min.insync.replicas"), "2");
    }
}
