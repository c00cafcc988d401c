//! Something to attend, its dates and its prices.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{EventId, OrganizationId, PerformanceId, SaleId, Slug};
use crate::money::Won;
use crate::plan::{Grade, PlanId};
use crate::policy::Policy;
use crate::time::Timestamp;

/// Something to attend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The identifier.
    pub id: EventId,
    /// Who sells it.
    pub organization: OrganizationId,
    /// Its name in addresses, unique in the shop.
    pub slug: Slug,
    /// Its name for people.
    pub title: String,
    /// What kind of thing it is.
    pub category: String,
    /// Nobody younger may hold seats.
    pub age_limit: Option<u8>,
    /// The zone whose calendar days its terms mean.
    pub time_zone: String,
    /// What its amounts are in.
    pub currency: Currency,
    /// Sells for play money; fixed at publishing.
    pub test: bool,
    /// Where it stands.
    pub state: EventState,
    /// Its terms.
    pub policy: Policy,
    /// What a seat costs.
    pub prices: Vec<Price>,
    /// Its dates, in the order they were added.
    pub performances: Vec<PerformanceId>,
    /// Its rounds of selling; their windows do not overlap.
    pub sales: Vec<SaleId>,
}

/// Where an event stands: *draft → published*, or *draft → deleted*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventState {
    /// Being prepared; nobody but its staff sees it.
    Draft,
    /// On the shelf.
    Published,
    /// A draft that was taken away: nobody sees it, and its slug is free.
    Deleted,
}

/// What amounts are in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Currency {
    /// Korean won.
    #[default]
    #[serde(rename = "KRW")]
    Krw,
}

/// What a seat of a grade costs for a kind of person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The seat's price level.
    pub grade: Grade,
    /// *adult*, *youth*, …
    pub kind: String,
    /// What it costs.
    pub amount: Won,
}

/// A price's name, written `R/adult`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PriceName {
    /// The seat's price level.
    pub grade: Grade,
    /// The kind of person.
    pub kind: String,
}

/// A text that is not a price's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a price: write it as `R/adult`")]
pub struct BadPriceName(String);

/// One date of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Performance {
    /// The identifier.
    pub id: PerformanceId,
    /// The event.
    pub event: EventId,
    /// When it starts.
    pub starts_at: Timestamp,
    /// Where.
    pub venue: String,
    /// The seat plan, once seeding has begun.
    pub plan: Option<PlanId>,
    /// How many seats have been seeded, in plan order.
    pub seats: u32,
}

impl Event {
    /// What a seat costs, if it is sold at that price.
    pub fn price(&self, name: &PriceName) -> Option<Won> {
        let is_named = |price: &&Price| price.grade == name.grade && price.kind == name.kind;
        self.prices.iter().find(is_named).map(|price| price.amount)
    }

    /// The draft once it was taken away. Its slug may be another's from now on: the id stands in its place.
    pub(crate) fn deleted(self) -> Self {
        let slug = Slug::new(self.id.to_string());
        Self {
            slug: slug.expect("an id is 36 of 0-9, a-f and `-`"),
            state: EventState::Deleted,
            ..self
        }
    }
}

impl fmt::Display for PriceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.grade, self.kind)
    }
}

impl FromStr for PriceName {
    type Err = BadPriceName;

    fn from_str(text: &str) -> Result<Self, BadPriceName> {
        let bad = || BadPriceName(text.to_owned());
        let (grade, kind) = text.rsplit_once('/').ok_or_else(bad)?;
        if kind.is_empty() || kind.len() > 32 {
            return Err(bad());
        }
        Ok(Self {
            grade: grade.parse().map_err(|_| bad())?,
            kind: kind.to_owned(),
        })
    }
}

impl TryFrom<String> for PriceName {
    type Error = BadPriceName;

    fn try_from(text: String) -> Result<Self, BadPriceName> {
        text.parse()
    }
}

impl From<PriceName> for String {
    fn from(name: PriceName) -> String {
        name.to_string()
    }
}
