//! How Redis is had and started, alone or as a cluster of three masters: a log of what was written, synced every second,
//! and no snapshots.

use std::path::PathBuf;

use super::daemon::Daemon;
use super::engine::Engine;
use super::home::{self, Home};
use super::packages::{Packages, Suite};
use super::program::{Program, Wanted};
use super::start::Prepared;
use super::wire;
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

/// What makes a Redis a node of a cluster. A dead one is missed after 2 s, not 15.
const NODE: [&str; 6] = [
    "--cluster-enabled",
    "yes",
    "--cluster-config-file",
    "nodes.conf",
    "--cluster-node-timeout",
    "2000",
];

pub(super) fn prepare_one(home: &Home, ports: &[u16]) -> Result<Prepared, Failure> {
    let program = Program::obtain(Engine::Redis, &WANTED, home)?;
    let folder = home.of(Engine::Redis.name());
    let daemon = daemon(&program, ports[0], folder.join("data"))?;
    Ok(Prepared {
        had: program.had,
        daemons: vec![daemon],
    })
}

pub(super) fn prepare_cluster(home: &Home, ports: &[u16]) -> Result<Prepared, Failure> {
    let program = Program::obtain(Engine::RedisCluster, &WANTED, home)?;
    let folder = home.of(Engine::RedisCluster.name());
    let mut daemons = Vec::new();
    for port in ports {
        let data = folder.join("data").join(port.to_string());
        let mut daemon = daemon(&program, *port, data)?;
        daemon.command.args(NODE);
        daemons.push(daemon);
    }
    Ok(Prepared {
        had: program.had,
        daemons,
    })
}

fn daemon(program: &Program, port: u16, data: PathBuf) -> Result<Daemon, Failure> {
    home::make(&data)?;
    let mut command = program.command();
    command
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .arg("--dir")
        .arg(&data)
        .args(["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"]);
    Ok(Daemon {
        command,
        works_in: data,
    })
}

/// The version of a cluster, once each node says that all slots are served. New nodes are made a cluster on the way.
pub(super) fn cluster_version(ports: &[u16]) -> Option<String> {
    let mut version = None;
    for port in ports {
        version = Some(wire::redis_version(*port)?);
    }
    let mut states = Vec::new();
    for port in ports {
        states.push(wire::redis(*port, "CLUSTER INFO")?);
    }
    if states
        .iter()
        .all(|state| state.contains("cluster_slots_assigned:0"))
    {
        make_a_cluster(ports)?;
        return None;
    }
    let is_whole = states.iter().all(|state| state.contains("cluster_state:ok"));
    version.filter(|_| is_whole)
}

/// Shares the slots out, and lets each node meet the first; the rest they tell each other.
fn make_a_cluster(ports: &[u16]) -> Option<()> {
    for (epoch, (port, (first, last))) in (1..).zip(ports.iter().zip(shares(ports.len()))) {
        wire::redis(*port, &format!("CLUSTER ADDSLOTSRANGE {first} {last}"))?;
        // Each its own, or they would first quarrel about it.
        wire::redis(*port, &format!("CLUSTER SET-CONFIG-EPOCH {epoch}"))?;
    }
    for port in &ports[1..] {
        wire::redis(*port, &format!("CLUSTER MEET 127.0.0.1 {}", ports[0]))?;
    }
    Some(())
}

const SLOTS: usize = 16_384;

/// The first and the last slot of each of so many nodes.
fn shares(nodes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..nodes).map(move |node| (node * SLOTS / nodes, (node + 1) * SLOTS / nodes - 1))
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn every_slot_has_one_node() {
        let shares: Vec<_> = shares(3).collect();
        assert_eq!(shares, [(0, 5_460), (5_461, 10_921), (10_922, 16_383)]);
    }
}
