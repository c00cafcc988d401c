//! `ticketon event delete`: takes a draft away.

use serde_json::Value;

use super::Event;
use crate::ask;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Take a draft away; its slug is free for another event
///
/// A published event stays: somebody may have its tickets. To change a draft, `ticketon event apply` is enough.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon event delete winter-recital --dry-run\n  ticketon event delete winter-recital --yes"
)]
pub(crate) struct Args {
    /// Slug or id
    event: String,
    /// Only show what would be taken away
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Args {
    /// Shows it, asks, and takes it away.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let done = self.delete(shell, &shop).await;
        shop.close().await;
        done.map(|()| Exit::Done)
    }

    async fn delete(&self, shell: &Shell, shop: &Connection) -> Result<(), Failure> {
        let path = format!("/api/v1/events/{}", self.event);
        let answer = shop.done(shop.client().get(&path)).await?;
        let (event, shown): (Value, Event) = (answer.json()?, answer.json()?);
        if self.dry_run {
            return shell.console.data(&event, || shown.human());
        }
        if !self.yes {
            shell.console.say(shown.human().trim_end());
            ask::is_meant(&format!("take the draft `{}` away?", shown.slug))?;
        }
        let deleted: Value = shop.done(shop.client().delete(&path)).await?.json()?;
        shell.console.data(&deleted, || {
            format!("{} is gone, and its slug is free\n", shown.slug)
        })
    }
}
