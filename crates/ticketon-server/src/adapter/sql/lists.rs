//! Lists: what people look through, page by page. Nothing here decides anything.
//!
//! A list is one query. It has connections of its own, so that looking around takes none from a decision. A page says
//! where the next one begins by the last row's place in the order, so that no row is shown twice or left out because
//! another one came or went.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sqlx::Error;
use sqlx::sqlite::SqlitePoolOptions;
use ticketon_core::event::{Event, EventState};
use ticketon_core::fact::{Recorded, Stream};
use ticketon_core::ids::{EventId, JobName, JobRunId, OrganizationId, Person, PurchaseId, Slug, TicketId};
use ticketon_core::job::JobRun;
use ticketon_core::purchase::Purchase;
use ticketon_core::store::Unavailable;
use ticketon_core::ticket::Ticket;
use ticketon_core::time::Timestamp;

use super::database::{Database, Dialect, Given};
use super::decode::unavailable;
use super::sqlite::reading;
use super::states;
use super::value::{Columns as _, Part, Value, unreadable};
use crate::limits;

/// The lists of a store.
#[derive(Debug, Clone)]
pub struct Lists {
    database: Database,
    /// A replica, perhaps: what anybody may see may be a moment old, what is somebody's own may not.
    public: Database,
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
    /// Those that were looked at most.
    Views,
}

/// An event's place in a list: what the list is in order of, as a number, and which of those that have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPlace(i64, EventId);

/// Where a fact stands in the audit trail: when it happened, in milliseconds, and its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailPlace(i64, i64);

impl From<&Recorded> for TrailPlace {
    fn from(recorded: &Recorded) -> Self {
        let position = i64::try_from(recorded.position.0).unwrap_or(i64::MAX);
        Self(recorded.fact.at.as_millis(), position)
    }
}

/// Which part of the audit trail is looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct TrailSearch {
    /// Only facts of this stream.
    pub stream: Option<Stream>,
    /// Only what happened then or later.
    pub since: Option<Timestamp>,
}

/// An event in a list.
#[derive(Debug, Clone)]
pub struct ListedEvent {
    /// The event.
    pub event: Event,
    /// Who sells it, as addresses name them.
    pub organization: Slug,
    /// When its first performance starts.
    pub starts_at: Timestamp,
    /// How often it was looked at.
    pub views: u64,
}

impl ListedEvent {
    /// Where it stands in a list in this order.
    pub fn place(&self, sort: EventSort) -> EventPlace {
        let rank = match sort {
            EventSort::Start => self.starts_at.as_millis(),
            // The id alone says when it was drafted.
            EventSort::Created => 0,
            EventSort::Views => i64::try_from(self.views).unwrap_or(i64::MAX),
        };
        EventPlace(rank, self.event.id)
    }
}

/// The texts that list events, in a database's own words for a title.
struct Texts {
    start: String,
    created: String,
    views: String,
}

static SQLITE: LazyLock<Texts> = LazyLock::new(|| Texts::new("e.body ->> '$.title'"));
static MYSQL: LazyLock<Texts> = LazyLock::new(|| Texts::new("json_value(e.body, '$.title')"));

impl Texts {
    fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &SQLITE,
            Dialect::MySql => &MYSQL,
        }
    }

    fn new(title: &str) -> Self {
        let events = |after: &str, order: &str| {
            let text = EVENTS.replace("{after}", after).replace("{order}", order);
            text.replace("{title}", title).replace("{start}", START)
        };
        Self {
            start: events("({start}, e.id) > (?4, ?5)", "2, e.id"),
            created: events("e.id < ?5", "e.id DESC"),
            views: events("(coalesce(v.count, 0), e.id) < (?4, ?5)", "3 DESC, e.id DESC"),
        }
    }
}

const EVENTS: &str = "
SELECT e.body, {start}, coalesce(v.count, 0), o.slug
FROM event e LEFT JOIN views v ON v.event = e.id JOIN organization o ON o.id = e.organization
WHERE (?1 = '' OR instr(lower({title}), lower(?1)) OR instr(e.slug, lower(?1)))
  AND (?2 = '' OR e.state = ?2) AND e.state <> 'deleted'
  AND (e.state = 'published' OR ?3 IS NULL OR instr(?3, lower(hex(e.organization))))
  AND (?4 IS NULL OR {after})
