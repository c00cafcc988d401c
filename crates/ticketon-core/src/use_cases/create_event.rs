//! Drafting an event with its performances and sales.

use serde::Deserialize;
use std::time::Duration;

use super::seed_seats::seed_seats;
use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::event::{Currency, Event, EventState, Performance, Price};
use crate::fact::{Fact, Stream, What};
use crate::ids::{EventId, OrganizationId, PerformanceId, SaleId, Slug};
use crate::limits;
use crate::money::Won;
use crate::organization::{Organization, Role};
use crate::plan::Plan;
use crate::policy::Policy;
use crate::row::{RowId, UniqueKey};
use crate::sale::{QueueMode, QueueSettings, Sale, SaleLimits};
use crate::store::{Changes, CommitError, Conflict};
use crate::time::{Timestamp, length};

/// An event as its file writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
}

/// A round of selling of a new event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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

/// A drafted event with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The event's identifier.
    pub id: EventId,
    /// The event.
    pub event: Event,
    /// Its dates.
    pub performances: Vec<Performance>,
    /// Its sales.
    pub sales: Vec<Sale>,
}

/// Drafts an event. Plans given with its performances are seeded at once.
pub async fn create_event(cx: &Context, caller: &Caller, new: NewEvent) -> Result<Created, Refusal> {
    check(&new)?;
    let mut tries = Tries::default();
    let created = loop {
        let house = organization(cx, caller, &new.organization).await?;
        let created = draft(cx, &new, house.id());
        let changes = house.write_to(cx.changes());
        match cx.commit(changes_of(cx, caller, changes, &created)).await {
            Ok(()) => break created,
            Err(CommitError::Conflict(Conflict::Taken(UniqueKey::EventSlug(slug)))) => {
                if let Some(RowId::Event(event)) = cx.first_answer(caller).await? {
                    return super::publish::created(cx, event).await;
                }
                let message = format!("another event is named `{slug}`: choose another slug");
                return Err(Refusal::new(Code::SlugTaken, message));
            }
            Err(error) => {
                if let Some(RowId::Event(event)) = tries.after(error, caller)? {
                    return super::publish::created(cx, event).await;
                }
            }
        }
    };
    for (performance, new) in created.performances.iter().zip(&new.performances) {
        if let Some(plan) = &new.plan {
            seed_seats(cx, caller, performance.id, plan.clone(), |_| ()).await?;
        }
    }
    super::publish::created(cx, created.id).await
}

/// The organization of a new event: one there is, or one to be made with it.
enum House {
    Known(OrganizationId),
    New(Organization),
}

async fn organization(cx: &Context, caller: &Caller, slug: &Slug) -> Result<House, Refusal> {
    if let Some(RowId::Organization(id)) = cx
        .reads
        .holder(&UniqueKey::OrganizationSlug(slug.clone()))
        .await?
    {
        caller.may(Right::ActAs(id, Role::Manager))?;
        return Ok(House::Known(id));
    }
    caller
        .may(Right::Administer)
        .map_err(|refusal| match refusal.code() {
            Code::LoginRequired => refusal,
            _ => Refusal::not_found("organization", slug),
        })?;
    let id = OrganizationId::new(cx.now(), &*cx.entropy);
    Ok(House::New(Organization {
        id,
        slug: slug.clone(),
        name: slug.to_string(),
    }))
}

impl House {
    fn id(&self) -> OrganizationId {
        match self {
            Self::Known(id) => *id,
            Self::New(organization) => organization.id,
        }
    }

    fn write_to(self, changes: Changes) -> Changes {
        match self {
            Self::Known(_) => changes,
            Self::New(organization) => changes.create(organization),
        }
    }
}

fn check(new: &NewEvent) -> Result<(), Refusal> {
    let title_length = new.title.chars().count();
    if title_length == 0 || title_length > limits::TITLE_CHARS_MAX {
        return Err(Refusal::field("title", "must have 1 to 200 characters"));
    }
    if Timestamp::from_millis(0).date_in(&new.time_zone).is_none() {
        return Err(Refusal::field(
            "time_zone",
            "is unknown: write it as `Asia/Seoul`",
        ));
    }
    if new.performances.is_empty() || new.performances.len() > limits::PERFORMANCES_MAX {
        return Err(Refusal::field("performance", "name 1 to 400 performances"));
    }
    if new.sales.len() > limits::SALES_MAX {
        return Err(Refusal::field("sale", "an event has at most 20 sales"));
    }
    if let Some(problem) = new.policy.problem(new.test) {
        return Err(Refusal::field("policy", problem));
    }
    check_prices(&new.prices)?;
    check_sales(&new.sales)
}

