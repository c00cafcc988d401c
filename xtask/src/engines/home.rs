//! Where engines live: `target/services` of the checkout, whatever `CARGO_TARGET_DIR` says, so that two shells of one
//! checkout see the same engines and two checkouts never do.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::cargo;
use crate::failure::Failure;

/// `target/services` of a checkout.
pub(super) struct Home {
    checkout: PathBuf,
    services: PathBuf,
}

impl Home {
    /// The home of this checkout, held by one command at a time for as long as the `File` lives.
    pub(super) fn entered() -> Result<(Self, File), Failure> {
        let home = Self::found()?;
        let path = home.services.join("lock");
        let lock = File::create(&path).map_err(|error| cannot("open", &path, &error))?;
        if lock.try_lock().is_err() {
            eprintln!("another command is at work on the engines; waiting for it");
            lock.lock().map_err(|error| cannot("lock", &path, &error))?;
        }
        Ok((home, lock))
    }

    /// The home of this checkout, to look at.
    pub(super) fn found() -> Result<Self, Failure> {
        let metadata = cargo::metadata()?;
        let checkout = Path::new(metadata["workspace_root"].as_str().unwrap_or("."));
        // Processes are recognized by their folder as the system names it.
        let checkout = checkout
            .canonicalize()
            .map_err(|error| cannot("find", checkout, &error))?;
        let services = checkout.join("target/services");
        make(&services)?;
        Ok(Self { checkout, services })
    }

    /// Where the sources are.
    pub(super) fn checkout(&self) -> &Path {
        &self.checkout
    }

    /// The folder of one engine.
    pub(super) fn of(&self, name: &str) -> PathBuf {
        self.services.join(name)
    }

    /// What was fetched, and outlives a reset.
    pub(super) fn downloads(&self) -> PathBuf {
        self.services.join("downloads")
    }
}

/// Makes a folder with all above it.
pub(super) fn make(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| cannot("make", folder, &error))
}

/// Removes a folder with all in it, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(cannot("remove", folder, &error)),
        _ => Ok(()),
    }
}

/// Removes a file, if it is there.
pub(super) fn remove_file(file: &Path) -> Result<(), Failure> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(cannot("remove", file, &error)),
        _ => Ok(()),
    }
}

/// A folder that is either whole or not there: filled beside its place, then moved.
pub(super) fn fill(folder: &Path, with: impl FnOnce(&Path) -> Result<(), Failure>) -> Result<(), Failure> {
    if folder.is_dir() {
        return Ok(());
    }
    let beside = folder.with_extension("partial");
    remove(&beside)?;
    make(&beside)?;
    with(&beside)?;
    fs::rename(&beside, folder).map_err(|error| cannot("make", folder, &error))
}

pub(super) fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Found(format!("cannot {what} `{}`: {error}", path.display()))
}
