//! How MariaDB is had and started: root without a password.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::daemon::Daemon;
use super::engine::Engine;
use super::errand;
use super::home::{self, Home, cannot};
use super::mysql;
use super::packages::{Packages, Suite};
use super::program::{Program, Wanted};
use super::start::Prepared;
use crate::failure::Failure;

const WANTED: Wanted = Wanted {
    program: "mariadbd",
    is_not: None,
    packages: Packages {
        package: "mariadb-server-core",
        program: "usr/sbin/mariadbd",
        suite: Suite::OfThisMachine,
    },
};

pub(super) fn prepare(home: &Home, ports: &[u16]) -> Result<Prepared, Failure> {
    let program = Program::obtain(Engine::Mariadb, &WANTED, home)?;
    let folder = home.of(Engine::Mariadb.name());
    let data = folder.join("data");
    home::fill(&data, |data| initialise(&program, data))?;
    let mut command = mysql::server(&program, &data);
    command
        .arg(format!("--port={}", ports[0]))
        .args(["--bind-address=127.0.0.1", "--character-set-server=utf8mb4"])
        .args(["--socket=mariadb.sock", "--pid-file=mariadb.pid"])
        .args(["--innodb-buffer-pool-size=64M", "--max-connections=400"]);
    Ok(Prepared {
        had: program.had,
        daemons: vec![Daemon {
            command,
            works_in: data,
        }],
    })
}

/// What `mariadb-install-db` does. That script starts programs by their paths, and so cannot start unpacked ones.
fn initialise(program: &Program, data: &Path) -> Result<(), Failure> {
    let script = data.with_extension("sql");
    write_script(&script, &share(program)?).map_err(|error| cannot("write", &script, &error))?;
    let script_to_read = File::open(&script).map_err(|error| cannot("read", &script, &error))?;
    errand::run(
        mysql::server(program, data)
            .args(["--bootstrap", "--log-warnings=0", "--enforce-storage-engine="])
            .args(["--max-allowed-packet=8M", "--net-buffer-length=16K"])
            .stdin(script_to_read),
    )?;
    fs::remove_file(&script).map_err(|error| cannot("remove", &script, &error))
}

/// One statement a line, as `--bootstrap` reads them.
fn write_script(script: &Path, share: &Path) -> std::io::Result<()> {
    let mut script = File::create(script)?;
    writeln!(script, "CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;")?;
    writeln!(
        script,
        "SET @auth_root_socket = NULL;\nSET @skip_auth_anonymous = 1;"
    )?;
    for (name, name_from_11) in SCRIPTS {
        let is_older = share.join(name).is_file();
        let part = share.join(if is_older { name } else { name_from_11 });
        std::io::copy(&mut File::open(part)?, &mut script)?;
    }
    Ok(())
}

const SCRIPTS: [(&str, &str); 6] = [
    ("mysql_system_tables.sql", "mariadb_system_tables.sql"),
    ("mysql_performance_tables.sql", "mariadb_performance_tables.sql"),
    ("mysql_system_tables_data.sql", "mariadb_system_tables_data.sql"),
    ("fill_help_tables.sql", "fill_help_tables.sql"),
    ("maria_add_gis_sp_bootstrap.sql", "maria_add_gis_sp_bootstrap.sql"),
    ("mysql_sys_schema.sql", "mariadb_sys_schema.sql"),
];

/// Where the scripts are that make the system's tables.
fn share(program: &Program) -> Result<PathBuf, Failure> {
    let prefix = program.unpacked_prefix().unwrap_or_else(|| "/usr".into());
    let candidates = ["share/mysql", "share/mariadb"].map(|below| prefix.join(below));
    let found = candidates
        .into_iter()
        .find(|share| share.join("fill_help_tables.sql").is_file());
    found.ok_or_else(|| {
        Failure::Found(format!(
            "mariadb: `{}` has no share/mysql with the scripts that make the system's tables: install the server whole",
            prefix.display()
        ))
    })
}
