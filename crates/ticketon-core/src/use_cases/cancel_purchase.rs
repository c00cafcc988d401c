//! Ending an order before it is paid: the hold lives on while its deadline lies ahead.

use super::end_unpaid::{Freed, free_seats, load_allowance};
use super::next_payment::purchase_ended;
use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::fact::{Fact, Spent, Stream, What};
use crate::hold::{Hold, HoldState};
use crate::ids::PurchaseId;
use crate::purchase::{Purchase, PurchaseState};
use crate::store::{Changes, Freshness, Versioned};
use crate::time::Timestamp;

/// Cancels an unpaid purchase. Cancelling it again is no error.
pub async fn cancel_purchase(
    cx: &Context,
    caller: &Caller,
    purchase: PurchaseId,
) -> Result<Purchase, Refusal> {
    let mut tries = Tries::default();
    loop {
        let purchase = cx
            .need::<Purchase>((purchase,), tries.freshness(), "purchase")
            .await?;
        let not_found = |_| Refusal::not_found("purchase", &purchase.0.code);
        caller.may(Right::ActFor(&purchase.0.person)).map_err(not_found)?;
        match purchase.0.state {
            PurchaseState::AwaitingPayment => {}
            PurchaseState::Cancelled => return Ok(purchase.0),
            PurchaseState::Approving => {
                let message = "the provider is being asked: wait for the outcome, then ask for a refund";
                return Err(Refusal::new(Code::PaymentInProgress, message));
            }
            PurchaseState::Paid | PurchaseState::Expired | PurchaseState::Refunded => {
                return Err(purchase_ended(&purchase.0));
            }
        }
        let now = cx.now();
        let ended = end_unpaid(cx, purchase, PurchaseState::Cancelled, now, tries.freshness()).await?;
        let Some((changes, cancelled)) = ended else {
            tries.again()?;
            continue;
        };
        match cx.commit(changes).await {
            Ok(()) => return Ok(cancelled),
            Err(error) => drop(tries.after(error, caller)?),
        }
    }
}

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
        let (allowance, allowance_version) = load_allowance(cx, hold.sale, &hold.person, freshness).await?;
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
