//! Looking at a data folder beside whoever writes to it: takes no lock, changes nothing.

use std::path::Path;
use std::sync::Arc;

use ticketon_core::Context;
use ticketon_core::store::Alone;
use ticketon_core::verify::{Basis, Report};
use ticketon_server::adapter::sql::SqliteStore;
use ticketon_server::adapter::system::{SystemClock, SystemEntropy};
use ticketon_server::data_folder::{DataFolder, FolderError};
use ticketon_server::server::StartError;
use ticketon_server::verify::{books_of, verify};

use crate::failure::Failure;

/// The store of a folder, to be read.
pub(crate) async fn open(data_dir: &Path) -> Result<Context, Failure> {
    let path = DataFolder::store_in(data_dir);
    if !path.exists() {
        return Err(StartError::from(FolderError::NoStore(data_dir.to_owned())).into());
    }
    let store = SqliteStore::open(&path).await.map_err(StartError::from)?;
    Ok(Context::over(
        Arc::new(Alone::new(store.engine)),
        Arc::new(store.reads),
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    ))
}

/// Checks every promise, against the sandbox's ledger if the folder has one. The ledger is read before the store,
/// so that a sale that goes on gives no false alarm.
pub(crate) async fn check(cx: &Context, data_dir: &Path, basis: Basis) -> Result<Report, Failure> {
    let ledger = DataFolder::ledger_in(data_dir);
    let provider = if ledger.exists() {
        Some(books_of(&ledger, cx.now())?)
    } else {
        None
    };
    Ok(verify(cx, &Basis { provider, ..basis }).await?)
}
