//! What a queue remembers: each record is something that happened, told so briefly that writing it costs nothing.
//! Records are decided by `decide`, take effect in `State::apply`, and are checked by `audit`.

use serde::{Deserialize, Serialize};

use crate::bucket::Bucket;
use crate::entry::{EndReason, Entry, EntryId, EntryState, Seq};
use crate::names::{RoomName, VisitorName};
use crate::pace::Pace;
use crate::policy::Settings;
use crate::time::Timestamp;

/// Something that happened in a room. Written as `{"e":[7,"…","ana",1796122800000]}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Record {
    /// The room was opened: its name, its epoch, how it is run, when.
    #[serde(rename = "open")]
    Opened(RoomName, u32, Settings, Timestamp),
    /// A visitor came and was given the next number.
    #[serde(rename = "e")]
    Entered(Seq, EntryId, VisitorName, Timestamp),
    /// Entries were let in, first in line first: they have until the first moment to claim; when it happened.
    #[serde(rename = "a")]
    Admitted(Vec<Seq>, Timestamp, Timestamp),
    /// A pass was fetched; it lives until then.
    #[serde(rename = "c")]
    Claimed(Seq, Timestamp),
    /// Entries ended.
    #[serde(rename = "x")]
    Ended(Vec<Seq>, EndReason, Timestamp),
    /// Everybody who waited was told at once that it is over.
    #[serde(rename = "over")]
    LineEnded(Closing, Timestamp),
    /// The room is run like this from now on.
    #[serde(rename = "set")]
    Changed(Settings, Timestamp),
    /// All that came before, in one.
    #[serde(rename = "all")]
    Snapshot(Box<Snapshot>),
}

/// Why a whole line ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// Nothing is left to sell. The room stays open: what is refunded is sold to whoever comes then.
    SoldOut,
    /// The room is closed for good; passes live on to their end.
    Closed,
}

impl Closing {
    /// The reason that each entry ends with.
    pub const fn reason(self) -> EndReason {
        match self {
            Self::SoldOut => EndReason::SoldOut,
            Self::Closed => EndReason::Closed,
        }
    }
}

/// A whole queue at one moment, so that what came before may be forgotten.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    pub(crate) room: RoomName,
    pub(crate) epoch: u32,
    pub(crate) settings: Settings,
    pub(crate) is_closed: bool,
    pub(crate) last_seq: Seq,
    pub(crate) served: Seq,
    pub(crate) admitted: u64,
    pub(crate) bucket: Bucket,
    pub(crate) pace: Pace,
    /// Places given up in line, each with the number from which on it is credited.
    pub(crate) given_up: Vec<(Seq, Seq)>,
    /// Everybody inside or waiting, and who ended lately.
    pub(crate) entries: Vec<Row>,
}

/// An entry without its fields' names: there are hundreds of thousands of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Row(Seq, EntryId, VisitorName, Timestamp, pub(crate) EntryState);

impl From<&Entry> for Row {
    fn from(entry: &Entry) -> Self {
        Self(
            entry.seq,
            entry.id,
            entry.visitor.clone(),
            entry.entered_at,
            entry.state,
        )
    }
}

impl From<&Row> for Entry {
    fn from(Row(seq, id, visitor, entered_at, state): &Row) -> Self {
        Self {
            id: *id,
            seq: *seq,
            visitor: visitor.clone(),
            entered_at: *entered_at,
            state: *state,
        }
    }
}
