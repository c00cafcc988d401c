//! `ticketon queue set`: how many are admitted, and how fast.

use serde_json::json;

use super::{Room, asked};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Admit more or fewer, faster or slower
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ticketon queue set winter-recital --capacity 800 --per-minute 4000")]
pub(crate) struct Args {
    /// The event, or one of its sales as EVENT/SALE
    event: String,
    /// Most shoppers inside at once
    #[arg(long, value_name = "N")]
    capacity: Option<u32>,
    /// Most admissions a minute
    #[arg(long, value_name = "N")]
    per_minute: Option<u32>,
}

impl Args {
    /// Does it, and shows how the room stands.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let change = json!({"capacity": self.capacity, "per_minute": self.per_minute});
        asked(shell, &self.event, async |shop, address| {
            let seen = shop.done(shop.client().get(address.clone())).await?;
            let before: Room = seen.json()?;
            shell.console.say(format_args!(
                "before: {} inside at most, {} admitted a minute",
                before.capacity, before.per_minute
            ));
            // What is changed is what was shown: of two who do this at once, one hears of the other.
            let call = shop.client().patch(address).json(&change);
            let call = match seen.tag {
                Some(tag) => call.header("if-match", tag),
                None => call,
            };
            shop.done(call).await
        })
        .await
    }
}
