//! Lists: what people look through, page by page. Nothing here decides anything.
//!
//! A list is one query. It has connections of its own, so that looking around takes none from a decision. A page says
//! where the next one begins by the last row's place in the order, so that no row is shown twice or left out because
//! another one came or went.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqlitePoolOptions, SqliteRow};
use sqlx::{Error, Row as _, SqlitePool};
use ticketon_core::event::{Event, EventState};
use ticketon_core::ids::{EventId, OrganizationId, Person, PurchaseId, TicketId};
use ticketon_core::purchase::Purchase;
use ticketon_core::store::Unavailable;
use ticketon_core::ticket::Ticket;
use ticketon_core::time::Timestamp;

use super::decode::unavailable;
use super::sqlite::{JsonRows, reading};
use super::states;
use super::value::{Part as _, Rows as _, unreadable};
use crate::limits;

/// The lists of a store in one SQLite file.
#[derive(Debug, Clone)]
pub struct Lists {
    pool: SqlitePool,
}

/// Which events are looked for.
#[derive(Debug, Clone)]
pub struct EventSearch<'a> {
    /// Part of the title or the slug.
    pub keyword: Option<&'a str>,
    /// Only those in this state.
    pub state: Option<EventState>,
    /// Whose drafts may be seen, too; `None` is everybody's.
    pub staff_of: Option<&'a [OrganizationId]>,
    /// In which order.
    pub sort: EventSort,
}

/// In which order events are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventSort {
    /// Those that begin first.
    #[default]
    Start,
    /// Those that were drafted last.
    Created,
}

/// An event's place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPlace(Timestamp, EventId);

/// An event in a list.
#[derive(Debug, Clone)]
pub struct ListedEvent {
    /// The event.
    pub event: Event,
    /// When its first performance starts.
    pub starts_at: Timestamp,
}

impl ListedEvent {
    /// Where it stands in its list.
    pub fn place(&self) -> EventPlace {
        EventPlace(self.starts_at, self.event.id)
    }
}

const EVENTS_BY_START: &str = "
SELECT body, starts_at FROM (
    SELECT e.id, e.organization, e.slug, e.state, e.body,
           (SELECT min(p.starts_at) FROM performance p WHERE p.event = e.id) AS starts_at
    FROM event e)
WHERE (?1 = '' OR instr(lower(body ->> '$.title'), lower(?1)) OR instr(slug, lower(?1)))
  AND (?2 = '' OR state = ?2)
  AND (state = 'published' OR ?3 IS NULL
       OR lower(hex(organization)) IN (SELECT value ->> 0 FROM json_each(?3)))
  AND (?4 IS NULL OR (starts_at, id) > (?4, ?5))
ORDER BY starts_at, id LIMIT ?6";

const EVENTS_BY_CREATION: &str = "
SELECT e.body, (SELECT min(p.starts_at) FROM performance p WHERE p.event = e.id)
FROM event e
WHERE (?1 = '' OR instr(lower(e.body ->> '$.title'), lower(?1)) OR instr(e.slug, lower(?1)))
  AND (?2 = '' OR e.state = ?2)
  AND (e.state = 'published' OR ?3 IS NULL
       OR lower(hex(e.organization)) IN (SELECT value ->> 0 FROM json_each(?3)))
  AND (?4 IS NULL OR e.id < ?5)
ORDER BY e.id DESC LIMIT ?6";

const EVENTS_BY_PREFIX: &str = "
SELECT id FROM event
WHERE slug >= ?1 AND slug < ?1 || '~'
  AND (state = 'published' OR ?2 IS NULL
       OR lower(hex(organization)) IN (SELECT value ->> 0 FROM json_each(?2)))
ORDER BY slug LIMIT 2";

const PURCHASES: &str = "
SELECT body FROM purchase WHERE person = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3";

const TICKETS: &str = "
SELECT body FROM ticket WHERE person = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3";

impl Lists {
    /// The lists of the store at `path`, which is opened with the first of them.
    pub fn at(path: &Path) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(limits::LIST_CONNECTIONS)
            .test_before_acquire(false)
            .connect_lazy_with(reading(path));
        Self { pool }
    }

    /// Events after a place, in order; at most `limit`.
    pub async fn events(
        &self,
        search: &EventSearch<'_>,
        after: Option<EventPlace>,
        limit: usize,
    ) -> Result<Vec<ListedEvent>, Unavailable> {
        let text = match search.sort {
            EventSort::Start => EVENTS_BY_START,
            EventSort::Created => EVENTS_BY_CREATION,
        };
        let rows = sqlx::query(text)
            .bind(search.keyword.unwrap_or_default())
            .bind(search.state.map_or("", states::event_text))
            .bind(search.staff_of.map(hex_list))
            .bind(after.map(|EventPlace(starts_at, _)| starts_at.as_millis()))
            .bind(after.map(|EventPlace(_, id)| id.as_bytes().to_vec()))
            .bind(number(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(unavailable)?;
        rows.iter()
            .map(listed_event)
            .collect::<Result<_, _>>()
            .map_err(unavailable)
    }

    /// The first two events whose slug begins so: one is the one that is meant, two are too many.
    pub async fn events_by_prefix(
        &self,
        prefix: &str,
        staff_of: Option<&[OrganizationId]>,
    ) -> Result<Vec<EventId>, Unavailable> {
        let rows = sqlx::query(EVENTS_BY_PREFIX)
            .bind(prefix)
            .bind(staff_of.map(hex_list))
            .fetch_all(&self.pool)
            .await
            .map_err(unavailable)?;
        rows.iter()
            .map(|row| EventId::read(row, 0))
            .collect::<Result<_, _>>()
            .map_err(unavailable)
    }

    /// A person's purchases before one, the newest first; at most `limit`.
    pub async fn purchases(
        &self,
        person: &Person,
        before: Option<PurchaseId>,
        limit: usize,
    ) -> Result<Vec<Purchase>, Unavailable> {
        let before = before.map(|id| id.as_bytes().to_vec());
        self.bodies(PURCHASES, person, before, limit).await
    }

    /// A person's tickets before one, the newest first; at most `limit`.
    pub async fn tickets(
        &self,
        person: &Person,
        before: Option<TicketId>,
        limit: usize,
    ) -> Result<Vec<Ticket>, Unavailable> {
        let before = before.map(|id| id.as_bytes().to_vec());
        self.bodies(TICKETS, person, before, limit).await
    }

    async fn bodies<T: for<'a> Deserialize<'a>>(
        &self,
        text: &'static str,
        person: &Person,
        before: Option<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<T>, Unavailable> {
        let rows = sqlx::query(text)
            .bind(person.as_str())
            .bind(before)
            .bind(number(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(unavailable)?;
        rows.iter()
            .map(body)
            .collect::<Result<_, _>>()
            .map_err(unavailable)
    }
}

fn listed_event(row: &SqliteRow) -> Result<ListedEvent, Error> {
    Ok(ListedEvent {
        event: body(row)?,
        starts_at: Timestamp::from_millis(row.try_get(1)?),
    })
}

fn body<T: for<'a> Deserialize<'a>>(row: &SqliteRow) -> Result<T, Error> {
    serde_json::from_str(row.try_get(0)?).map_err(unreadable)
}

/// Ids in hex, as one JSON array of rows.
fn hex_list(ids: &[OrganizationId]) -> String {
    let mut rows = JsonRows::default();
    for id in ids {
        rows.push([id.value()]);
    }
    rows.into_json()
}

fn number(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
