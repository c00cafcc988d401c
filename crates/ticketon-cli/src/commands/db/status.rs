//! `ticketon db status`: what the store holds, and whether its schema is this program's.

use serde_json::json;
use ticketon_server::adapter::sql::contents;

use super::table;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Show what the store holds, and whether its schema is this program's
///
/// Reads all of it beside whoever sells. Two stores with the same hash hold the same.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon db status\n  ticketon db status --format json | jq -r .contents.hash"
)]
pub(crate) struct Args {}

impl Args {
    /// Reads it, and counts.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let store = shell.settings()?.store();
        let contents = contents(&store).await?;
        let status = json!({ "store": store.to_string(), "schema": "current", "contents": contents });
        shell.console.data(&status, || {
            format!("store    {store}\nschema   current\n{}", table(&contents))
        })?;
        Ok(Exit::Done)
    }
}
