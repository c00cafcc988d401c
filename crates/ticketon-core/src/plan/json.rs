//! The JSON form of a plan: read leniently into a draft, written canonically. The module `plan` documents it.

mod read;
mod write;

use serde::de::{self, MapAccess, SeqAccess, Visitor, value};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Plan, Position, SeatKind, check};

pub(super) use read::read;
pub(super) use write::write;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlan {
    name: String,
    grades: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    focus: Option<Position>,
    zones: Vec<RawZone>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawZone {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    prefix: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    capacity: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grade: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<RawRow>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    name: String,
    grade: String,
    seats: RawSeats,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    aisle_after: Vec<String>,
}

/// A range or label, or a list of seats.
#[derive(Serialize)]
#[serde(untagged)]
enum RawSeats {
    Range(String),
    List(Vec<RawItem>),
}

/// A range or label as the row says, or seats with something different.
#[derive(Serialize)]
#[serde(untagged)]
enum RawItem {
    Range(String),
    Special(RawSpecial),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpecial {
    seats: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grade: Option<String>,
    #[serde(default, skip_serializing_if = "is_standard")]
    kind: SeatKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<i32>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes the field by reference"
)]
fn is_standard(kind: &SeatKind) -> bool {
    *kind == SeatKind::Standard
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write::raw(&self.hall).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawPlan::deserialize(deserializer)?;
        check::check(read::draft(raw)).map_err(de::Error::custom)
    }
}

// Written by hand, because the derived form of an untagged enum says only "did not match any variant" where a
// field is misspelt.
impl<'de> Deserialize<'de> for RawSeats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seats;

        impl<'de> Visitor<'de> for Seats {
            type Value = RawSeats;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("seats: `\"1-24\"`, or a list")
            }

            fn visit_str<E: de::Error>(self, range: &str) -> Result<RawSeats, E> {
                Ok(RawSeats::Range(range.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<RawSeats, A::Error> {
                Vec::deserialize(value::SeqAccessDeserializer::new(list)).map(RawSeats::List)
            }
        }

        deserializer.deserialize_any(Seats)
    }
}

impl<'de> Deserialize<'de> for RawItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Item;

        impl<'de> Visitor<'de> for Item {
            type Value = RawItem;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(
                    "seats: `\"1-24\"`, or an object such as `{\"seats\": \"12\", \"kind\": \"wheelchair\"}`",
                )
            }

            fn visit_str<E: de::Error>(self, range: &str) -> Result<RawItem, E> {
                Ok(RawItem::Range(range.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<RawItem, A::Error> {
                RawSpecial::deserialize(value::MapAccessDeserializer::new(fields)).map(RawItem::Special)
            }
        }

        deserializer.deserialize_any(Item)
    }
}
