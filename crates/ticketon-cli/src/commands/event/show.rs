//! `ticketon event show`: an event with its dates, prices and sales.

use serde_json::Value;

use super::Event;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Show an event with its dates, prices and sales
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon event show winter-recital\n  ticketon event show winter-recital --format json | jq .sale"
)]
pub(crate) struct Args {
    /// Slug or id
    event: String,
}

impl Args {
    /// Prints it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let path = format!("/api/v1/events/{}", self.event);
        let answer = shop.done(shop.client().get(path)).await;
        shop.close().await;
        let answer = answer?;
        let (event, shown): (Value, Event) = (answer.json()?, answer.json()?);
        shell.console.data(&event, || shown.human())?;
        Ok(Exit::Done)
    }
}
