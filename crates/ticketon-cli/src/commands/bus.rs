//! `ticketon bus`: what is published for others.

mod dead;
mod status;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be asked of it.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Status(status::Args),
    /// Messages that nobody could use
    #[command(subcommand)]
    Dead(dead::Verb),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::Status(status) => status.run(shell).await,
            Self::Dead(verb) => verb.run(shell).await,
        }
    }
}
