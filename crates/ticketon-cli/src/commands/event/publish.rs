//! `ticketon event publish`: puts a draft on the shelf.

use serde_json::Value;

use super::Event;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Put a draft on the shelf
///
/// Its seats must all be seeded and priced, and the shop's money must be the event's: a real event is refused where the shop
/// takes play money (the sandbox, or test keys), a test event where it takes real money. Publishing it again is no error.
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
        let answer = answer.map_err(hinted)?;
        let (event, shown): (Value, Event) = (answer.json()?, answer.json()?);
        shell.console.data(&event, || shown.human())?;
        Ok(Exit::Done)
    }
}

fn hinted(failure: Failure) -> Failure {
    if failure.message.starts_with("provider_mismatch") {
        return failure.hint("change `test` in its file, then: ticketon event apply -f FILE");
    }
    failure
}
