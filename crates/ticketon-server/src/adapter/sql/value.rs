//! Values on their way to and from SQL: what a column holds, and the JSON arrays in which a batch's rows travel.
//!
//! A statement's text is the same for every batch, so a batch is handed over as one JSON array a table, a row in
//! it being an array of values. Bytes travel in hex.

use sqlx::sqlite::SqliteRow;
use sqlx::{Error, Row as _};
use ticketon_core::ids::{
    EventId, HoldId, KeyId, OrderId, OrganizationId, PerformanceId, Person, PurchaseId, RefundId, SaleId,
    SessionId, TicketId, UserId,
};
use ticketon_core::plan::{PlanId, SeatNumber};
use ticketon_core::row::Reader;
use ticketon_core::time::Timestamp;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bytes,
    Text,
    Integer,
}

/// What stands in a column.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Null,
    Bytes(&'a [u8]),
    Text(&'a str),
    Integer(i64),
    /// A text that was made for this.
    Owned(String),
}

/// What names a row, or a part of it.
pub(super) trait Part: Sized {
    /// What its column holds.
    const KIND: Kind;
    /// As it stands in its column.
    fn value(&self) -> Value<'_>;
    /// From its column.
    fn read(row: &SqliteRow, column: usize) -> Result<Self, Error>;
}

/// Rows of values, as one JSON array.
#[derive(Debug, Clone)]
pub(super) struct Rows(String);

impl Value<'_> {
    pub(super) fn number(number: u64) -> Self {
        Self::Integer(
            i64::try_from(number).expect("versions, positions and places are counted from 0 by one"),
        )
    }

    pub(super) fn moment(moment: Timestamp) -> Self {
        Self::Integer(moment.as_millis())
    }

    fn write(&self, json: &mut String) {
        match self {
            Self::Null => json.push_str("null"),
            Self::Bytes(bytes) => write_hex(bytes, json),
            Self::Text(text) => write_text(text, json),
            Self::Integer(number) => json.push_str(&number.to_string()),
            Self::Owned(text) => write_text(text, json),
        }
    }
}

impl Rows {
    pub(super) fn new() -> Self {
        Self(String::from("["))
    }

    pub(super) fn push<'a>(&mut self, row: impl IntoIterator<Item = Value<'a>>) {
        self.0.push_str(if self.0.len() == 1 { "[" } else { ",[" });
        let start = self.0.len();
        for value in row {
            if self.0.len() > start {
                self.0.push(',');
            }
            value.write(&mut self.0);
        }
        self.0.push(']');
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.len() == 1
    }

    pub(super) fn into_json(mut self) -> String {
        self.0.push(']');
        self.0
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

macro_rules! bytes {
    ($($id:ty: $length:literal),*) => {$(
        impl Part for $id {
            const KIND: Kind = Kind::Bytes;

            fn value(&self) -> Value<'_> {
                Value::Bytes(self.as_bytes())
            }

            fn read(row: &SqliteRow, column: usize) -> Result<Self, Error> {
                let bytes: &[u8] = row.try_get_unchecked(column)?;
                let bytes: [u8; $length] = bytes.try_into().map_err(|wrong| Error::Decode(Box::new(wrong)))?;
                Ok(Self::from_bytes(bytes))
            }
        }
    )*};
}

bytes!(
    OrganizationId: 16, UserId: 16, SessionId: 16, KeyId: 16, PlanId: 32, EventId: 16, PerformanceId: 16,
    SaleId: 16, HoldId: 16, PurchaseId: 16, RefundId: 16, TicketId: 16
);

macro_rules! texts {
    ($($name:ty),*) => {$(
        impl Part for $name {
            const KIND: Kind = Kind::Text;

            fn value(&self) -> Value<'_> {
                Value::Text(self.as_str())
            }

            fn read(row: &SqliteRow, column: usize) -> Result<Self, Error> {
                let text: String = row.try_get(column)?;
                Self::new(text).map_err(|bad| Error::Decode(bad.into()))
            }
        }
    )*};
}

texts!(Person, OrderId);

impl Part for SeatNumber {
    const KIND: Kind = Kind::Integer;

    fn value(&self) -> Value<'_> {
        Value::Integer(i64::from(self.0))
    }

    fn read(row: &SqliteRow, column: usize) -> Result<Self, Error> {
        row.try_get(column).map(Self)
    }
}

impl Part for Reader {
    const KIND: Kind = Kind::Text;

    /// In alphabetical order as the readers are in their own, so that both sort alike.
    fn value(&self) -> Value<'_> {
        Value::Text(match self {
            Self::Figures => "figures",
            Self::Queue => "queue",
        })
    }

    fn read(row: &SqliteRow, column: usize) -> Result<Self, Error> {
        let name: &str = row.try_get(column)?;
        match name {
            "figures" => Ok(Self::Figures),
            "queue" => Ok(Self::Queue),
            unknown => Err(Error::Decode(format!("no reader is named `{unknown}`").into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_one_json_array() {
        let mut rows = Rows::new();
        rows.push([Value::Integer(7), Value::Bytes(&[0, 255]), Value::Null]);
        rows.push([Value::Text("a \"word\" \\ 좌석\n"), Value::Owned("b".to_owned())]);
        assert_eq!(
            rows.into_json(),
            r#"[[7,"00ff",null],["a \"word\" \\ 좌석\u000a","b"]]"#
        );
    }

    #[test]
    fn no_rows_are_an_empty_array() {
        assert_eq!(Rows::new().into_json(), "[]");
    }
}
