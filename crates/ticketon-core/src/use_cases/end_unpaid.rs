//! Ending a purchase unpaid: cancelled by its buyer, run out, or declined too late for another try.

use super::freed_seats::{Freed, free_seats};
use crate::context::Context;
use crate::error::Refusal;
use crate::fact::{Fact, Spent, Stream, What};
use crate::hold::{Hold, HoldState};
use crate::purchase::{Purchase, PurchaseState};
use crate::store::{Changes, Freshness, Versioned};
use crate::time::Timestamp;

/// The changes that end a purchase unpaid: its hold goes on if its deadline lies ahead, else it expires, its
/// seats go free and its pass ends. `None` if another decision was first, and this one must look again.
pub(super) async fn end_unpaid(
    cx: &Context,
    (mut purchase, version): Versioned<Purchase>,
    state: PurchaseState,
    now: Timestamp,
    freshness: Freshness,
) -> Result<Option<(Changes, Purchase)>, Refusal> {
    let (hold, hold_version) = cx.need::<Hold>((purchase.hold,), freshness, "hold").await?;
    let goes_on = now < hold.until;
    let mut changes = cx.changes();
    let mut freed = Freed::none();
    if !goes_on {
        let Some(seats) = free_seats(cx, &hold, freshness).await? else {
            return Ok(None);
        };
        freed = seats;
        let (allowance, allowance_version) = cx.allowance(hold.sale, &hold.person, freshness).await?;
        let allowance = allowance.without(freed.count()).spending(hold.entry.clone(), now);
        changes = changes.write(allowance, allowance_version);
    }
    purchase.state = state;
    let fact = Fact {
        stream: Stream::Event(purchase.event),
        at: now,
        what: What::PurchaseEnded {
            purchase: purchase.id,
            sale: purchase.sale,
            performance: purchase.performance,
            expired: state == PurchaseState::Expired,
            spent: if goes_on {
                None
            } else {
                Spent::of(&hold.person, hold.entry.as_ref())
            },
            seats: freed.marks(),
        },
    };
    let hold = hold.becoming(if goes_on {
        HoldState::Active
    } else {
        HoldState::Expired
    });
    let changes = changes
        .write(hold, hold_version)
        .write(purchase.clone(), version)
        .record(fact);
    Ok(Some((freed.write_to(changes), purchase)))
}
