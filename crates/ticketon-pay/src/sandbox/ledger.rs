//! The ledger: a file of JSON lines that is only appended to.
//!
//! Promises: what was reported durable is read again after `kill -9` or a power cut; a last line that was
//! cut short is no line; anything else that cannot be read is an error that names its line, never skipped.
//! Many appends share one sync. One sandbox writes a ledger at a time; anybody may read it meanwhile.
//! It grows for ever: it is play money's.

mod lines;
mod writer;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::Sandbox;
use super::books::Books;
use super::record::{Misfit, Record};
use crate::keys::Keys;
use lines::Lines;
use writer::Writer;

pub use writer::Position;

/// A ledger open for appending.
#[derive(Debug)]
pub struct Ledger {
    writer: Writer,
}

/// Why a ledger cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file.
    #[error("ledger `{path}`: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// Another sandbox writes it.
    #[error("ledger `{0}` is open in another sandbox")]
    InUse(PathBuf),
    /// A whole line that is no record.
    #[error("ledger `{path}`, line {line}: {error}")]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// A record that contradicts those before it.
    #[error("ledger `{path}`, line {line}: {misfit}")]
    Misfit {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        misfit: Misfit,
    },
    /// An earlier write failed; nothing is written any more.
    #[error("the ledger failed: {0}")]
    Failed(String),
}

impl Ledger {
    /// Opens or makes the file, and the sandbox as it was: its payments, sessions and idempotent answers.
    pub fn open(path: &Path, keys: &Keys) -> Result<(Self, Sandbox), LedgerError> {
        let at = |error| LedgerError::File {
            path: path.to_owned(),
            error,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(at)?;
        lock(&file, path)?;
        let mut sandbox = Sandbox::new(keys);
        let mut lines = Lines::new(&file, path);
        while let Some(record) = lines.next_record()? {
            sandbox.apply(&record).map_err(|misfit| lines.misfit(misfit))?;
        }
        let whole = lines.whole();
        cut_torn_line(&mut file, whole).map_err(at)?;
        sync_name(path).map_err(at)?;
        let writer = Writer::start(file).map_err(at)?;
        Ok((Self { writer }, sandbox))
    }

    /// Reads the money out of a ledger, also of one in use.
    pub fn read(path: &Path) -> Result<Books, LedgerError> {
        let file = File::open(path).map_err(|error| LedgerError::File {
            path: path.to_owned(),
            error,
        })?;
        let mut lines = Lines::new(&file, path);
        let mut books = Books::default();
        while let Some(record) = lines.next_record()? {
            books.enter(record);
        }
        Ok(books)
    }

    /// Appends a record behind all before it. It is not durable yet.
    pub fn append(&self, record: &Record) -> Position {
        self.writer.append(&line(record))
    }

    /// Where the ledger ends now, durable or not.
    pub fn position(&self) -> Position {
        self.writer.position()
    }

    /// Waits until everything up to here is on the disk.
    pub async fn durable(&self, position: Position) -> Result<(), LedgerError> {
        self.writer.durable(position).await.map_err(LedgerError::Failed)
    }
}

fn line(record: &Record) -> Vec<u8> {
    let mut line = serde_json::to_vec(record).expect("texts, integers and times always serialize");
    line.push(b'\n');
    line
}

fn lock(file: &File, path: &Path) -> Result<(), LedgerError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(LedgerError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(LedgerError::File {
            path: path.to_owned(),
            error,
        }),
    }
}

fn cut_torn_line(file: &mut File, whole: u64) -> io::Result<()> {
    if file.metadata()?.len() > whole {
        file.set_len(whole)?;
        file.sync_all()?;
    }
    file.seek(SeekFrom::End(0)).map(|_| ())
}

/// A new file is only there after a power cut if its folder was synced too.
fn sync_name(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
