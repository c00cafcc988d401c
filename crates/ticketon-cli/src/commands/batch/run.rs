//! `ticketon batch run`: a run of a job, now.

use serde_json::json;

use super::wait::asked;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::page;
use crate::shell::Shell;

/// Have a job run now
///
/// A process with the role batch takes it within a second, and goes on with it when this command has ended. What none has
/// taken after two seconds this command runs itself, with its own settings, and waits for the end; with a store in a file that
/// nobody serves it does so at once. It runs nothing that others asked for. One run of a job goes on at a time: while one
/// does, exit code 3.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon batch run analyze\n  ticketon batch run analyze --wait\n  ticketon batch run analyze --dry-run --wait --format json"
)]
pub(crate) struct Args {
    /// The job, as `ticketon batch jobs` lists it
    job: String,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Wait for its end; exit code 6 if a part of it failed
    #[arg(long)]
    wait: bool,
}

impl Args {
    /// Asks for it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let path = format!("/api/batch/jobs/{}/run", page::written(&self.job));
        let wish = json!({ "dry_run": self.dry_run });
        asked(shell, &path, &wish, self.wait).await
    }
}
