//! Programs from Debian packages that are fetched and unpacked into a folder, not installed: it takes no root, changes
//! nothing of the machine, and starts no service. An apt of its own (lists, cache and an empty status) resolves the
//! package with everything it needs down to the C library, and the program runs through the loader among them. So a
//! program of a newer suite runs on an older machine.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::engine::Engine;
use super::errand;
use super::home::{self, Home, cannot};
use super::program::on_this_machine;
use crate::failure::Failure;

/// A package and the program in it.
pub(super) struct Packages {
    pub(super) package: &'static str,
    /// From the root of what was unpacked.
    pub(super) program: &'static str,
    pub(super) suite: Suite,
}

/// Which packages.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Suite {
    /// Those that this machine installs from.
    OfThisMachine,
    /// Debian's unstable ones.
    Unstable,
}

/// The folder into which a package was unpacked, now or earlier.
pub(super) fn unpacked(engine: Engine, packages: &Packages, home: &Home) -> Result<PathBuf, Failure> {
    let root = home.downloads().join(packages.package);
    home::make(&home.downloads())?;
    // Redis and its cluster want the same at the same moment.
    let path = root.with_extension("lock");
    let lock = File::create(&path).map_err(|error| cannot("open", &path, &error))?;
    lock.lock().map_err(|error| cannot("lock", &path, &error))?;
    home::fill(&root, |root| {
        if on_this_machine("apt-get").is_none() {
            return Err(Failure::Found("no `apt-get` to fetch it with".to_owned()));
        }
        eprintln!("{}: fetching package {}", engine.name(), packages.package);
        let apt = Apt::new(root.with_extension("apt"))?;
        if packages.suite == Suite::Unstable {
            apt.turn_to_unstable()?;
        }
        apt.fetch(packages.package)?;
        for package in apt.fetched()? {
            errand::run(Command::new("dpkg-deb").arg("-x").arg(package).arg(root))?;
        }
        home::remove(&apt.folder)
    })?;
    Ok(root)
}

/// A program from what was unpacked, through the loader and with the libraries that came with it.
pub(super) fn command(root: &Path, program: &Path) -> Command {
    let libraries = libraries(root);
    let loader = libraries.iter().find_map(|folder| loader_in(folder));
    // Without a loader of its own: the machine's, which then says what it lacks.
    let Some(loader) = loader else {
        return Command::new(program);
    };
    let libraries: Vec<String> = libraries
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    let mut command = Command::new(loader);
    command
        .arg("--library-path")
        .arg(libraries.join(":"))
        .arg(program);
    command
}

/// `lib/x86_64-linux-gnu` and `usr/lib/x86_64-linux-gnu`, or what they are called on this architecture.
fn libraries(root: &Path) -> Vec<PathBuf> {
    ["lib", "usr/lib"]
        .iter()
        .flat_map(|below| entries(&root.join(below)))
        .filter(|folder| folder.to_string_lossy().ends_with("-linux-gnu"))
        .collect()
}

/// Elsewhere there are links to it which lead out of the folder, to the machine's own.
fn loader_in(folder: &Path) -> Option<PathBuf> {
    entries(folder)
        .into_iter()
        .find(|path| named(path).starts_with("ld-linux"))
}

struct Apt {
    folder: PathBuf,
}

impl Apt {
    fn new(folder: PathBuf) -> Result<Self, Failure> {
        home::remove(&folder)?;
        for below in ["lists/partial", "cache/archives/partial"] {
            home::make(&folder.join(below))?;
        }
        let apt = Self { folder };
        apt.write("status", "")?;
        apt.run(&["update"])?;
        Ok(apt)
    }

    /// From where this machine gets Debian, but the unstable suite, and nothing else.
    fn turn_to_unstable(&self) -> Result<(), Failure> {
        let targets = self.run(&[
            "indextargets",
            "--format",
            "$(ORIGIN) $(LABEL) $(REPO_URI)",
            "Created-By: Packages",
        ])?;
        let Some(mirror) = mirror(&targets) else {
            return Err(Failure::Found(
                "this machine does not get its packages from Debian".to_owned(),
            ));
        };
        self.write(
            "unstable.sources",
            &format!(
                "Types: deb\nURIs: {mirror}\nSuites: sid\nComponents: main\n\
                 Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
            ),
        )?;
        self.run(&["update"])?;
        Ok(())
    }

    fn fetch(&self, package: &str) -> Result<(), Failure> {
        self.run(&["install", "--no-install-recommends", "--download-only", package])?;
        Ok(())
    }

    fn fetched(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut files = entries(&self.folder.join("cache/archives"));
        files.retain(|file| file.extension().is_some_and(|extension| extension == "deb"));
        if files.is_empty() {
            return Err(Failure::Found("`apt-get` fetched nothing".to_owned()));
        }
        Ok(files)
    }

    fn run(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut command = Command::new("apt-get");
        command.args(["-q", "-y"]);
        let own = |below: &str| self.folder.join(below).display().to_string();
        let mut options = vec![
            format!("Dir::State={}", own("")),
            format!("Dir::State::lists={}", own("lists")),
            format!("Dir::State::status={}", own("status")),
            format!("Dir::Cache={}", own("cache")),
            // As root it would drop to a user that may not write here.
            "APT::Sandbox::User=root".to_owned(),
            "Acquire::Languages=none".to_owned(),
            "Acquire::Retries=3".to_owned(),
        ];
        if self.folder.join("unstable.sources").is_file() {
            options.push(format!("Dir::Etc::sourcelist={}", own("unstable.sources")));
            options.push("Dir::Etc::sourceparts=/dev/null".to_owned());
            options.push("Dir::Etc::preferencesparts=/dev/null".to_owned());
        }
        for option in &options {
            command.args(["-o", option]);
        }
        errand::answer(command.args(arguments))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        fs::write(&path, text).map_err(|error| cannot("write", &path, &error))
    }
}

/// The mirror that has all suites: security updates come from another.
fn mirror(targets: &str) -> Option<&str> {
    targets
        .lines()
        .find_map(|target| target.strip_prefix("Debian Debian "))
}

/// What is in a folder, in order; nothing if there is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = found.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn named(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::mirror;

    #[test]
    fn the_mirror_with_all_suites_is_found_among_others() {
        let targets = "Debian Debian-Security http://security.example/\nElse Else http://else.example/\n\
                       Debian Debian http://mirror.example/debian/\n";
        assert_eq!(mirror(targets), Some("http://mirror.example/debian/"));
        assert_eq!(mirror("Ubuntu Ubuntu http://mirror.example/ubuntu/"), None);
        assert_eq!(mirror(""), None);
    }
}
