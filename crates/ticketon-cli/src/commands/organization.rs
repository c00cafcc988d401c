//! `ticketon organization …`

pub(crate) mod create;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be done with organizations.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Create(create::Args),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::Create(create) => create.run(shell).await,
        }
    }
}
