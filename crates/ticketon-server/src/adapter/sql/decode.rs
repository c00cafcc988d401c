//! Rows on their way back from SQL.

use sqlx::Error;
use ticketon_core::fact::{Fact, Position, Recorded, Stream, from_body};
use ticketon_core::row::{Row, RowId};
use ticketon_core::seat::Seat;
use ticketon_core::store::{AnswerKey, Answered, Unavailable, Version, Versioned};
use ticketon_core::time::Timestamp;

use super::states;
use super::value::{self, Columns, Part, unreadable};

/// The row of this name whose version stands in column `at`, and what it is in the two after it.
pub(super) fn versioned(id: &RowId, row: &dyn Columns, at: usize) -> Result<Versioned<Row>, Error> {
    let version = Version(row.number(at)?);
    let row = match *id {
        RowId::Seat(performance, number) => {
            let state = states::seat_of(row.text(at + 1)?, value::id(row, at + 2)?);
            let state = state.ok_or_else(|| unreadable("a seat in no known state"))?;
            Seat {
                performance,
                number,
                state,
            }
            .into()
        }
        _ => Row::from_json(id.table(), row.text(at + 1)?).map_err(unreadable)?,
    };
    Ok((row, version))
}

/// A fact: position, the stream's kind and id, when, and what.
pub(super) fn recorded(row: &dyn Columns) -> Result<Recorded, Error> {
    let stream = match row.text(1)? {
        "system" => Stream::System,
        "organization" => Stream::Organization(Part::read(row, 2)?),
        "user" => Stream::User(Part::read(row, 2)?),
        "event" => Stream::Event(Part::read(row, 2)?),
        unknown => return Err(unreadable(format!("a stream of the unknown kind `{unknown}`"))),
    };
    let (what, act) = from_body(row.text(4)?).map_err(unreadable)?;
    let at = Timestamp::from_millis(row.integer(3)?);
    Ok(Recorded {
        position: Position(row.number(0)?),
        fact: Fact { stream, at, what },
        act,
    })
}

/// The answer to a request: fingerprint, outcome and when, from column `at` on.
pub(super) fn answered(key: &AnswerKey, row: &dyn Columns, at: usize) -> Result<Answered, Error> {
    Ok(Answered {
        key: key.clone(),
        fingerprint: row.text(at)?.to_owned(),
        outcome: serde_json::from_str(row.text(at + 1)?).map_err(unreadable)?,
        at: Timestamp::from_millis(row.integer(at + 2)?),
    })
}

/// What the caller of a port is told of an error.
#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` wants")]
pub(super) fn unavailable(error: Error) -> Unavailable {
    Unavailable(format!("the store does not answer: {error}"))
}
