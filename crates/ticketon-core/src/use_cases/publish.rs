//! Putting an event on the shelf.

use super::create_event::Created;
use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::event::{Event, EventState, Performance};
use crate::fact::{Fact, Stream, What};
use crate::ids::EventId;
use crate::organization::Role;
use crate::plan::Plan;
use crate::row::RowId;
use crate::sale::Sale;
use crate::store::{Freshness, Versioned};

/// Publishes a draft whose seats are all seeded and priced. Publishing it again is no error.
pub async fn publish(cx: &Context, caller: &Caller, event: EventId) -> Result<Event, Refusal> {
    let mut tries = Tries::default();
    loop {
        let (event, version) = cx.need::<Event>((event,), tries.freshness(), "event").await?;
        caller.may(Right::ActAs(event.organization, Role::Manager))?;
        match event.state {
            EventState::Draft => {}
            EventState::Published => return Ok(event),
            EventState::Deleted => return Err(Refusal::not_found("event", &event.id)),
        }
        if event.sales.is_empty() {
            return Err(Refusal::new(
                Code::NotReady,
                "add a sale first: nobody could buy anything",
            ));
        }
        let performances = performances(cx, &event, tries.freshness()).await?;
        let mut changes = cx.changes().by(caller);
        for (performance, version) in &performances {
            check_seats(cx, &event, performance, tries.freshness()).await?;
            changes = changes.rely(RowId::Performance(performance.id), *version);
        }
        let published = Event {
            state: EventState::Published,
            ..event
        };
        let changes = changes.write(published.clone(), version).record(Fact {
            stream: Stream::Event(published.id),
            at: cx.now(),
            what: What::EventPublished { event: published.id },
        });
        match cx.commit(changes).await {
            Ok(()) => return Ok(published),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

/// An event with what belongs to it, as it stands.
pub(super) async fn created(cx: &Context, event: EventId) -> Result<Created, Refusal> {
    let (event, _) = cx.need::<Event>((event,), Freshness::Fresh, "event").await?;
    let performances = performances(cx, &event, Freshness::Fresh).await?;
    let sales = cx
        .load_all::<Sale>(event.sales.iter().map(|id| RowId::Sale(*id)), Freshness::Fresh)
        .await?;
    Ok(Created {
        id: event.id,
        performances: performances
            .into_iter()
            .map(|(performance, _)| performance)
            .collect(),
        sales: sales.into_iter().flatten().map(|(sale, _)| sale).collect(),
        event,
    })
}

async fn performances(
    cx: &Context,
    event: &Event,
    freshness: Freshness,
) -> Result<Vec<Versioned<Performance>>, Refusal> {
    let ids = event.performances.iter().map(|id| RowId::Performance(*id));
    Ok(cx
        .load_all::<Performance>(ids, freshness)
        .await?
        .into_iter()
        .flatten()
        .collect())
}

/// Refuses a performance whose seats are not all there, or have no price.
pub(super) async fn check_seats(
    cx: &Context,
    event: &Event,
    performance: &Performance,
    freshness: Freshness,
) -> Result<(), Refusal> {
    let Some(plan) = performance.plan else {
        let message = format!(
            "performance `{}` has no seats: seed it with a plan first",
            performance.id
        );
        return Err(Refusal::new(Code::NotReady, message));
    };
    let (plan, _) = cx.need::<Plan>((plan,), freshness, "seat plan").await?;
    if performance.seats != plan.seats() {
        let message = format!(
            "performance `{}` has {} of {} seats: seed it again with the same plan",
            performance.id,
            performance.seats,
            plan.seats()
        );
        return Err(Refusal::new(Code::NotReady, message));
    }
    let unpriced = plan
        .grades()
        .iter()
        .find(|grade| !event.prices.iter().any(|price| price.grade == **grade));
    match unpriced {
        Some(grade) => Err(Refusal::new(
            Code::NotReady,
            format!("grade `{grade}` has no price: add one to the event"),
        )),
        None => Ok(()),
    }
}
