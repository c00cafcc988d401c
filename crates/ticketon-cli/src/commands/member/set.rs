//! `ticketon member set`: a role in an organization.

use serde_json::{Value, json};

use super::address;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Give somebody a role in an organization
///
/// Roles are owner, manager, `box_office` and gate; each may do what those after it may. Whoever is logged in has the new
/// role with their next access token, in a quarter of an hour at the latest.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ticketon member set seoul-opera ana@example.com manager")]
pub(crate) struct Args {
    /// The organization, by slug or id
    organization: String,
    /// Who, by e-mail address or id
    user: String,
    /// As what
    role: String,
}

impl Args {
    /// Gives it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let address = address(&self.organization, &self.user);
        let role = json!({"role": self.role});
        let named = shop.done(shop.client().put(address).json(&role)).await;
        shop.close().await;
        let named: Value = named?.json()?;
        shell.console.data(&named, || {
            format!("{} is {} of {}\n", self.user, self.role, self.organization)
        })?;
        Ok(Exit::Done)
    }
}
