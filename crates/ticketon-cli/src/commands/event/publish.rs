//! `ticketon event publish`: puts a draft on the shelf.

use serde_json::Value;

use super::Event;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Put a draft on the shelf
///
/// Its seats must all be seeded and priced. Publishing it again is no error.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  ticketon event publish winter-recital")]
pub(crate) struct Args {
    /// Slug or id
    event: String,
}

impl Args {
    /// Publishes it, and prints it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let path = format!("/api/v1/events/{}/publish", self.event);
        let answer = shop.done(shop.client().post(path)).await;
        shop.close().await;
        let answer = answer?;
        let (event, shown): (Value, Event) = (answer.json()?, answer.json()?);
        shell.console.data(&event, || shown.human())?;
        Ok(Exit::Done)
    }
}
