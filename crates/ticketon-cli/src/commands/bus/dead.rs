//! `ticketon bus dead`: what was put aside, and why; and delivering it again.

mod list;
mod retry;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be done with dead letters.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    List(list::Args),
    Retry(retry::Args),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::List(list) => list.run(shell).await,
            Self::Retry(retry) => retry.run(shell).await,
        }
    }
}
