//! `ticketon db copy`: the store into another database.

use ticketon_server::server::StartError;
use ticketon_server::settings::store_at;

use super::copied;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Copy the store into another database
///
/// From SQLite to MySQL or MariaDB when one machine is too small, and back. Both are compared at the end; what is sold
/// from now on is not in the copy, so end `serve` before.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon db copy --to mysql://ticketon:secret@db/ticketon\n  ticketon db copy --to sqlite:shop.db"
)]
pub(crate) struct Args {
    /// Where to: an address as `store.url` takes it, with nothing there
    #[arg(long, value_name = "URL")]
    to: String,
}

impl Args {
    /// Copies it, and compares both.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let settings = shell.settings()?;
        let to = store_at(&self.to, None).map_err(StartError::from)?;
        let _folder = super::locked(&settings).await?;
        copied(shell, &settings.store(), &to).await
    }
}
