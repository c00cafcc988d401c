//! Engines as containers, from `deploy/compose.yaml`: what is left where a machine has neither a program nor packages.
//! The process that is started and ended is `docker compose up`, which shows what the engine says and takes its
//! container down when it is ended. So all else is as with a program, but that an engine starts empty each time.

use std::process::Command;

use super::daemon::Daemon;
use super::engine::Engine;
use super::errand;
use super::home::Home;
use super::program::on_this_machine;
use super::start::Prepared;
use crate::failure::Failure;

/// Whether Docker and its compose command answer.
pub(super) fn is_there() -> bool {
    let answers = |arguments: &[&str]| errand::run(Command::new("docker").args(arguments)).is_ok();
    on_this_machine("docker").is_some() && answers(&["compose", "version"]) && answers(&["info"])
}

pub(super) fn prepare(engine: Engine, home: &Home, ports: &[u16]) -> Result<Prepared, Failure> {
    if engine == Engine::Kafka && ports.len() > 2 {
        return Err(Failure::Found(
            "kafka: deploy/compose.yaml has one broker: install Java and Maven for three".to_owned(),
        ));
    }
    let container = format!("tests-{}", engine.name());
    eprintln!("{}: fetching the image of {container}", engine.name());
    errand::run(compose(engine, home, ports).args(["pull", "--quiet", &container]))?;
    let mut command = compose(engine, home, ports);
    command.args(["up", "--no-color", "--no-log-prefix"]).args([
        "--force-recreate",
        "--renew-anon-volumes",
        &container,
    ]);
    let works_in = home.of(engine.name());
    Ok(Prepared {
        had: format!("container {container} of deploy/compose.yaml"),
        daemons: vec![Daemon { command, works_in }],
    })
}

/// A project of its own for each engine of each checkout: its port is nobody else's.
fn compose(engine: Engine, home: &Home, ports: &[u16]) -> Command {
    let mut command = Command::new("docker");
    command
        .args(["compose", "--project-name"])
        .arg(format!("ticketon-{}-{}", engine.name(), ports[0]))
        .arg("--file")
        .arg(home.checkout().join("deploy/compose.yaml"));
    for (number, port) in (1..).zip(ports) {
        command.env(format!("TICKETON_PORT_{number}"), port.to_string());
    }
    command
}
