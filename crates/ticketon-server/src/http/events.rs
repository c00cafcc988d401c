//! Events: what there is to attend, when, and when it is sold. An event reads back as its file wrote it: `performance`,
//! `price` and `sale` are lists.

pub(super) mod apply;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod performances;
pub(super) mod publish;
pub(super) mod sales;
pub(super) mod show;

use std::time::Duration;

use serde::Serialize;
use ticketon_core::event::{Currency, Event, EventState, Performance, Price};
use ticketon_core::ids::{EventId, PerformanceId, SaleId, Slug};
use ticketon_core::organization::Organization;
use ticketon_core::plan::PlanId;
use ticketon_core::policy::Policy;
use ticketon_core::row::RowId;
use ticketon_core::sale::{QueueSettings, Sale, SaleLimits, SalePhase};
use ticketon_core::store::Freshness;
use ticketon_core::time::length;
use ticketon_core::views::Views;
use ticketon_core::{Refusal, Timestamp};

use super::{Http, find};

/// An event with what belongs to it.
#[derive(Debug, Serialize)]
pub(super) struct EventView {
    id: EventId,
    slug: Slug,
    title: String,
    /// Who sells it, as addresses name them.
    organization: Slug,
    category: String,
    age_limit: Option<u8>,
    time_zone: String,
    currency: Currency,
    /// Sells for play money.
    test: bool,
    state: EventState,
    performance: Vec<PerformanceView>,
    price: Vec<Price>,
    sale: Vec<SaleView>,
    policy: Policy,
    /// How often it was looked at, as counted some moments ago.
    views: u64,
}

/// One date of an event.
#[derive(Debug, Serialize)]
pub(super) struct PerformanceView {
    id: PerformanceId,
    starts_at: Timestamp,
    venue: String,
    /// The seat plan, once seeding has begun.
    plan: Option<PlanId>,
    /// How many seats there are.
    seats: u32,
}

/// One round of selling.
#[derive(Debug, Serialize)]
pub(super) struct SaleView {
    id: SaleId,
    name: String,
    /// Where it stands now.
    phase: SalePhase,
    /// Until when it stands there.
    #[serde(skip)]
    until: Option<Timestamp>,
    opens_at: Timestamp,
    closes_at: Timestamp,
    /// How long before `opens_at` people may come to the lobby: `30m`.
    #[serde(with = "length")]
    lobby: Duration,
    queue: QueueSettings,
    limits: SaleLimits,
}

impl EventView {
    /// With everything that belongs to it, as it stands.
    pub(super) async fn load(http: &Http, event: Event) -> Result<Self, Refusal> {
        let organization = (event.organization,);
        let (organization, _) = http
            .shop
            .cx
            .need::<Organization>(organization, Freshness::Fresh, "organization")
            .await?;
        Ok(Self {
            performance: performances(http, &event, Freshness::Fresh).await?,
            sale: sales(http, &event, Freshness::Fresh).await?,
            id: event.id,
            slug: event.slug,
            title: event.title,
            organization: organization.slug,
            category: event.category,
            age_limit: event.age_limit,
            time_zone: event.time_zone,
            currency: event.currency,
            test: event.test,
            state: event.state,
            price: event.prices,
            policy: event.policy,
            views: views(http, event.id).await?,
        })
    }

    /// When a sale is somewhere else; none where none will ever be.
    fn until(&self) -> Option<Timestamp> {
        self.sale.iter().filter_map(|sale| sale.until).min()
    }

    /// Where the address of an event is.
    pub(super) fn address(&self) -> String {
        format!("/api/v1/events/{}", self.slug)
    }
}

async fn views(http: &Http, event: EventId) -> Result<u64, Refusal> {
    let views = http.shop.cx.load::<Views>((event,), Freshness::Fresh).await?;
    Ok(views.map_or(0, |(views, _)| views.count))
}

async fn performances(
    http: &Http,
    event: &Event,
    freshness: Freshness,
) -> Result<Vec<PerformanceView>, Refusal> {
    let ids = event.performances.iter().map(|id| RowId::Performance(*id));
    let performances = find::rows_as::<Performance>(http, ids, freshness).await?;
    Ok(performances.into_iter().map(PerformanceView::from).collect())
}

async fn sales(http: &Http, event: &Event, freshness: Freshness) -> Result<Vec<SaleView>, Refusal> {
    let now = http.shop.cx.now();
    let sales = find::sales(http, event, freshness).await?;
    Ok(sales.into_iter().map(|sale| SaleView::of(sale, now)).collect())
}

impl SaleView {
    fn of(sale: Sale, now: Timestamp) -> Self {
        Self {
            id: sale.id,
            phase: sale.phase(now),
            until: sale.phase_ends(now),
            name: sale.name,
            opens_at: sale.opens_at,
            closes_at: sale.closes_at,
            lobby: sale.lobby,
            queue: sale.queue,
            limits: sale.limits,
        }
    }
}

impl From<Performance> for PerformanceView {
    fn from(performance: Performance) -> Self {
        Self {
            id: performance.id,
            starts_at: performance.starts_at,
            venue: performance.venue,
            plan: performance.plan,
            seats: performance.seats,
        }
    }
}
