//! `ticketon queue announce`: a sentence for everybody who waits.

use serde_json::json;

use super::asked;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Tell everybody who waits something
///
/// Without a sentence nothing is told any more.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon queue announce winter-recital 'the doors open ten minutes later'\n  ticketon queue announce winter-recital"
)]
pub(crate) struct Args {
    /// The event, or one of its sales as EVENT/SALE
    event: String,
    /// What is told
    notice: Option<String>,
}

impl Args {
    /// Does it, and shows how the room stands.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let told = json!({ "notice": self.notice });
        asked(shell, &self.event, async |shop, address| {
            let address = format!("{address}/announce");
            shop.done(shop.client().post(address).json(&told)).await
        })
        .await
    }
}
