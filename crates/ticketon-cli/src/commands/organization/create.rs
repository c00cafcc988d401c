//! `ticketon organization create`: somebody who sells.

use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Make an organization
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ticketon organization create seoul-opera --name 'Seoul Opera'")]
pub(crate) struct Args {
    /// Its name in addresses and event files
    slug: String,
    /// Its name for people
    #[arg(long)]
    name: String,
}

impl Args {
    /// Makes it, and prints it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let body = json!({"slug": self.slug, "name": self.name});
        let made = shop
            .done(shop.client().post("/api/v1/organizations").json(&body))
            .await;
        shop.close().await;
        let made: Value = made?.json()?;
        shell.console.data(&made, || {
            let id = made["id"].as_str().unwrap_or_default();
            format!("{}  {}  {id}\n", self.slug, self.name)
        })?;
        Ok(Exit::Done)
    }
}
