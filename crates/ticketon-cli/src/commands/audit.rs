//! `ticketon audit`: what somebody may have to answer for.

mod list;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be asked of the trail.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    List(list::Args),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::List(list) => list.run(shell).await,
        }
    }
}