ORDER BY {order} LIMIT ?6";

const START: &str = "(SELECT min(p.starts_at) FROM performance p WHERE p.event = e.id)";

const EVENTS_BY_PREFIX: &str = "
SELECT id FROM event
WHERE (slug >= ?1 AND slug < ?2 OR id >= ?4 AND id <= ?5)
  AND state <> 'deleted' AND (state = 'published' OR ?3 IS NULL OR instr(?3, lower(hex(organization))))
ORDER BY slug LIMIT 2";

pub(super) const PURCHASES: &str = "
SELECT body FROM purchase WHERE person = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3";

pub(super) const TICKETS: &str = "
SELECT body FROM ticket WHERE person = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3";

pub(super) const JOB_RUNS: &str = "
SELECT body FROM job_run WHERE job = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3";

pub(super) const TRAIL: &str = "
SELECT body FROM trail
WHERE happened_at BETWEEN ?3 AND ?1 AND (happened_at < ?1 OR position < ?2)
ORDER BY happened_at DESC, position DESC LIMIT ?4";

pub(super) const TRAIL_OF_STREAM: &str = "
SELECT body FROM trail
WHERE stream = ?5 AND happened_at BETWEEN ?3 AND ?1 AND (happened_at < ?1 OR position < ?2)
ORDER BY happened_at DESC, position DESC LIMIT ?4";

impl Lists {
    pub(super) fn over(database: Database, public: Database) -> Self {
        Self { database, public }
    }

    /// The lists of the SQLite store at `path`, which is opened with the first of them.
    pub fn at(path: &Path) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(limits::LIST_CONNECTIONS)
            .test_before_acquire(false)
            .connect_lazy_with(reading(path));
        Self::over(pool.clone().into(), pool.into())
    }

    /// How often the database was asked, a statement each.
    pub fn asked(&self) -> u64 {
        self.database.asked() + self.public.asked()
    }

    /// Events after a place, in order; at most `limit`.
    pub async fn events(
        &self,
        search: &EventSearch<'_>,
        after: Option<EventPlace>,
        limit: usize,
    ) -> Result<Vec<ListedEvent>, Unavailable> {
        // Without anybody's drafts the list is the same for everybody.
        let is_public = search.staff_of.is_some_and(<[OrganizationId]>::is_empty);
        let database = if is_public { &self.public } else { &self.database };
        let texts = Texts::of(database.dialect());
        let text = match search.sort {
            EventSort::Start => &texts.start,
            EventSort::Created => &texts.created,
            EventSort::Views => &texts.views,
        };
        let values = [
            Value::Text(search.keyword.unwrap_or_default()),
            Value::Text(search.state.map_or("", states::event_text)),
            staff_of(search.staff_of),
            after
                .as_ref()
                .map_or(Value::Null, |EventPlace(rank, _)| Value::Integer(*rank)),
            after.as_ref().map_or(Value::Null, |EventPlace(_, id)| id.value()),
            Value::number(limit as u64),
        ];
        rows(database, text, &values, listed_event).await
    }

    /// The first two events whose slug begins so: one is the one that is meant, two are too many.
    pub async fn events_by_prefix(
        &self,
        prefix: &str,
        staff: Option<&[OrganizationId]>,
    ) -> Result<Vec<EventId>, Unavailable> {
        let (first, last) = ids_with(prefix);
        // Slugs are of letters, digits and `-`, which all come before `~`.
        let values = [
            Value::Text(prefix),
            Value::Owned(format!("{prefix}~")),
            staff_of(staff),
            Value::Bytes(&first),
            Value::Bytes(&last),
        ];
        rows(&self.database, EVENTS_BY_PREFIX, &values, |row| {
            EventId::read(row, 0)
        })
        .await
    }

    /// A person's purchases before one, the newest first; at most `limit`.
    pub async fn purchases(
        &self,
        person: &Person,
        before: Option<PurchaseId>,
        limit: usize,
    ) -> Result<Vec<Purchase>, Unavailable> {
        let before = before.as_ref().map_or(Value::Null, Part::value);
        let values = [person.value(), before, Value::number(limit as u64)];
        rows(&self.database, PURCHASES, &values, body).await
    }

    /// A person's tickets before one, the newest first; at most `limit`.
    pub async fn tickets(
        &self,
        person: &Person,
        before: Option<TicketId>,
        limit: usize,
    ) -> Result<Vec<Ticket>, Unavailable> {
        let before = before.as_ref().map_or(Value::Null, Part::value);
        let values = [person.value(), before, Value::number(limit as u64)];
        rows(&self.database, TICKETS, &values, body).await
    }

    /// A job's runs before one, the newest first; at most `limit`.
    pub async fn job_runs(
        &self,
        job: &JobName,
        before: Option<JobRunId>,
        limit: usize,
    ) -> Result<Vec<JobRun>, Unavailable> {
        let before = before.as_ref().map_or(Value::Null, Part::value);
        let values = [job.value(), before, Value::number(limit as u64)];
        rows(&self.database, JOB_RUNS, &values, body).await
    }

    /// The audit trail before a place, the newest first; at most `limit`.
    pub async fn trail(
        &self,
        search: TrailSearch,
        before: Option<TrailPlace>,
        limit: usize,
    ) -> Result<Vec<Recorded>, Unavailable> {
        let TrailPlace(at, position) = before.unwrap_or(TrailPlace(i64::MAX, i64::MAX));
        let mut values = vec![
            Value::Integer(at),
            Value::Integer(position),
            search.since.map_or(Value::Integer(i64::MIN), Value::moment),
            Value::number(limit as u64),
        ];
        values.extend(search.stream.as_ref().map(Part::value));
        let text = if search.stream.is_some() {
            TRAIL_OF_STREAM
        } else {
            TRAIL
        };
        rows(&self.database, text, &values, body).await
    }
}

