//! Rows by name for those who read: one call for all of them, whose text is the same whatever their number. The names go
//! in as one JSON array a table, a name in it being an array of values; bytes travel in hex. `jsonb_each` stands
//! outermost (`CROSS JOIN`), so that each lookup is by key.

use std::sync::LazyLock;

use sqlx::{AssertSqlSafe, Error, SqlitePool};
use ticketon_core::row::{Row, RowId};
use ticketon_core::store::Versioned;

use super::super::decode;
use super::super::tables::{self, Column, Shape, TABLES};
use super::super::value::{Columns as _, Kind, Value};

/// A text a table: place in the request, version, and what the row is.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| TABLES.iter().map(text).collect());

/// The rows of these names, in their order.
pub(in crate::adapter::sql) async fn named(
    pool: &SqlitePool,
    ids: &[&RowId],
) -> Result<Vec<Option<Versioned<Row>>>, Error> {
    let mut names = vec![JsonRows::default(); TABLES.len()];
    for (n, id) in ids.iter().enumerate() {
        names[id.table() as usize].push([Value::number(n as u64)].into_iter().chain(tables::key(id)));
    }
    let named = TEXTS.iter().zip(names).filter(|(_, names)| !names.is_empty());
    let (texts, arrays): (Vec<&str>, Vec<String>) = named
        .map(|(text, names)| (text.as_str(), names.into_json()))
        .unzip();
    let query = sqlx::query(AssertSqlSafe(texts.join("\nUNION ALL\n")));
    let query = arrays.into_iter().fold(query, sqlx::query::Query::bind);
    let mut found = vec![None; ids.len()];
    for row in query.fetch_all(pool).await? {
        let n = usize::try_from(row.number(0)?).expect("a place that was asked for");
        found[n] = Some(decode::versioned(ids[n], &row, 1)?);
    }
    Ok(found)
}

/// `[n, key…]`.
fn text(shape: &Shape) -> String {
    let is = |(column, at): (&Column, usize)| match column.kind {
        Kind::Bytes => format!("s.{} = unhex(j.value->>{at})", column.name),
        Kind::Text | Kind::Integer => format!("s.{} = j.value->>{at}", column.name),
    };
    let is_key: Vec<String> = shape.key.iter().zip(1..).map(is).collect();
    let (name, what, is_key) = (shape.name, shape.what(), is_key.join(" AND "));
    format!("SELECT j.value->>0, s.version, {what} FROM jsonb_each(?) j CROSS JOIN {name} s ON {is_key}")
}

/// Rows of values, as one JSON array.
#[derive(Debug, Clone)]
struct JsonRows(String);

impl Default for JsonRows {
    fn default() -> Self {
        Self(String::from("["))
    }
}

impl JsonRows {
    fn push<'a>(&mut self, row: impl IntoIterator<Item = Value<'a>>) {
        self.0.push_str(if self.0.len() == 1 { "[" } else { ",[" });
        let start = self.0.len();
        for value in row {
            if self.0.len() > start {
                self.0.push(',');
            }
            write(&value, &mut self.0);
        }
        self.0.push(']');
    }

    fn is_empty(&self) -> bool {
        self.0.len() == 1
    }

    fn into_json(mut self) -> String {
        self.0.push(']');
        self.0
    }
}

fn write(value: &Value<'_>, json: &mut String) {
    match value {
        Value::Null => json.push_str("null"),
        Value::Bytes(bytes) => write_hex(bytes, json),
        Value::Text(text) => write_text(text, json),
        Value::Integer(number) => json.push_str(&number.to_string()),
        Value::Owned(text) => write_text(text, json),
    }
}

fn write_hex(bytes: &[u8], json: &mut String) {
    json.push('"');
    for byte in bytes {
        write_digits(*byte, json);
    }
    json.push('"');
}

fn write_digits(byte: u8, json: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    json.push(char::from(DIGITS[usize::from(byte >> 4)]));
    json.push(char::from(DIGITS[usize::from(byte & 15)]));
}

fn write_text(text: &str, json: &mut String) {
    json.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '\\' || c < ' ') {
        json.push_str(&rest[..at]);
        write_escaped(rest.as_bytes()[at], json);
        rest = &rest[at + 1..];
    }
    json.push_str(rest);
    json.push('"');
}

fn write_escaped(byte: u8, json: &mut String) {
    if byte == b'"' || byte == b'\\' {
        json.push('\\');
        json.push(char::from(byte));
    } else {
        json.push_str("\\u00");
        write_digits(byte, json);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_one_json_array() {
        let mut rows = JsonRows::default();
        rows.push([Value::Integer(7), Value::Bytes(&[0, 255]), Value::Null]);
        rows.push([Value::Text("a \"word\" \\ 좌석\n"), Value::Owned("b".to_owned())]);
        assert_eq!(
            rows.into_json(),
            r#"[[7,"00ff",null],["a \"word\" \\ 좌석\u000a","b"]]"#
        );
    }

    #[test]
    fn no_rows_are_an_empty_array() {
        assert_eq!(JsonRows::default().into_json(), "[]");
    }
}
