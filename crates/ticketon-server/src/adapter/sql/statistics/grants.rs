//! The rights that counting takes, and nothing beyond them.

use std::fmt;

use serde::{Serialize, Serializer};

use super::table::CountedTable;

/// A right that the batch user needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// To read a table, or each that is counted: a server counts for nobody who may not see.
    Select(Option<CountedTable>),
    /// To write to a table, or to each that is counted: `ANALYZE TABLE` asks for it, though nothing is written.
    Insert(Option<CountedTable>),
    /// To see the server's counters of what was changed since.
    Process,
    /// To see when and what was counted last.
    SelectCounted,
    /// To see engine-independent statistics, which `MariaDB` believes first.
    SelectIndependent,
}

impl fmt::Display for Grant {
    /// As in a `GRANT`, but for the database's name, which is nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Select(table) => write!(f, "SELECT on {}", Named(*table)),
            Self::Insert(table) => write!(f, "INSERT on {}", Named(*table)),
            Self::Process => f.write_str("PROCESS"),
            Self::SelectCounted => f.write_str("SELECT on mysql.innodb_table_stats"),
            Self::SelectIndependent => f.write_str("SELECT on mysql.table_stats"),
        }
    }
}

impl Serialize for Grant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

struct Named(Option<CountedTable>);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(table) => table.fmt(f),
            None => f.write_str("every counted table"),
        }
    }
}
