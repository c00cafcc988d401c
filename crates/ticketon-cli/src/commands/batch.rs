//! `ticketon batch …`

pub(crate) mod analyze;
pub(crate) mod history;
pub(crate) mod jobs;
pub(crate) mod run;
pub(crate) mod stats;
mod view;
mod wait;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be done with jobs that run by the clock.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Jobs(jobs::Args),
    Run(run::Args),
    Analyze(analyze::Args),
    History(history::Args),
    Stats(stats::Args),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::Jobs(jobs) => jobs.run(shell).await,
            Self::Run(run) => run.run(shell).await,
            Self::Analyze(analyze) => analyze.run(shell).await,
            Self::History(history) => history.run(shell).await,
            Self::Stats(stats) => stats.run(shell).await,
        }
    }
}

/// A failure with what to type about jobs.
fn about_jobs(failure: Failure) -> Failure {
    match failure.exit {
        Exit::NotFound => failure.hint("ticketon batch jobs"),
        Exit::Refused if failure.message.starts_with("job_running") => failure.hint("ticketon batch history"),
        _ => failure,
    }
}
