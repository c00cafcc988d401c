//! `ticketon member …`

pub(crate) mod remove;
pub(crate) mod set;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be done with an organization's members.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Set(set::Args),
    Remove(remove::Args),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::Set(set) => set.run(shell).await,
            Self::Remove(remove) => remove.run(shell).await,
        }
    }
}

/// Where a membership is.
fn address(organization: &str, user: &str) -> String {
    format!("/api/v1/organizations/{organization}/members/{user}")
}
