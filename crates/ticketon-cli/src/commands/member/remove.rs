//! `ticketon member remove`: no role any more.

use serde_json::Value;

use super::address;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Take somebody's role in an organization away
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ticketon member remove seoul-opera ana@example.com")]
pub(crate) struct Args {
    /// The organization, by slug or id
    organization: String,
    /// Who, by e-mail address or id
    user: String,
}

impl Args {
    /// Takes it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let address = address(&self.organization, &self.user);
        let removed = shop.done(shop.client().delete(address)).await;
        shop.close().await;
        let removed: Value = removed?.json()?;
        shell.console.data(&removed, || {
            format!("{} is no member of {}\n", self.user, self.organization)
        })?;
        Ok(Exit::Done)
    }
}
