//! Where an engine's program comes from: this machine if it has it, else packages that are unpacked, never installed.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::engine::Engine;
use super::home::Home;
use super::packages::{self, Packages};
use crate::failure::Failure;

/// A program that runs.
pub(super) struct Program {
    path: PathBuf,
    /// Where its packages were unpacked. A program of the machine finds its own files.
    unpacked: Option<PathBuf>,
    /// How it was had, in words.
    pub(super) had: String,
}

/// A program as it is looked for.
pub(super) struct Wanted {
    pub(super) program: &'static str,
    /// What another program of that name says of its version: MariaDB, too, has a `mysqld`.
    pub(super) is_not: Option<&'static str>,
    pub(super) packages: Packages,
}

impl Program {
    /// Finds it on the machine, else fetches it.
    pub(super) fn obtain(engine: Engine, wanted: &Wanted, home: &Home) -> Result<Self, Failure> {
        if let Some(path) = on_this_machine(wanted.program)
            && wanted.is_not.is_none_or(|other| !version(&path).contains(other))
        {
            let had = format!("{} of this machine", path.display());
            return Ok(Self {
                path,
                unpacked: None,
                had,
            });
        }
        let packages = &wanted.packages;
        let root = packages::unpacked(engine, packages, home).map_err(|failure| {
            Failure::Found(format!(
                "{name}: no `{program}` on this machine, and its package cannot be had: {failure}\n  install {name}, or put \
                 the address of one into {variable}",
                name = engine.name(),
                program = wanted.program,
                variable = engine.variable()
            ))
        })?;
        Ok(Self {
            path: root.join(packages.program),
            unpacked: Some(root),
            had: format!("unpacked from package {}", packages.package),
        })
    }

    /// Ready for its arguments.
    pub(super) fn command(&self) -> Command {
        match &self.unpacked {
            None => Command::new(&self.path),
            Some(root) => packages::command(root, &self.path),
        }
    }

    /// The folder in which packages put their `share`, if it is not the machine's.
    pub(super) fn unpacked_prefix(&self) -> Option<PathBuf> {
        self.unpacked.as_ref().map(|root| root.join("usr"))
    }
}

/// A program on `PATH`, or where administrators' programs are.
pub(super) fn on_this_machine(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let further = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let mut candidates = env::split_paths(&path)
        .chain(further)
        .map(|folder| folder.join(program));
    candidates.find(|candidate| candidate.is_file())
}

fn version(program: &Path) -> String {
    let output = Command::new(program).arg("--version").output();
    output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}
