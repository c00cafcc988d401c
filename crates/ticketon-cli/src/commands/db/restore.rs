//! `ticketon db restore`: a store from the file of a backup.

use std::path::PathBuf;

use ticketon_server::adapter::sql::StoreAddress;

use super::copied;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Make the store anew from the file of a backup
///
/// Only where there is none: what is there is never overwritten.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon db restore shop-2026-12-01.db\n  ticketon db restore shop-2026-12-01.db --data-dir /srv/other"
)]
pub(crate) struct Args {
    /// The file
    file: PathBuf,
}

impl Args {
    /// Copies it, and compares both.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let settings = shell.settings()?;
        let _folder = super::locked(&settings).await?;
        copied(shell, &StoreAddress::File(self.file), &settings.store()).await
    }
}
