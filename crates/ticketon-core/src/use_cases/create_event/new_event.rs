//! An event to be drafted, as its file writes it or a program makes it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::{Currency, Performance, Price};
use crate::ids::{EventId, PerformanceId, SaleId, Slug};
use crate::money::Won;
use crate::plan::{Plan, PlanId};
use crate::policy::Policy;
use crate::sale::{QueueMode, QueueSettings, Sale, SaleLimits};
use crate::time::{Timestamp, length};

/// An event as its file writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEvent {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name for people.
    pub title: String,
    /// Who sells it; made with its first event where an admin drafts it.
    pub organization: Slug,
    /// What kind of thing it is.
    #[serde(default)]
    pub category: String,
    /// Nobody younger may hold seats.
    #[serde(default)]
    pub age_limit: Option<u8>,
    /// The zone whose calendar days its terms mean.
    #[serde(default = "seoul")]
    pub time_zone: String,
    /// What its amounts are in.
    #[serde(default)]
    pub currency: Currency,
    /// Sells for play money.
    #[serde(default)]
    pub test: bool,
    /// Its dates.
    #[serde(rename = "performance")]
    pub performances: Vec<NewPerformance>,
    /// What a seat costs.
    #[serde(rename = "price", default)]
    pub prices: Vec<Price>,
    /// Its rounds of selling.
    #[serde(rename = "sale", default)]
    pub sales: Vec<NewSale>,
    /// Its terms.
    #[serde(default)]
    pub policy: Policy,
}

/// A date of a new event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPerformance {
    /// When it starts.
    pub starts_at: Timestamp,
    /// Where.
    #[serde(default)]
    pub venue: String,
    /// Its seat plan, if it is seeded at once; a file's path is its reader's business.
    #[serde(skip)]
    pub plan: Option<Plan>,
    /// The plan that its seats were seeded from, or are going to be, by what names it: said where an event's file is
    /// applied, so that another plan is noticed.
    #[serde(rename = "plan", default, skip_serializing_if = "Option::is_none")]
    pub seeded_from: Option<PlanId>,
}

/// A round of selling of a new event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSale {
    /// *general*, *presale*, …
    pub name: String,
    /// When selling begins.
    pub opens_at: Timestamp,
    /// When selling ends.
    pub closes_at: Timestamp,
    /// How long before people may come to the lobby.
    #[serde(with = "length", default)]
    pub lobby: Duration,
    /// How its waiting room works.
    #[serde(default)]
    pub queue: QueueSettings,
    /// How many seats one may have.
    #[serde(default)]
    pub limits: SaleLimits,
}

fn seoul() -> String {
    "Asia/Seoul".to_owned()
}

impl NewPerformance {
    /// The date that it says, of this event; its seats are still to be seeded.
    pub(in crate::use_cases) fn made(&self, id: PerformanceId, event: EventId) -> Performance {
        Performance {
            id,
            event,
            starts_at: self.starts_at,
            venue: self.venue.clone(),
            plan: None,
            seats: 0,
        }
    }
}

impl NewSale {
    /// The round of selling that it says, of this event.
    pub(in crate::use_cases) fn made(&self, id: SaleId, event: EventId) -> Sale {
        Sale {
            id,
            event,
            name: self.name.clone(),
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            lobby: self.lobby,
            queue: self.queue,
            limits: self.limits,
        }
    }
}

impl NewEvent {
    /// A draft of an event with one performance, sold from now until it starts, for `organization` "house".
    ///
    /// # Panics
    /// If `starts_at` is not an RFC 3339 time: foreign text comes as an event file, which refuses.
    pub fn single(title: &str, starts_at: &str) -> Self {
        let starts_at: Timestamp = starts_at.parse().expect("a time written by the program");
        let sale = NewSale {
            name: "general".to_owned(),
            opens_at: Timestamp::from_millis(0),
            closes_at: starts_at,
            lobby: Duration::ZERO,
            queue: QueueSettings::default(),
            limits: SaleLimits::default(),
        };
        Self {
            slug: slug_of(title),
            title: title.to_owned(),
            organization: Slug::new("house").expect("a slug written here"),
            category: String::new(),
            age_limit: None,
            time_zone: seoul(),
            currency: Currency::Krw,
            test: false,
            performances: vec![NewPerformance {
                starts_at,
                venue: String::new(),
                plan: None,
                seeded_from: None,
            }],
            prices: Vec::new(),
            sales: vec![sale],
            policy: Policy::default(),
        }
    }

    /// With this seat plan for its performances.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it is given away; clones of a plan share one copy"
    )]
    pub fn plan(mut self, plan: Plan) -> Self {
        for performance in &mut self.performances {
            performance.plan = Some(plan.clone());
        }
        self
    }

    /// With one more price.
    ///
    /// # Panics
    /// If `grade` is not a grade; foreign text comes as an event file, which refuses.
    #[must_use]
    pub fn price(mut self, grade: &str, kind: &str, amount: Won) -> Self {
        let grade = grade.parse().expect("a grade written by the program");
        self.prices.push(Price {
            grade,
            kind: kind.to_owned(),
            amount,
        });
        self
    }

    /// Without a waiting room.
    #[must_use]
    pub fn no_queue(mut self) -> Self {
        for sale in &mut self.sales {
            sale.queue.mode = QueueMode::Off;
        }
        self
    }
}

/// The title in lower case with dashes; `event` if nothing of it can stand in an address.
fn slug_of(title: &str) -> Slug {
    let letters = title
        .to_lowercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    Slug::new(letters.trim_matches('-')).unwrap_or_else(|_| Slug::new("event").expect("a slug written here"))
}
