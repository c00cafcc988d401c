//! An entry: one visitor's place in a room, from coming to leaving. Each state holds only what is true in it; a
//! transition consumes the state and refuses what does not follow.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::names::VisitorName;
use crate::time::Timestamp;

/// A number in the order of coming, counted from 1. Never given twice, never changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An entry's identity, made by the caller (a UUID's bits are good ones). Written as 22 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EntryId(u128);

impl EntryId {
    /// The id of these bits.
    pub const fn from_u128(bits: u128) -> Self {
        Self(bits)
    }

    /// The id's bits.
    pub const fn as_u128(self) -> u128 {
        self.0
    }

    /// The id that was written like that.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(u128::from_be_bytes(bytes.try_into().ok()?)))
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0.to_be_bytes()))
    }
}

impl Serialize for EntryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EntryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("an entry's id is 16 bytes in base64url"))
    }
}

/// One visitor's place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its identity.
    pub id: EntryId,
    /// Its number in the order of coming.
    pub seq: Seq,
    /// Whose it is.
    pub visitor: VisitorName,
    /// When the visitor came.
    pub entered_at: Timestamp,
    /// How far it has come.
    pub state: EntryState,
}

/// How far an entry has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum EntryState {
    /// In line, or in the lobby while the room is not open.
    #[serde(rename = "w")]
    Waiting,
    /// Let in; the slot goes back unless the pass is fetched by then.
    #[serde(rename = "a")]
    Admitted {
        /// Last moment to fetch the pass.
        claim_by: Timestamp,
    },
    /// Inside, the pass fetched.
    #[serde(rename = "c")]
    Claimed {
        /// The pass's end.
        until: Timestamp,
    },
    /// Over. Coming again makes a new entry, at the back.
    #[serde(rename = "x")]
    Ended {
        /// Why.
        reason: EndReason,
        /// When.
        at: Timestamp,
    },
}

/// Why an entry ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The visitor bought what there was to buy.
    Purchased,
    /// The visitor gave the place or the pass back.
    Left,
    /// The pass was not fetched in time.
    ClaimMissed,
    /// The pass ran out, or what it was for did.
    PassEnded,
    /// Nothing is left to sell.
    SoldOut,
    /// The room has closed.
    Closed,
    /// Staff took the place away.
    Removed,
}

impl EndReason {
    /// The reason's name, as it is written everywhere.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Purchased => "purchased",
            Self::Left => "left",
            Self::ClaimMissed => "claim_missed",
            Self::PassEnded => "pass_ended",
            Self::SoldOut => "sold_out",
            Self::Closed => "closed",
            Self::Removed => "removed",
        }
    }
}

/// A transition that does not follow from the state an entry is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an entry that is {0:?} cannot become {1}")]
pub(crate) struct WrongState(EntryState, &'static str);

impl EntryState {
    /// Let in.
    pub(crate) fn admit(self, claim_by: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Waiting => Ok(Self::Admitted { claim_by }),
            other => Err(WrongState(other, "admitted")),
        }
    }

    /// The pass fetched.
    pub(crate) fn claim(self, until: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Admitted { .. } => Ok(Self::Claimed { until }),
            other => Err(WrongState(other, "claimed")),
        }
    }

    /// Over.
    pub(crate) fn end(self, reason: EndReason, at: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Ended { .. } => Err(WrongState(self, "ended")),
            _ => Ok(Self::Ended { reason, at }),
        }
    }

    /// When it ends by itself: the claim missed or the pass run out. Who waits, waits without end.
    pub fn deadline(self) -> Option<Timestamp> {
        match self {
            Self::Admitted { claim_by } => Some(claim_by),
            Self::Claimed { until } => Some(until),
            Self::Waiting | Self::Ended { .. } => None,
        }
    }

    /// The state as time has it: what ran out has ended, whether or not a tick has come by since.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Admitted { claim_by } if claim_by <= now => Self::Ended {
                reason: EndReason::ClaimMissed,
                at: claim_by,
            },
            Self::Claimed { until } if until <= now => Self::Ended {
                reason: EndReason::PassEnded,
                at: until,
            },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_being_written() {
        let id = EntryId::from_u128(0x0198_c0de_7f1e_7000_b4c2_a1d3_e4f5_0617);
        assert_eq!(id.to_string().len(), 22);
        assert_eq!(EntryId::parse(&id.to_string()), Some(id));
        assert_eq!(EntryId::parse("short"), None);
    }

    #[test]
    fn nobody_is_let_in_twice() {
        let now = Timestamp::from_ms(1);
        let inside = EntryState::Waiting.admit(now).unwrap();
        assert!(inside.admit(now).is_err());
        let over = inside.end(EndReason::Left, now).unwrap();
        assert!(over.claim(now).is_err());
        assert!(over.end(EndReason::Left, now).is_err());
    }
}