fn check_prices(prices: &[Price]) -> Result<(), Refusal> {
    if prices.len() > limits::PRICES_MAX {
        return Err(Refusal::field("price", "an event has at most 200 prices"));
    }
    for (index, price) in prices.iter().enumerate() {
        if price.amount < Won::ZERO || price.amount > limits::PRICE_MAX {
            return Err(Refusal::field(
                "price",
                format!("{} is not a price: 0 to {}", price.amount, limits::PRICE_MAX),
            ));
        }
        let is_same = |other: &Price| other.grade == price.grade && other.kind == price.kind;
        if prices[..index].iter().any(is_same) {
            return Err(Refusal::field(
                "price",
                format!("`{}/{}` stands twice", price.grade, price.kind),
            ));
        }
    }
    Ok(())
}

fn check_sales(sales: &[NewSale]) -> Result<(), Refusal> {
    for (index, sale) in sales.iter().enumerate() {
        if sale.opens_at >= sale.closes_at {
            return Err(Refusal::field(
                "sale",
                format!("`{}` closes before it opens", sale.name),
            ));
        }
        if sale.limits.per_order == 0 || sale.limits.per_order > limits::ORDER_SEATS_MAX {
            return Err(Refusal::field("sale", "`per_order` must be 1 to 100"));
        }
        if sale.limits.per_person < sale.limits.per_order {
            return Err(Refusal::field(
                "sale",
                "`per_person` must be at least `per_order`",
            ));
        }
        let counts = 1..=limits::QUEUE_COUNT_MAX;
        let is_run = counts.contains(&sale.queue.capacity) && counts.contains(&sale.queue.per_minute);
        if sale.queue.mode != QueueMode::Off && !is_run {
            return Err(Refusal::field(
                "sale",
                "`capacity` and `per_minute` must be 1 to 1000000",
            ));
        }
        let overlaps = |other: &&NewSale| sale.opens_at < other.closes_at && other.opens_at < sale.closes_at;
        if let Some(other) = sales[..index].iter().find(overlaps) {
            let message = format!("the windows of `{}` and `{}` overlap", other.name, sale.name);
            return Err(Refusal::field("sale", message));
        }
    }
    Ok(())
}

fn draft(cx: &Context, new: &NewEvent, organization: OrganizationId) -> Created {
    let now = cx.now();
    let id = EventId::new(now, &*cx.entropy);
    let mut performances = Vec::with_capacity(new.performances.len());
    for performance in &new.performances {
        performances.push(Performance {
            id: PerformanceId::new(now, &*cx.entropy),
            event: id,
            starts_at: performance.starts_at,
            venue: performance.venue.clone(),
            plan: None,
            seats: 0,
        });
    }
    let mut sales = Vec::with_capacity(new.sales.len());
    for sale in &new.sales {
        sales.push(Sale {
            id: SaleId::new(now, &*cx.entropy),
            event: id,
            name: sale.name.clone(),
            opens_at: sale.opens_at,
            closes_at: sale.closes_at,
            lobby: sale.lobby,
            queue: sale.queue,
            limits: sale.limits,
        });
    }
    let event = Event {
        id,
        organization,
        slug: new.slug.clone(),
        title: new.title.clone(),
        category: new.category.clone(),
        age_limit: new.age_limit,
        time_zone: new.time_zone.clone(),
        currency: new.currency,
        test: new.test,
        state: EventState::Draft,
        policy: new.policy.clone(),
        prices: new.prices.clone(),
        performances: performances.iter().map(|performance| performance.id).collect(),
        sales: sales.iter().map(|sale| sale.id).collect(),
    };
    Created {
        id,
        event,
        performances,
        sales,
    }
}

fn changes_of(cx: &Context, caller: &Caller, changes: Changes, created: &Created) -> Changes {
    let now = cx.now();
    let mut changes = changes
        .create(created.event.clone())
        .answer(caller.answer(RowId::Event(created.id), now))
        .record(Fact {
            stream: Stream::Organization(created.event.organization),
            at: now,
            what: What::EventCreated { event: created.id },
        });
    for performance in &created.performances {
        changes = changes.create(performance.clone());
    }
    for sale in &created.sales {
        changes = changes.create(sale.clone());
    }
    changes
}

fn seoul() -> String {
    "Asia/Seoul".to_owned()
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

impl Created {
    /// The one performance of an event with one date; the first of others.
    ///
    /// # Panics
    /// Never: an event has at least one performance.
    pub fn performance(&self) -> PerformanceId {
        self.performances
            .first()
            .expect("an event has at least one performance")
            .id
    }
}
