//! Values as literals: the one place where they become text.
//!
//! Bytes and texts travel in hex, numbers in digits: no value can end its literal, whatever is in it.

use std::fmt::Write as _;

use sqlx::raw_sql;
use sqlx::{AssertSqlSafe, RawSql};

use super::super::value::Value;

/// Stand between rows and between values, and in no literal.
const BETWEEN_ROWS: char = '\n';
const BETWEEN_VALUES: char = ',';

/// Rows of literals.
#[derive(Debug, Default, Clone)]
pub(super) struct LiteralRows(String);

impl LiteralRows {
    pub(super) fn push<'a>(&mut self, row: impl IntoIterator<Item = Value<'a>>) {
        if !self.0.is_empty() {
            self.0.push(BETWEEN_ROWS);
        }
        let start = self.0.len();
        for value in row {
            if self.0.len() > start {
                self.0.push(BETWEEN_VALUES);
            }
            write(&value, &mut self.0);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `(1,x'00'),(2,x'01')`.
    pub(super) fn tuples(&self) -> String {
        format!("({})", self.0.replace(BETWEEN_ROWS, "),("))
    }

    /// Each row, by column.
    pub(super) fn rows(&self) -> impl Iterator<Item = Vec<&str>> {
        let rows = self.0.split(BETWEEN_ROWS).filter(|row| !row.is_empty());
        rows.map(|row| row.split(BETWEEN_VALUES).collect())
    }
}

/// A text in which each `?1` is the first value, and so on, to be sent.
pub(in crate::adapter::sql) fn filled(text: &str, values: &[Value<'_>]) -> RawSql {
    raw_sql(AssertSqlSafe(fill(text, values)))
}

/// A text in which each `?1` is the first value, and so on.
pub(in crate::adapter::sql) fn fill(text: &str, values: &[Value<'_>]) -> String {
    let mut filled = String::with_capacity(text.len() + 64 * values.len());
    let mut parts = text.split('?');
    filled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let n: usize = part[..digits].parse().expect("texts number their values");
        write(&values[n - 1], &mut filled);
        filled.push_str(&part[digits..]);
    }
    filled
}

/// A value as a literal.
pub(super) fn write(value: &Value<'_>, text: &mut String) {
    match value {
        Value::Null => text.push_str("NULL"),
        Value::Bytes(bytes) => write_hex(bytes, text),
        Value::Text(characters) => write_text(characters, text),
        Value::Owned(characters) => write_text(characters, text),
        Value::Integer(number) => {
            let _ = write!(text, "{number}");
        }
    }
}

fn write_text(characters: &str, text: &mut String) {
    text.push_str("_utf8mb4 ");
    write_hex(characters.as_bytes(), text);
}

fn write_hex(bytes: &[u8], text: &mut String) {
    text.reserve(3 + 2 * bytes.len());
    text.push_str("x'");
    // A part at a time: to push digit by digit takes several times as long.
    let mut digits = [0; 128];
    for part in bytes.chunks(digits.len() / 2) {
        for (pair, byte) in digits.chunks_exact_mut(2).zip(part) {
            pair[0] = digit(byte >> 4);
            pair[1] = digit(byte & 15);
        }
        let written = &digits[..2 * part.len()];
        text.push_str(str::from_utf8(written).expect("digits are ASCII"));
    }
    text.push('\'');
}

/// Computed and not looked up, so that many are written at once.
fn digit(of: u8) -> u8 {
    of + if of < 10 { b'0' } else { b'a' - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_tuples_and_are_taken_apart_again() {
        let mut rows = LiteralRows::default();
        rows.push([Value::Integer(-7), Value::Bytes(&[0, 255]), Value::Null]);
        rows.push([Value::Text("'\\\n"), Value::Owned("좌".to_owned())]);
        assert_eq!(
            rows.tuples(),
            "(-7,x'00ff',NULL),(_utf8mb4 x'275c0a',_utf8mb4 x'eca28c')"
        );
        assert_eq!(
            rows.rows().collect::<Vec<_>>(),
            [
                vec!["-7", "x'00ff'", "NULL"],
                vec!["_utf8mb4 x'275c0a'", "_utf8mb4 x'eca28c'"]
            ]
        );
    }
}
