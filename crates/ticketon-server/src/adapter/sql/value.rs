//! Values on their way to and from SQL: what a column holds, and what names a row, whatever the database.

use sqlx::Error;
use ticketon_core::fact::{Position, Stream};
use ticketon_core::ids::{
    EventId, HoldId, JobName, JobRunId, KeyId, OrderId, OrganizationId, PerformanceId, Person, PurchaseId,
    RefundId, SaleId, SessionId, TicketId, UserId,
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
#[derive(Debug, PartialEq, Eq)]
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
    fn read(row: &dyn Columns, column: usize) -> Result<Self, Error>;
}

/// A row that a database gave, by column.
pub(super) trait Columns {
    fn integer(&self, column: usize) -> Result<i64, Error>;
    fn text(&self, column: usize) -> Result<&str, Error>;
    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Error>;

    /// A number that was counted from 0 by one.
    fn number(&self, column: usize) -> Result<u64, Error> {
        u64::try_from(self.integer(column)?).map_err(unreadable)
    }
}

impl Value<'_> {
    pub(super) fn number(number: u64) -> Self {
        Self::Integer(
            i64::try_from(number).expect("versions, positions and places are counted from 0 by one"),
        )
    }

    pub(super) fn moment(moment: Timestamp) -> Self {
        Self::Integer(moment.as_millis())
    }
}

/// The bytes of an id, where there is one.
pub(super) fn id<const LENGTH: usize>(
    row: &dyn Columns,
    column: usize,
) -> Result<Option<[u8; LENGTH]>, Error> {
    let bytes = row.bytes(column)?;
    bytes
        .map(|bytes| bytes.try_into().map_err(unreadable))
        .transpose()
}

/// What stands in a column is none of what may stand there.
pub(super) fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Decode(error.into())
}

macro_rules! bytes {
    ($($id:ty: $length:literal),*) => {$(
        impl Part for $id {
            const KIND: Kind = Kind::Bytes;

            fn value(&self) -> Value<'_> {
                Value::Bytes(self.as_bytes())
            }

            fn read(row: &dyn Columns, column: usize) -> Result<Self, Error> {
                let bytes: Option<[u8; $length]> = id(row, column)?;
                bytes.map(Self::from_bytes).ok_or_else(|| unreadable("a name that is not there"))
            }
        }
    )*};
}

bytes!(
    OrganizationId: 16, UserId: 16, SessionId: 16, KeyId: 16, PlanId: 32, EventId: 16, PerformanceId: 16,
    SaleId: 16, HoldId: 16, PurchaseId: 16, RefundId: 16, TicketId: 16, JobRunId: 16
);

macro_rules! texts {
    ($($name:ty),*) => {$(
        impl Part for $name {
            const KIND: Kind = Kind::Text;

            fn value(&self) -> Value<'_> {
                Value::Text(self.as_str())
            }

            fn read(row: &dyn Columns, column: usize) -> Result<Self, Error> {
                Self::new(row.text(column)?).map_err(unreadable)
            }
        }
    )*};
}

texts!(Person, OrderId, JobName);

impl Part for SeatNumber {
    const KIND: Kind = Kind::Integer;

    fn value(&self) -> Value<'_> {
        Value::Integer(i64::from(self.0))
    }

    fn read(row: &dyn Columns, column: usize) -> Result<Self, Error> {
        u32::try_from(row.integer(column)?).map(Self).map_err(unreadable)
    }
}

impl Part for Timestamp {
    const KIND: Kind = Kind::Integer;

    fn value(&self) -> Value<'_> {
        Value::moment(*self)
    }

    fn read(row: &dyn Columns, column: usize) -> Result<Self, Error> {
        row.integer(column).map(Self::from_millis)
    }
}

impl Part for Position {
    const KIND: Kind = Kind::Integer;

    fn value(&self) -> Value<'_> {
        Value::number(self.0)
    }

    fn read(row: &dyn Columns, column: usize) -> Result<Self, Error> {
        row.number(column).map(Self)
    }
}

impl Part for Stream {
    const KIND: Kind = Kind::Text;

    /// Begins with a digit, so that all sort as streams do.
    fn value(&self) -> Value<'_> {
        Value::Owned(match self {
            Self::System => "0".to_owned(),
            Self::Organization(id) => format!("1{id}"),
            Self::User(id) => format!("2{id}"),
            Self::Event(id) => format!("3{id}"),
        })
    }

    fn read(row: &dyn Columns, column: usize) -> Result<Self, Error> {
        let text = row.text(column)?;
        match text.split_at_checked(1) {
            Some(("0", "")) => Ok(Self::System),
            Some(("1", id)) => id.parse().map(Self::Organization).map_err(unreadable),
            Some(("2", id)) => id.parse().map(Self::User).map_err(unreadable),
            Some(("3", id)) => id.parse().map(Self::Event).map_err(unreadable),
            _ => Err(unreadable(format!("no stream is named `{text}`"))),
        }
    }
}

impl Part for Reader {
    const KIND: Kind = Kind::Text;

    /// In alphabetical order as the readers are in their own, so that both sort alike.
    fn value(&self) -> Value<'_> {
        Value::Text(match self {
            Self::Chains => "chains",
            Self::Figures => "figures",
            Self::Minutes => "minutes",
            Self::Queue => "queue",
            Self::Relay => "relay",
            Self::Trail => "trail",
        })
    }

    fn read(row: &dyn Columns, column: usize) -> Result<Self, Error> {
        match row.text(column)? {
            "chains" => Ok(Self::Chains),
            "figures" => Ok(Self::Figures),
            "minutes" => Ok(Self::Minutes),
            "queue" => Ok(Self::Queue),
            "relay" => Ok(Self::Relay),
            "trail" => Ok(Self::Trail),
            unknown => Err(unreadable(format!("no reader is named `{unknown}`"))),
        }
    }
}
