//! Ending what ran out: holds past their deadline, purchases that nobody paid.

use futures_util::future::join_all;

use super::end_unpaid::end_unpaid;
use super::freed_seats::free_seats;
use crate::context::{Context, Tries};
use crate::error::Refusal;
use crate::fact::{Fact, Spent, Stream, What};
use crate::hold::{Hold, HoldState};
use crate::ids::{HoldId, PurchaseId};
use crate::limits;
use crate::purchase::{Purchase, PurchaseState};
use crate::row::{RowId, Table};
use crate::store::Freshness;
use crate::time::Timestamp;

/// What a sweep ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Holds that ran out.
    pub holds: usize,
    /// Purchases that nobody paid.
    pub purchases: usize,
}

/// Ends what is due, at most `limit` holds and as many purchases; run it until it ends nothing. What cannot be
/// ended keeps nothing else from it: the first failure is told once everything was tried.
pub async fn sweep(cx: &Context, limit: usize) -> Result<Swept, Refusal> {
    let now = cx.now();
    let purchases = sweep_purchases(cx, now, limit).await;
    let holds = sweep_holds(cx, now, limit).await;
    Ok(Swept {
        holds: holds?,
        purchases: purchases?,
    })
}

async fn sweep_purchases(cx: &Context, now: Timestamp, limit: usize) -> Result<usize, Refusal> {
    let due = cx.reads.due(Table::Purchase, now, limit).await?;
    let purchases = due.into_iter().filter_map(|id| match id {
        RowId::Purchase(purchase) => Some(expire_purchase(cx, purchase)),
        _ => None,
    });
    ended(some_at_once(purchases).await)
}

async fn sweep_holds(cx: &Context, now: Timestamp, limit: usize) -> Result<usize, Refusal> {
    let due = cx.reads.due(Table::Hold, now, limit).await?;
    let holds = due.into_iter().filter_map(|id| match id {
        RowId::Hold(hold) => Some(expire_hold(cx, hold)),
        _ => None,
    });
    ended(some_at_once(holds).await)
}

/// Runs them, a bounded number at once, so that they share the store's batches.
async fn some_at_once<T>(tasks: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut tasks = tasks.peekable();
    let mut outcomes = Vec::new();
    while tasks.peek().is_some() {
        outcomes.extend(join_all(tasks.by_ref().take(limits::ENDED_AT_ONCE)).await);
    }
    outcomes
}

/// How many were ended, or the first failure.
fn ended(outcomes: Vec<Result<bool, Refusal>>) -> Result<usize, Refusal> {
    let outcomes: Vec<bool> = outcomes.into_iter().collect::<Result<_, _>>()?;
    Ok(outcomes.into_iter().filter(|is_ended| *is_ended).count())
}

async fn expire_hold(cx: &Context, hold: HoldId) -> Result<bool, Refusal> {
    let mut tries = Tries::default();
    loop {
        let (hold, version) = cx.need::<Hold>((hold,), Freshness::Fresh, "hold").await?;
        let now = cx.now();
        if hold.due_at().is_none_or(|due_at| due_at > now) {
            return Ok(false);
        }
        let Some(freed) = free_seats(cx, &hold, Freshness::Fresh).await? else {
            tries.again()?;
            continue;
        };
        let (allowance, allowance_version) = cx.allowance(hold.sale, &hold.person, Freshness::Fresh).await?;
        let allowance = allowance.without(freed.count()).spending(hold.entry.clone(), now);
        let expired = hold.becoming(HoldState::Expired);
        let changes = cx
            .changes()
            .write(allowance, allowance_version)
            .write(expired.clone(), version)
            .record(Fact {
                stream: Stream::Event(expired.event),
                at: now,
                what: What::HoldEnded {
                    hold: expired.id,
                    performance: expired.performance,
                    sale: expired.sale,
                    expired: true,
                    spent: Spent::of(&expired.person, expired.entry.as_ref()),
                    seats: freed.marks(),
                },
            });
        match cx.commit(freed.write_to(changes)).await {
            Ok(()) => return Ok(true),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

async fn expire_purchase(cx: &Context, purchase: PurchaseId) -> Result<bool, Refusal> {
    let mut tries = Tries::default();
    loop {
        let purchase = cx
            .need::<Purchase>((purchase,), Freshness::Fresh, "purchase")
            .await?;
        let now = cx.now();
        if purchase.0.due_at().is_none_or(|due_at| due_at > now) {
            return Ok(false);
        }
        let ended = end_unpaid(cx, purchase, PurchaseState::Expired, now, Freshness::Fresh).await?;
        let Some((changes, _)) = ended else {
            tries.again()?;
            continue;
        };
        match cx.commit(changes).await {
            Ok(()) => return Ok(true),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}
