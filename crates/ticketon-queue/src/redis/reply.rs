//! What the scripts answer: a word, and what belongs to it. Numbers come as texts, entries as `room.lua` writes them.

use std::sync::Arc;

use redis::{FromRedisValue, ParsingError, Value};
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::Error as Unknown;

use crate::decision::Counters;
use crate::entry::{EndReason, Entry, EntryId, EntryState, Seq};
use crate::error::QueueError;
use crate::line::GivenUp;
use crate::names::{RoomName, VisitorName};
use crate::policy::Settings;
use crate::progress::Progress;
use crate::time::Timestamp;
use crate::view::Place;

/// A word and its rest.
pub(super) struct Answer {
    status: String,
    rest: Vec<Value>,
}

/// Visitors and their entries.
pub(super) type Entries = Vec<(String, String)>;

/// Epoch, lost up to, served, last, pace, settings.
pub(super) type ProgressFields = (u32, u64, u64, u64, u64, String);

/// Waiting, active, budget, entered, admitted, pace, whether it is closed, admissible, newcomers from.
pub(super) type CountersFields = (u64, u64, u64, u64, u64, u64, u8, u64, u64);

impl Answer {
    pub(super) fn of(value: Value) -> Result<Self, QueueError> {
        let mut rest: Vec<Value> = redis::from_redis_value(value).map_err(|error| unexpected(&error))?;
        if rest.is_empty() {
            return Err(corrupt("a script answers nothing"));
        }
        let status = redis::from_redis_value(rest.remove(0)).map_err(|error| unexpected(&error))?;
        Ok(Self { status, rest })
    }

    pub(super) fn status(&self) -> &str {
        &self.status
    }

    /// What belongs to the word.
    pub(super) fn fields<T: FromRedisValue>(self) -> Result<T, QueueError> {
        redis::from_redis_value(Value::Array(self.rest)).map_err(|error| unexpected(&error))
    }

    /// An answer that means nothing here.
    pub(super) fn stray(&self) -> QueueError {
        corrupt(&format!("a script answers `{}`", self.status))
    }

    /// A visitor's place.
    pub(super) fn place(
        self,
        room: &RoomName,
        visitor: &VisitorName,
        now: Timestamp,
    ) -> Result<Place, QueueError> {
        let (entry, ahead, fields): (String, u64, ProgressFields) = self.fields()?;
        let entry = entry_of(visitor, &entry)?;
        let mut progress = progress_of(room, fields, Vec::new(), now)?;
        progress.given_up = given_up_before(&entry, ahead, &progress);
        Ok(Place { entry, progress })
    }
}

/// The one row from which a waiter's own place follows: everything that was given up before it.
fn given_up_before(entry: &Entry, ahead: u64, progress: &Progress) -> Arc<[GivenUp]> {
    let before = Seq(entry.seq.0.saturating_sub(1));
    let places = before.0.saturating_sub(progress.served.0).saturating_sub(ahead);
    match entry.state {
        EntryState::Waiting if places > 0 => Arc::new([GivenUp { mark: before, places }]),
        _ => Arc::new([]),
    }
}

pub(super) fn entries_of(entries: &Entries) -> Result<Vec<Entry>, QueueError> {
    let mut read = Vec::with_capacity(entries.len());
    for (visitor, entry) in entries {
        let visitor = VisitorName::parse(visitor).map_err(|error| corrupt(&error.to_string()))?;
        read.push(entry_of(&visitor, entry)?);
    }
    Ok(read)
}

fn entry_of(visitor: &VisitorName, text: &str) -> Result<Entry, QueueError> {
    read_entry(visitor, text).ok_or_else(|| corrupt(&format!("`{text}` is no entry")))
}

/// Number, id, time of coming, state, the moment that belongs to the state, why it ended.
fn read_entry(visitor: &VisitorName, text: &str) -> Option<Entry> {
    let mut words = text.split(' ');
    let seq = Seq(words.next()?.parse().ok()?);
    let id = EntryId::parse(words.next()?)?;
    let entered_at = Timestamp::from_ms(words.next()?.parse().ok()?);
    let state = words.next()?;
    let at = Timestamp::from_ms(words.next()?.parse().ok()?);
    let reason = words.next()?;
    let state = match state {
        "w" => EntryState::Waiting,
        "a" => EntryState::Admitted { claim_by: at },
        "c" => EntryState::Claimed { until: at },
        "x" => EntryState::Ended {
            reason: reason_of(reason).ok()?,
            at,
        },
        _ => return None,
    };
    Some(Entry {
        id,
        seq,
        visitor: visitor.clone(),
        entered_at,
        state,
    })
}

fn reason_of(text: &str) -> Result<EndReason, Unknown> {
    EndReason::deserialize(text.into_deserializer())
}

pub(super) fn progress_of(
    room: &RoomName,
    (epoch, lost_up_to, served, last, pace, settings): ProgressFields,
    given_up: Vec<(u64, u64)>,
    now: Timestamp,
) -> Result<Progress, QueueError> {
    let row = |(mark, places)| GivenUp {
        mark: Seq(mark),
        places,
    };
    Ok(Progress {
        room: room.clone(),
        epoch,
        lost_up_to: Seq(lost_up_to),
        at: now,
        served: Seq(served),
        last: Seq(last),
        given_up: given_up.into_iter().map(row).collect(),
        pace,
        settings: Arc::new(settings_of(&settings)?),
    })
}

pub(super) fn counters_of(fields: CountersFields, settings: &Settings, now: Timestamp) -> Counters {
    let (waiting, active, budget, entered, admitted, pace, is_closed, admissible, newcomers_from) = fields;
    Counters {
        at: now,
        opens_at: settings.opens_at,
        is_paused: settings.paused,
        is_closed: is_closed == 1,
        waiting,
        admissible,
        newcomers_from: (newcomers_from > 0).then(|| Timestamp::from_ms(newcomers_from)),
        active,
        budget,
        entered,
        admitted,
        pace,
    }
}

pub(super) fn settings_of(text: &str) -> Result<Settings, QueueError> {
    serde_json::from_str(text).map_err(|error| corrupt(&error.to_string()))
}

fn unexpected(error: &ParsingError) -> QueueError {
    corrupt(&error.to_string())
}

fn corrupt(why: &str) -> QueueError {
    QueueError::Corrupt(format!("Redis: {why}"))
}
