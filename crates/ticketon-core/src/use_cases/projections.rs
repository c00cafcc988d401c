//! Readers of the log: the projections, and the cursors that say how far each reader has come.

use std::collections::{BTreeMap, BTreeSet};

use crate::context::Context;
use crate::fact::{Position, Recorded};
use crate::limits;
use crate::projection::Projection;
use crate::row::{Cursor, Reader, Row, RowId};
use crate::store::{CommitError, Freshness, Unavailable, Version, Versioned};

/// Counts at most `limit` more facts into a projection; the rows and the cursor move together. Answers how many facts
/// were gone through.
pub async fn follow(cx: &Context, projection: Projection, limit: usize) -> Result<usize, CommitError> {
    let (cursor, version) = load_cursor(cx, projection.reader()).await?;
    let facts = cx.reads.facts(cursor.position, limit).await?;
    let (facts, rows) = counted(cx, projection, &facts).await?;
    let Some(last) = facts.last() else { return Ok(0) };
    let position = last.position;
    let mut changes = cx.changes().write(Cursor { position, ..cursor }, version);
    for (row, version) in rows {
        changes = changes.write(row, version);
    }
    cx.commit(changes).await?;
    Ok(facts.len())
}

/// Moves a reader's cursor from where it was read; refused where another process has moved it since. A reader whose
/// effects are idempotent moves it after them.
pub async fn move_cursor_from(
    cx: &Context,
    (cursor, version): Versioned<Cursor>,
    position: Position,
) -> Result<(), CommitError> {
    cx.commit(cx.changes().write(Cursor { position, ..cursor }, version))
        .await
}

/// How far a reader has come, and the version that says so.
pub async fn load_cursor(cx: &Context, reader: Reader) -> Result<Versioned<Cursor>, Unavailable> {
    let cursor = cx.load::<Cursor>((reader,), Freshness::Fresh).await?;
    Ok(cursor.unwrap_or((
        Cursor {
            reader,
            position: Position::default(),
        },
        Version::ABSENT,
    )))
}

/// The first facts that change no more rows than one decision may, and those rows.
async fn counted<'a>(
    cx: &Context,
    projection: Projection,
    facts: &'a [Recorded],
) -> Result<(&'a [Recorded], Vec<Versioned<Row>>), Unavailable> {
    let (facts, names) = at_once(projection, facts);
    let stored = cx.reads.rows(&names, Freshness::Fresh).await?;
    let mut rows: BTreeMap<RowId, (Option<Row>, Version)> = BTreeMap::new();
    for (name, stored) in names.into_iter().zip(stored) {
        let row = stored.map_or((None, Version::ABSENT), |(row, version)| (Some(row), version));
        rows.insert(name, row);
    }
    for recorded in facts {
        let name = projection.row_of(recorded);
        if let Some((row, _)) = name.and_then(|name| rows.get_mut(&name)) {
            *row = projection.counted(row.take(), recorded);
        }
    }
    let rows = rows.into_values();
    let rows = rows.filter_map(|(row, version)| Some((row?, version)));
    Ok((facts, rows.collect()))
}

fn at_once(projection: Projection, facts: &[Recorded]) -> (&[Recorded], Vec<RowId>) {
    let mut names = BTreeSet::new();
    for (place, recorded) in facts.iter().enumerate() {
        names.extend(projection.row_of(recorded));
        if names.len() == limits::PROJECTED_AT_ONCE {
            return (&facts[..=place], names.into_iter().collect());
        }
    }
    (facts, names.into_iter().collect())
}
