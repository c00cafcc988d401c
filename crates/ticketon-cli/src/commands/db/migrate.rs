//! `ticketon db migrate`: the schema brought up to date.

use serde_json::json;
use ticketon_server::adapter::sql::SqlStore;
use ticketon_server::server::StartError;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Bring the schema up to date
///
/// `serve` does it as well; here it is done before anybody serves. An empty database becomes a store.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon db migrate\n  TICKETON_STORE_URL=mysql://ticketon:secret@db/ticketon ticketon db migrate"
)]
pub(crate) struct Args {}

impl Args {
    /// Opens the store, which does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let settings = shell.settings()?;
        let store = settings.store();
        let _folder = super::locked(&settings).await?;
        SqlStore::open_or_create(&store).await.map_err(StartError::from)?;
        let done = json!({ "store": store.to_string(), "schema": "current" });
        shell.console.data(&done, || format!("{store} is up to date\n"))?;
        Ok(Exit::Done)
    }
}
