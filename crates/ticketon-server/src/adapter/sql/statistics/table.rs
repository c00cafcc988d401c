//! The tables that are worth counting. Nothing else can be counted: a name from outside is compared with these, and
//! never becomes part of a statement.

use std::fmt;

use serde::Serialize;

use super::super::tables::TABLES;

/// A table that is worth counting: all but those of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CountedTable(&'static str);

/// A name that none of our tables has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no table `{0}`: `ticketon batch stats` lists those there are")]
pub struct NoTable(String);

/// Where most rows are, and most of what a sale asks for.
const FIRST: &str = "seat";

/// Tables that are no table of rows.
const OTHERS: [&str; 3] = ["fact", "answer", "journal"];

impl CountedTable {
    /// All of them, the seats first.
    pub fn all() -> Vec<Self> {
        let mut tables: Vec<Self> = TABLES
            .iter()
            .map(|shape| shape.name)
            .chain(OTHERS)
            .map(Self)
            .collect();
        tables.sort_by_key(|table| table.0 != FIRST);
        tables
    }

    /// The one of this name.
    pub fn named(name: &str) -> Result<Self, NoTable> {
        let all = Self::all();
        let found = all.into_iter().find(|table| table.0 == name);
        found.ok_or_else(|| NoTable(name.to_owned()))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// A column of it, to ask by what may be done.
    pub(super) fn column(self) -> &'static str {
        let shape = TABLES.iter().find(|shape| shape.name == self.0);
        match (shape, self.0) {
            (Some(shape), _) => shape.key[0].name,
            (None, "answer") => "caller",
            (None, "journal") => "stream",
            (None, _) => "changes_id",
        }
    }
}

impl fmt::Display for CountedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seats_come_first_and_every_name_is_found_again() {
        let all = CountedTable::all();
        assert_eq!(all[0].name(), "seat");
        for table in all {
            assert_eq!(CountedTable::named(table.name()), Ok(table));
        }
    }

    #[test]
    fn whatever_else_somebody_writes_is_no_table() {
        for name in [
            "",
            "Seat",
            "seat ",
            "`seat`",
            "'seat'",
            "seat`; DROP TABLE hold; -- ",
            "nosuch",
            "mysql.user",
            "좌석",
        ] {
            let refused = CountedTable::named(name).unwrap_err();
            assert!(refused.to_string().contains(name), "{refused}");
        }
    }
}
