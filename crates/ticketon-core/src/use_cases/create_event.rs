//! Drafting an event with its performances and sales.

mod check;
mod file;
mod new_event;

use super::seed_seats::seed_seats;
use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::event::{Event, EventState, Performance};
use crate::fact::{Fact, Stream, What};
use crate::ids::{EventId, OrganizationId, PerformanceId, SaleId, Slug};
use crate::organization::{Organization, Role};
use crate::row::{RowId, UniqueKey};
use crate::sale::Sale;
use crate::store::{Changes, CommitError, Conflict};

pub(super) use self::check::check;
pub use self::new_event::{NewEvent, NewPerformance, NewSale};

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
        let changes = house.write_to(cx.changes().by(caller));
        match cx.commit(changes_of(cx, caller, changes, &created)).await {
            Ok(()) => break created,
            Err(CommitError::Conflict(Conflict::Taken(UniqueKey::EventSlug(slug)))) => {
                if let Some(RowId::Event(event)) = cx.first_answer(caller).await? {
                    return super::publish::created(cx, event).await;
                }
                return Err(slug_taken(&slug));
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

/// Refuses who may not draft an event for an organization.
pub(super) async fn may_draft_for(cx: &Context, caller: &Caller, slug: &Slug) -> Result<(), Refusal> {
    organization(cx, caller, slug).await.map(|_| ())
}

pub(super) fn slug_taken(slug: &Slug) -> Refusal {
    let message = format!("another event is named `{slug}`: choose another slug");
    Refusal::new(Code::SlugTaken, message)
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

fn draft(cx: &Context, new: &NewEvent, organization: OrganizationId) -> Created {
    let now = cx.now();
    let id = EventId::new(now, &*cx.entropy);
    let mut performances = Vec::with_capacity(new.performances.len());
    for performance in &new.performances {
        performances.push(performance.made(PerformanceId::new(now, &*cx.entropy), id));
    }
    let mut sales = Vec::with_capacity(new.sales.len());
    for sale in &new.sales {
        sales.push(sale.made(SaleId::new(now, &*cx.entropy), id));
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