async fn rows<T>(
    database: &Database,
    text: &'static str,
    values: &[Value<'_>],
    read: impl Fn(&Given) -> Result<T, Error>,
) -> Result<Vec<T>, Unavailable> {
    let rows = database.ask(text, values).await;
    let read = rows.and_then(|rows| rows.iter().map(read).collect());
    read.map_err(unavailable)
}

fn listed_event(row: &Given) -> Result<ListedEvent, Error> {
    Ok(ListedEvent {
        event: body(row)?,
        organization: Slug::new(row.text(3)?).map_err(unreadable)?,
        starts_at: Timestamp::from_millis(row.integer(1)?),
        views: row.number(2)?,
    })
}

fn body<T: for<'a> Deserialize<'a>>(row: &Given) -> Result<T, Error> {
    serde_json::from_str(row.text(0)?).map_err(unreadable)
}

/// The first and the last id that begin like this; the last comes before the first where none can.
fn ids_with(prefix: &str) -> ([u8; 16], [u8; 16]) {
    let digits: String = prefix.chars().filter(|c| *c != '-').collect();
    let padded = |digit: &str| {
        let digits = digits.clone() + &digit.repeat(32_usize.saturating_sub(digits.len()));
        u128::from_str_radix(&digits, 16)
            .ok()
            .filter(|_| digits.len() == 32)
    };
    match (padded("0"), padded("f")) {
        (Some(first), Some(last)) => (first.to_be_bytes(), last.to_be_bytes()),
        _ => ([u8::MAX; 16], [0; 16]),
    }
}

/// Ids in hex, one after another: one is looked for in them.
fn staff_of(organizations: Option<&[OrganizationId]>) -> Value<'static> {
    let Some(organizations) = organizations else {
        return Value::Null;
    };
    let mut list = String::new();
    for id in organizations {
        for byte in id.as_bytes() {
            let _ = write!(list, "{byte:02x}");
        }
        list.push(',');
    }
    Value::Owned(list)
}
