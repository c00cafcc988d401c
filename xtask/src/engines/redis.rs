//! How Redis is had and started: a log of what was written, synced every second, and no snapshots.

use super::daemon::Daemon;
use super::engine::Engine;
use super::home::{self, Home};
use super::packages::{Packages, Suite};
use super::program::{Program, Wanted};
use super::start::Prepared;
use crate::failure::Failure;

const WANTED: Wanted = Wanted {
    program: "redis-server",
    is_not: None,
    packages: Packages {
        package: "redis-server",
        program: "usr/bin/redis-server",
        suite: Suite::OfThisMachine,
    },
};

pub(super) fn prepare(home: &Home, ports: &[u16]) -> Result<Prepared, Failure> {
    let program = Program::obtain(Engine::Redis, &WANTED, home)?;
    let folder = home.of(Engine::Redis.name());
    let data = folder.join("data");
    home::make(&data)?;
    let mut command = program.command();
    command
        .args(["--port", &ports[0].to_string(), "--bind", "127.0.0.1"])
        .arg("--dir")
        .arg(&data)
        .args(["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"]);
    Ok(Prepared {
        had: program.had,
        daemons: vec![Daemon {
            command,
            works_in: data,
            log: folder.join("log"),
        }],
    })
}
