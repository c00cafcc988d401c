//! Rows on their way back from SQL.

use sqlx::sqlite::SqliteRow;
use sqlx::{Error, Row as _};
use ticketon_core::fact::{Fact, Position, Recorded, Stream};
use ticketon_core::row::{Row, RowId};
use ticketon_core::seat::Seat;
use ticketon_core::store::{AnswerKey, Answered, Unavailable, Version, Versioned};
use ticketon_core::time::Timestamp;

use super::states;
use super::value::Part;

/// The row of this name whose version stands in column `at`, and what it is in the two after it.
pub(super) fn versioned(id: &RowId, row: &SqliteRow, at: usize) -> Result<Versioned<Row>, Error> {
    let version = Version(number(row, at)?);
    let row = match *id {
        RowId::Seat(performance, number) => {
            let state = states::seat_of(row.try_get_unchecked(at + 1)?, bytes(row, at + 2)?);
            let state = state.ok_or_else(|| unreadable("a seat in no known state"))?;
            Seat {
                performance,
                number,
                state,
            }
            .into()
        }
        _ => Row::from_json(id.table(), row.try_get_unchecked(at + 1)?).map_err(unreadable)?,
    };
    Ok((row, version))
}

/// A fact: position, the stream's kind and id, when, and what.
pub(super) fn recorded(row: &SqliteRow) -> Result<Recorded, Error> {
    let stream = match row.try_get_unchecked(1)? {
        "system" => Stream::System,
        "organization" => Stream::Organization(Part::read(row, 2)?),
        "user" => Stream::User(Part::read(row, 2)?),
        "event" => Stream::Event(Part::read(row, 2)?),
        unknown => return Err(unreadable(format!("a stream of the unknown kind `{unknown}`"))),
    };
    let what = serde_json::from_str(row.try_get_unchecked(4)?).map_err(unreadable)?;
    let at = Timestamp::from_millis(row.try_get_unchecked(3)?);
    Ok(Recorded {
        position: Position(number(row, 0)?),
        fact: Fact { stream, at, what },
    })
}

/// The answer to a request: fingerprint, outcome and when, from column `at` on.
pub(super) fn answered(key: &AnswerKey, row: &SqliteRow, at: usize) -> Result<Answered, Error> {
    Ok(Answered {
        key: key.clone(),
        fingerprint: row.try_get_unchecked(at)?,
        outcome: serde_json::from_str(row.try_get_unchecked(at + 1)?).map_err(unreadable)?,
        at: Timestamp::from_millis(row.try_get_unchecked(at + 2)?),
    })
}

/// A number that was counted from 0 by one.
pub(super) fn number(row: &SqliteRow, column: usize) -> Result<u64, Error> {
    let number: i64 = row.try_get_unchecked(column)?;
    u64::try_from(number).map_err(unreadable)
}

/// What the caller of a port is told of an error.
#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` wants")]
pub(super) fn unavailable(error: Error) -> Unavailable {
    Unavailable(format!("the store does not answer: {error}"))
}

fn bytes(row: &SqliteRow, column: usize) -> Result<Option<[u8; 16]>, Error> {
    let bytes: Option<&[u8]> = row.try_get_unchecked(column)?;
    bytes
        .map(|bytes| bytes.try_into().map_err(unreadable))
        .transpose()
}

/// What stands in a column is none of what may stand there.
pub(super) fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Decode(error.into())
}
