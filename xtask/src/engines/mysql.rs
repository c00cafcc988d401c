//! How MySQL is had and started: small, on the disk at each commit as it is by default, root without a password.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::daemon::Daemon;
use super::engine::Engine;
use super::errand;
use super::home::{self, Home};
use super::packages::{Packages, Suite};
use super::program::{Program, Wanted};
use super::start::{Prepared, is_root};
use crate::failure::Failure;

const WANTED: Wanted = Wanted {
    program: "mysqld",
    is_not: Some("MariaDB"),
    packages: Packages {
        package: "mysql-server-core",
        program: "usr/sbin/mysqld",
        suite: Suite::Unstable,
    },
};

/// 290 MiB of memory instead of 540, and a third less on the disk. The binary log is for replicas.
const SMALL: [&str; 6] = [
    "--performance-schema=OFF",
    "--innodb-buffer-pool-size=64M",
    "--innodb-redo-log-capacity=32M",
    "--skip-log-bin",
    "--mysqlx=OFF",
    "--max-connections=400",
];

pub(super) fn prepare(home: &Home, ports: &[u16]) -> Result<Prepared, Failure> {
    let program = Program::obtain(Engine::Mysql, &WANTED, home)?;
    let folder = home.of(Engine::Mysql.name());
    let data = data(&program, &folder)?;
    // One that was killed leaves it, and whoever has its process number now is taken for the one that holds it.
    home::remove_file(&data.join("mysql.sock.lock"))?;
    let mut command = small_server(&program, &data);
    command
        .arg(format!("--port={}", ports[0]))
        // Names are found in the data folder: the path of a socket may have 107 characters.
        .args([
            "--bind-address=127.0.0.1",
            "--socket=mysql.sock",
            "--pid-file=mysql.pid",
        ]);
    Ok(Prepared {
        had: program.had,
        daemons: vec![Daemon {
            command,
            works_in: data,
        }],
    })
}

/// To initialise takes 3 to 5 s, to copy what was initialised once a half.
fn data(program: &Program, folder: &Path) -> Result<PathBuf, Failure> {
    let template = folder.join("template");
    home::fill(&template, |template| {
        errand::run(small_server(program, template).arg("--initialize-insecure"))
    })?;
    let data = folder.join("data");
    home::fill(&data, |data| {
        errand::run(Command::new("cp").arg("-a").arg(template.join(".")).arg(data))
    })?;
    Ok(data)
}

fn small_server(program: &Program, data: &Path) -> Command {
    let mut command = server(program, data);
    command.arg("--secure-file-priv=").args(SMALL);
    command
}

/// A server on a data folder, told where the files are that came with it. MariaDB is told the same.
pub(super) fn server(program: &Program, data: &Path) -> Command {
    let mut command = program.command();
    command
        .arg("--no-defaults")
        .arg(format!("--datadir={}", data.display()));
    if let Some(prefix) = program.unpacked_prefix() {
        let share = prefix.join("share/mysql");
        command
            .arg(format!("--basedir={}", prefix.display()))
            .arg(format!("--lc-messages-dir={}", share.display()))
            .arg(format!(
                "--character-sets-dir={}",
                share.join("charsets").display()
            ));
    }
    if is_root() {
        command.arg("--user=root");
    }
    command
}
