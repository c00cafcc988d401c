//! A batch's rows on their way to SQLite: one JSON array a table, a row in it being an array of values. Bytes travel
//! in hex. A statement's text is then the same for every batch, whatever the number of its rows.

use super::super::value::{Rows, Value};

/// Rows of values, as one JSON array.
#[derive(Debug, Clone)]
pub(in crate::adapter::sql) struct JsonRows(String);

impl Default for JsonRows {
    fn default() -> Self {
        Self(String::from("["))
    }
}

impl Rows for JsonRows {
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
}

impl JsonRows {
    pub(in crate::adapter::sql) fn is_empty(&self) -> bool {
        self.0.len() == 1
    }

    pub(in crate::adapter::sql) fn into_json(mut self) -> String {
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
