//! `ticketon db backup`: the store as it stands now, in one file.

use std::path::PathBuf;

use ticketon_server::adapter::sql::StoreAddress;

use super::copied;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Put the store as it stands now into one file
///
/// Whichever database has it, the file is a store of its own. Whoever sells goes on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ticketon db backup shop-2026-12-01.db")]
pub(crate) struct Args {
    /// The file, which must not exist
    file: PathBuf,
}

impl Args {
    /// Copies it, and compares both.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        copied(shell, &shell.settings()?.store(), &StoreAddress::File(self.file)).await
    }
}
