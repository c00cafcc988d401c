//! Processes that outlive the command that started them. A process is known by its number and by the folder it works in:
//! a number alone may long belong to somebody else.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::errand;
use super::home::cannot;
use crate::failure::Failure;
use crate::stopwatch::Stopwatch;

/// A process as it shall be started.
pub(super) struct Daemon {
    pub(super) command: Command,
    /// Its folder, within that of its engine.
    pub(super) works_in: PathBuf,
}

impl Daemon {
    /// Starts it in a process group of its own, so that a Ctrl-C meant for this command does not reach it.
    pub(super) fn start(mut self, log: &Path) -> Result<u32, Failure> {
        let said = File::create(log).map_err(|error| cannot("write", log, &error))?;
        let complained = said.try_clone().map_err(|error| cannot("write", log, &error))?;
        self.command
            .current_dir(&self.works_in)
            .stdin(Stdio::null())
            .stdout(said)
            .stderr(complained)
            .process_group(0);
        let child = self.command.spawn().map_err(|error| {
            let program = self.command.get_program().to_string_lossy();
            Failure::Found(format!("`{program}` could not be started: {error}"))
        })?;
        Ok(child.id())
    }
}

/// Whether a process runs and works in this folder or below. One that has ended but is not yet buried works nowhere.
pub(super) fn is_running(process: u32, folder: &Path) -> bool {
    let works_in = if Path::new("/proc/self/cwd").exists() {
        fs::read_link(format!("/proc/{process}/cwd")).ok()
    } else {
        listed_cwd(process)
    };
    works_in.is_some_and(|works_in| works_in.starts_with(folder))
}

/// Where there is no `/proc`: a line `n/the/folder` of `lsof`.
fn listed_cwd(process: u32) -> Option<PathBuf> {
    let process = process.to_string();
    let listed = errand::answer(Command::new("lsof").args(["-a", "-d", "cwd", "-F", "n", "-p", &process]));
    folder_in(&listed.ok()?)
}

fn folder_in(listed: &str) -> Option<PathBuf> {
    let folder = listed.lines().find_map(|line| line.strip_prefix('n'))?;
    Some(folder.into())
}

/// MySQL takes 3 s, three brokers 8.
const ENDS_WITHIN: Duration = Duration::from_secs(30);

/// Ends processes: asks all, waits, and kills what is left. Those that are not ours (any more) are left alone.
pub(super) fn stop(processes: &[u32], folder: &Path) -> Result<(), Failure> {
    signal("TERM", processes, folder)?;
    if until(ENDS_WITHIN, || all_ended(processes, folder)).is_some() {
        return Ok(());
    }
    kill(processes, folder)
}

/// Ends processes without asking.
pub(super) fn kill(processes: &[u32], folder: &Path) -> Result<(), Failure> {
    signal("KILL", processes, folder)?;
    until(ENDS_WITHIN, || all_ended(processes, folder)).ok_or_else(|| {
        Failure::Found(format!(
            "processes {processes:?} do not end, not even when they are killed"
        ))
    })
}

fn all_ended(processes: &[u32], folder: &Path) -> Option<()> {
    let mut running = processes.iter().filter(|process| is_running(**process, folder));
    running.next().is_none().then_some(())
}

/// Asks again until there is an answer, or the time is over.
pub(super) fn until<T>(within: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let watch = Stopwatch::start();
    loop {
        let answer = ask();
        if answer.is_some() || watch.elapsed() > within {
            return answer;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// `kill` is a program of its own only on some machines; every shell has it.
fn signal(signal: &str, processes: &[u32], folder: &Path) -> Result<(), Failure> {
    for process in processes.iter().filter(|process| is_running(**process, folder)) {
        Command::new("sh")
            .args(["-c", &format!("kill -{signal} {process}")])
            .stderr(Stdio::null())
            .status()
            .map_err(|error| Failure::Found(format!("cannot signal process {process}: {error}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process;

    use super::{folder_in, is_running};

    #[test]
    fn a_process_is_ours_only_if_it_works_in_our_folder() {
        let here = std::env::current_dir().unwrap();
        assert!(is_running(process::id(), &here));
        assert!(!is_running(process::id(), Path::new("/nowhere")));
        assert!(!is_running(u32::MAX, &here));
    }

    #[test]
    fn the_folder_is_read_from_the_list_of_one_process() {
        let folder = folder_in("p4711\nfcwd\nn/work/target/services/redis/data\n");
        assert_eq!(
            folder.as_deref(),
            Some(Path::new("/work/target/services/redis/data"))
        );
        assert_eq!(folder_in(""), None);
    }
}
