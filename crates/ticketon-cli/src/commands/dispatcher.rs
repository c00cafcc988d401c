//! `ticketon dispatcher …`

pub(crate) mod run;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be done with the dispatcher.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Run(run::Args),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::Run(run) => run.run(shell).await,
        }
    }
}
