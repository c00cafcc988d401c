//! What a server says to `ANALYZE TABLE`: rows, and a failure is one of them, not an error.
//! <https://dev.mysql.com/doc/refman/9.0/en/analyze-table.html>, <https://mariadb.com/kb/en/analyze-table/>

use std::time::Duration;

use serde::Serialize;
use sqlx::Error;
use sqlx::mysql::MySqlRow;

use super::super::value::Columns as _;

/// What became of counting a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Counted {
    /// It was counted.
    Ok,
    /// It was not.
    Failed {
        /// Why, in the server's own words.
        message: String,
    },
}

/// A row of the answer: `Table`, `Op`, `Msg_type`, `Msg_text`.
#[derive(Debug)]
pub(super) struct Line {
    /// *status*, *note*, *warning*, *error*; the case depends on the server.
    kind: String,
    text: String,
}

impl Counted {
    pub(super) fn failed(message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Failed { message }
    }

    /// What the lines of a count say: an error anywhere is a failure, and the last one must say so if it is none.
    pub(super) fn of_count(lines: &[Line]) -> Self {
        match (first_error(lines), lines.last()) {
            (Some(error), _) => Self::failed(&error.text),
            (None, Some(last)) if matches!(&*last.text, "OK" | "Table is already up to date") => Self::Ok,
            (None, Some(last)) => Self::failed(&last.text),
            (None, None) => Self::failed("the server said nothing"),
        }
    }

    /// What the lines of a histogram say: it has a sentence for each column, in which nothing but its kind tells.
    pub(super) fn of_histogram(lines: &[Line]) -> Self {
        first_error(lines).map_or(Self::Ok, |error| Self::failed(&error.text))
    }
}

impl Line {
    /// What counts as said by a server that has not answered within this time.
    pub(super) fn of_silence(length: Duration) -> Self {
        Self {
            kind: "error".to_owned(),
            text: format!("the server did not answer within {length:?}"),
        }
    }

    pub(super) fn all(rows: &[MySqlRow]) -> Result<Vec<Self>, Error> {
        let line = |row: &MySqlRow| {
            Ok(Self {
                kind: row.text(2)?.to_owned(),
                text: row.text(3)?.to_owned(),
            })
        };
        rows.iter().map(line).collect()
    }
}

fn first_error(lines: &[Line]) -> Option<&Line> {
    lines.iter().find(|line| line.kind.eq_ignore_ascii_case("error"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(said: &[(&str, &str)]) -> Vec<Line> {
        let line = |(kind, text): &(&str, &str)| Line {
            kind: (*kind).to_owned(),
            text: (*text).to_owned(),
        };
        said.iter().map(line).collect()
    }

    fn failed(message: &str) -> Counted {
        Counted::failed(message)
    }

    #[test]
    fn a_good_answer_ends_with_ok_whatever_stands_before_it() {
        assert_eq!(Counted::of_count(&lines(&[("status", "OK")])), Counted::Ok);
        let persistent = lines(&[
            ("status", "Engine-independent statistics collected"),
            (
                "Warning",
                "Engine-independent statistics are not collected for column 'body'",
            ),
            ("status", "OK"),
        ]);
        assert_eq!(Counted::of_count(&persistent), Counted::Ok);
    }

    #[test]
    fn an_error_is_a_row_in_either_case_and_its_text_is_the_reason() {
        for kind in ["Error", "error"] {
            let missing = lines(&[
                (kind, "Table 'a.b' doesn't exist"),
                ("status", "Operation failed"),
            ]);
            assert_eq!(Counted::of_count(&missing), failed("Table 'a.b' doesn't exist"));
        }
        let hidden = lines(&[("error", "read only"), ("status", "OK")]);
        assert_eq!(Counted::of_count(&hidden), failed("read only"));
    }

    #[test]
    fn what_does_not_say_ok_is_a_failure() {
        assert_eq!(
            Counted::of_count(&lines(&[("status", "Operation failed")])),
            failed("Operation failed")
        );
        assert_eq!(Counted::of_count(&[]), failed("the server said nothing"));
    }

    #[test]
    fn a_histogram_says_so_in_a_sentence() {
        let made = lines(&[("status", "Histogram statistics created for column 'state'.")]);
        assert_eq!(Counted::of_histogram(&made), Counted::Ok);
        let refused = lines(&[("Error", "The column 'x' does not exist.")]);
        assert_eq!(
            Counted::of_histogram(&refused),
            failed("The column 'x' does not exist.")
        );
    }
}
