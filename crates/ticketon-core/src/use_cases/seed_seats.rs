//! Seeding a performance with the seats of a plan.

use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::event::{Event, EventState, Performance};
use crate::fact::{Fact, Stream, What};
use crate::ids::PerformanceId;
use crate::limits;
use crate::organization::Role;
use crate::plan::{Plan, SeatNumber};
use crate::row::RowId;
use crate::seat::{Seat, SeatState};
use crate::store::{Changes, Versioned};

/// What seeding did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeded {
    /// Seats that were added; 0 where the plan was seeded before.
    pub added: u32,
    /// Seats there are.
    pub seats: u32,
}

/// Seeds a draft's performance, in chunks; `progress` hears how many seats there are. The same plan again goes
/// on where it stopped, or changes nothing.
pub async fn seed_seats(
    cx: &Context,
    caller: &Caller,
    performance: PerformanceId,
    plan: Plan,
    progress: impl Fn(u32),
) -> Result<Seeded, Refusal> {
    let mut tries = Tries::default();
    let mut added = 0;
    loop {
        let freshness = tries.freshness();
        let performance = cx
            .need::<Performance>((performance,), freshness, "performance")
            .await?;
        let event = cx
            .need::<Event>((performance.0.event,), freshness, "event")
            .await?;
        caller.may(Right::ActAs(event.0.organization, Role::Manager))?;
        if event.0.state == EventState::Deleted {
            return Err(Refusal::not_found("performance", &performance.0.id));
        }
        let seats = performance.0.seats;
        if performance.0.plan.is_some_and(|seeded| seeded != plan.id()) {
            let message = "its seats were seeded from another plan, which cannot be changed any more";
            return Err(Refusal::new(Code::PlanDiffers, message));
        }
        if seats == plan.seats() {
            return Ok(Seeded { added, seats });
        }
        if event.0.state != EventState::Draft {
            return Err(Refusal::new(
                Code::NotADraft,
                "seats are seeded on a draft, before publishing",
            ));
        }
        let is_stored = cx.load::<Plan>((plan.id(),), freshness).await?.is_some();
        let count = (plan.seats() - seats).min(limits::SEEDED_AT_ONCE);
        let changes = store_plan(cx, &event.0, &plan, is_stored).by(caller);
        match cx
            .commit(chunk(cx, changes, &event, performance, &plan, count))
            .await
        {
            Ok(()) => {
                added += count;
                tries = Tries::default();
                progress(seats + count);
            }
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

fn store_plan(cx: &Context, event: &Event, plan: &Plan, is_stored: bool) -> Changes {
    if is_stored {
        return cx.changes();
    }
    cx.changes().create(plan.clone()).record(Fact {
        stream: Stream::Organization(event.organization),
        at: cx.now(),
        what: What::PlanStored { plan: plan.id() },
    })
}

/// The next `count` seats in plan order, and the performance's row that counts them.
fn chunk(
    cx: &Context,
    mut changes: Changes,
    event: &Versioned<Event>,
    (performance, version): Versioned<Performance>,
    plan: &Plan,
    count: u32,
) -> Changes {
    let first = performance.seats;
    for number in first..first + count {
        changes = changes.create(Seat {
            performance: performance.id,
            number: SeatNumber(number),
            state: SeatState::Free,
        });
    }
    let seeded = Performance {
        plan: Some(plan.id()),
        seats: first + count,
        ..performance
    };
    changes
        .rely(RowId::Event(event.0.id), event.1)
        .record(Fact {
            stream: Stream::Event(event.0.id),
            at: cx.now(),
            what: What::SeatsSeeded {
                performance: seeded.id,
                first: SeatNumber(first),
                count,
            },
        })
        .write(seeded, version)
}
