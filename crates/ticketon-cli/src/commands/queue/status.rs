//! `ticketon queue status`: who waits, who is inside, and why so many are admitted.

use super::asked;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Show who waits, who is inside, and why so many are admitted
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon queue status winter-recital\n  ticketon queue status winter-recital/presale"
)]
pub(crate) struct Args {
    /// The event, or one of its sales as EVENT/SALE
    event: String,
}

impl Args {
    /// Does it, and shows how the room stands.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        asked(shell, &self.event, async |shop, address| {
            shop.done(shop.client().get(address)).await
        })
        .await
    }
}
