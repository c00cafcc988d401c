//! `ticketon queue resume`: people are admitted again.

use serde_json::json;

use super::changed;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Go on admitting
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  ticketon queue resume winter-recital")]
pub(crate) struct Args {
    /// The event, or one of its sales as EVENT/SALE
    event: String,
}

impl Args {
    /// Does it, and shows how the room stands.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        changed(shell, &self.event, &json!({"paused": false})).await
    }
}
