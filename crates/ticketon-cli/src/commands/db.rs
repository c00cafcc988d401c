//! `ticketon db`: the store itself, whichever database has it.

mod backup;
mod copy;
mod migrate;
mod restore;
mod setup_batch_user;
mod status;

use clap::Subcommand;
use ticketon_server::adapter::sql::{self, Copied, StoreAddress};
use ticketon_server::data_folder::DataFolder;
use ticketon_server::server::StartError;
use ticketon_server::settings::Settings;

use crate::demo::grouped;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be done with a store.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Migrate(migrate::Args),
    Status(status::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Copy(copy::Args),
    SetupBatchUser(setup_batch_user::Args),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::Migrate(migrate) => migrate.run(shell).await,
            Self::Status(status) => status.run(shell).await,
            Self::Backup(backup) => backup.run(shell).await,
            Self::Restore(restore) => restore.run(shell).await,
            Self::Copy(copy) => copy.run(shell).await,
            Self::SetupBatchUser(setup) => setup.run(shell).await,
        }
    }
}

/// The folder of the settings, so that nobody serves it meanwhile.
async fn locked(settings: &Settings) -> Result<DataFolder, Failure> {
    let folder = DataFolder::lock(&settings.data_dir).await;
    folder.map_err(|error| StartError::from(error).into())
}

/// Copies a store to where there is none, and says what came of it.
async fn copied(shell: &Shell, from: &StoreAddress, to: &StoreAddress) -> Result<Exit, Failure> {
    shell
        .console
        .say(format_args!("from the store in {from} to a new one in {to}"));
    let copied = sql::copy(from, to).await?;
    shell.console.data(&copied, || table(&copied))?;
    Ok(Exit::Done)
}

fn table(held: &Copied) -> String {
    format!(
        "rows     {}\nfacts    {}\nanswers  {}\nlines    {}\nhash     {}\n",
        grouped(held.rows),
        grouped(held.facts),
        grouped(held.answers),
        grouped(held.lines),
        held.hash
    )
}
