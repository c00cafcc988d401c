//! Readers of the log: the sales figures, and the cursors that say how far each reader has come.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::context::Context;
use crate::fact::{Position, Recorded};
use crate::figures::Figures;
use crate::ids::EventId;
use crate::row::{Cursor, Reader};
use crate::store::{CommitError, Freshness, Unavailable, Version, Versioned};

/// Counts at most `limit` more facts into the figures; the rows and the cursor move together. Answers how many
/// facts were gone through.
pub async fn follow_figures(cx: &Context, limit: usize) -> Result<usize, CommitError> {
    let (cursor, version) = load_cursor(cx, Reader::Figures).await?;
    let facts = cx.reads.facts(cursor.position, limit).await?;
    let Some(last) = facts.last() else { return Ok(0) };
    let mut changes = cx.changes().write(
        Cursor {
            reader: Reader::Figures,
            position: last.position,
        },
        version,
    );
    for (figures, version) in counted(cx, &facts).await?.into_values() {
        changes = changes.write(figures, version);
    }
    cx.commit(changes).await?;
    Ok(facts.len())
}

/// Moves a reader's cursor from where it stands to `position`. A reader whose effects are idempotent moves it
/// after them.
pub async fn move_cursor(cx: &Context, reader: Reader, position: Position) -> Result<(), CommitError> {
    let (_, version) = load_cursor(cx, reader).await?;
    cx.commit(cx.changes().write(Cursor { reader, position }, version))
        .await
}

/// Moves a reader's cursor from where it was read; refused where another process has moved it since.
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

async fn counted(
    cx: &Context,
    facts: &[Recorded],
) -> Result<BTreeMap<EventId, Versioned<Figures>>, Unavailable> {
    let mut counted: BTreeMap<EventId, Versioned<Figures>> = BTreeMap::new();
    for Recorded { fact, .. } in facts {
        let Some(event) = Figures::event_of(fact) else {
            continue;
        };
        let (figures, _) = match counted.entry(event) {
            Entry::Occupied(counted) => counted.into_mut(),
            Entry::Vacant(new) => {
                let figures = cx.load::<Figures>((event,), Freshness::Fresh).await?;
                new.insert(figures.unwrap_or((Figures::none(event), Version::ABSENT)))
            }
        };
        figures.count(fact);
    }
    Ok(counted)
}
