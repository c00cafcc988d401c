//! Reading a ledger line by line, up to its last whole line.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::LedgerError;
use crate::sandbox::record::{Misfit, Record};

pub(super) struct Lines<'a> {
    reader: BufReader<&'a File>,
    path: &'a Path,
    line: u64,
    whole: u64,
    buffer: Vec<u8>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a File, path: &'a Path) -> Self {
        Self {
            reader: BufReader::new(file),
            path,
            line: 0,
            whole: 0,
            buffer: Vec::new(),
        }
    }

    /// The next record; none at the end, or where the last line was cut short.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, LedgerError> {
        self.buffer.clear();
        let read = self.reader.read_until(b'\n', &mut self.buffer);
        let bytes = read.map_err(|error| LedgerError::File {
            path: self.path.to_owned(),
            error,
        })?;
        if self.buffer.last() != Some(&b'\n') {
            return Ok(None);
        }
        self.line += 1;
        self.whole += bytes as u64;
        let record = serde_json::from_slice(&self.buffer);
        record.map(Some).map_err(|error| LedgerError::Line {
            path: self.path.to_owned(),
            line: self.line,
            error,
        })
    }

    /// The error for the record read last.
    pub(super) fn misfit(&self, misfit: Misfit) -> LedgerError {
        LedgerError::Misfit {
            path: self.path.to_owned(),
            line: self.line,
            misfit,
        }
    }

    /// How many bytes the whole lines read so far take.
    pub(super) fn whole(&self) -> u64 {
        self.whole
    }
}
