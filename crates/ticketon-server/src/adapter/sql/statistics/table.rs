//! The tables that are worth counting. Nothing else can be counted: a name from outside is compared with these, and
//! never becomes part of a statement.

use std::fmt;

use serde::Serialize;

use super::super::tables::TABLES;

/// A table that is worth counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CountedTable(&'static str);

/// A name that none of them has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no table `{0}` to count: `ticketon batch stats` lists those there are")]
pub struct NoTable(String);

/// All of them, first where most rows are and most of what a sale asks for.
///
/// Whoever counts a table may read it and insert into it, so a table that holds a secret or says who may do what is left
/// to the server's own counting: keys, users, sessions, organizations, and the jobs' books. So is what has a row or a few.
const COUNTED: [&str; 18] = [
    "seat",
    "hold",
    "purchase",
    "payment",
    "ticket",
    "refund",
    "allowance",
    "event",
    "performance",
    "sale",
    "plan",
    "views",
    "figures",
    "minute",
    "trail",
    "fact",
    "answer",
    "journal",
];

impl CountedTable {
    /// All of them, the seats first.
    pub fn all() -> Vec<Self> {
        COUNTED.map(Self).to_vec()
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

    /// What a later migration adds must be decided on: whoever counts gets rights on it, or not.
    #[test]
    fn every_table_is_counted_or_left_alone_on_purpose() {
        let left_alone = [
            "organization",
            "user",
            "session",
            "signing_key",
            "chain",
            "numbering",
            "job",
            "job_run",
            "cursor",
        ];
        let mut decided = [&COUNTED[..], &left_alone].concat();
        let mut there: Vec<&str> = TABLES.iter().map(|shape| shape.name).collect();
        there.extend(["fact", "answer", "journal"]);
        decided.sort_unstable();
        there.sort_unstable();
        assert_eq!(decided, there);
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
            "signing_key",
            "mysql.user",
            "좌석",
        ] {
            let refused = CountedTable::named(name).unwrap_err();
            assert!(refused.to_string().contains(name), "{refused}");
        }
    }
}
