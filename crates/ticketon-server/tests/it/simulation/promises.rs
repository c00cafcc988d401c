//! Looking whether the promises are kept: those of `verify`, and that whatever anybody was told is true.

use std::collections::BTreeSet;
use std::time::Duration;

use ticketon_core::hold::Hold;
use ticketon_core::ids::OrderId;
use ticketon_core::payment::{Payment, PaymentState, Refund, RefundState};
use ticketon_core::purchase::{Purchase, PurchaseState};
use ticketon_core::row::{RowId, Stored, Table};
use ticketon_core::store::{Freshness, Reads as _};
use ticketon_core::ticket::{Ticket, TicketState};
use ticketon_core::verify::{Basis, Promise, Report};
use ticketon_core::{Context, Timestamp};
use ticketon_queue::{Entry, Record, read_lines};
use ticketon_server::shop::Shop;
use ticketon_server::verify;

use super::world::World;

/// In the middle of everything. Whether things end in time is not asked, for time jumps and nobody may answer.
pub(super) async fn kept_so_far(world: &World) -> Result<(), String> {
    let forgiving = Duration::from_hours(24 * 365);
    let report = report(world, forgiving).await?;
    let is_in_time = |promise: &Promise| *promise == Promise::NoHoldOutlivesDeadline;
    let violations = report.violations.iter();
    let broken = violations.filter(|violation| !is_in_time(&violation.promise));
    let broken: Vec<String> = broken.map(ToString::to_string).collect();
    if broken.is_empty() {
        Ok(())
    } else {
        Err(broken.join("\n"))
    }
}

/// After everything has come to rest.
pub(super) async fn kept_at_the_end(world: &World) -> Result<Report, String> {
    let report = report(world, Basis::default().payment_horizon).await?;
    if !report.is_kept() {
        return Err(report.to_string());
    }
    if let Some((reader, lag)) = report.readers.iter().find(|(_, lag)| lag.behind > 0) {
        return Err(format!(
            "reader `{reader}` stands still, {} facts behind",
            lag.behind
        ));
    }
    let cx = world.onlooker();
    holds_are_there(world, &cx).await?;
    who_was_told_paid_has_something(world, &cx).await?;
    who_was_declined_paid_nothing(world, &cx).await?;
    refunds_went_back(world, &cx).await?;
    places_were_kept(world).await?;
    Ok(report)
}

/// Nothing is left that ends by itself: no hold, no open order, no unknown payment, no refund under way.
pub(super) async fn is_at_rest(world: &World) -> bool {
    let the_end_of_time = Timestamp::from_millis(i64::MAX);
    for table in [Table::Hold, Table::Purchase, Table::Payment, Table::Refund] {
        let due = world.memory.due(table, the_end_of_time, 1).await.unwrap();
        if !due.is_empty() {
            return false;
        }
    }
    true
}

/// The hall in a process's memory is the store's.
pub(super) async fn shows_what_is_stored(world: &World, shop: &Shop) -> Result<(), String> {
    for performance in &world.hall.event.performances {
        let hall = shop.cx.hall(performance.id).await.unwrap();
        let (seats, _) = world.memory.seats(performance.id).await.unwrap();
        for (seat, version) in seats {
            let shown = hall.at(seat.number);
            if shown != Some((seat.state.into(), version)) {
                let number = seat.number;
                return Err(format!(
                    "seat {number:?} is {:?} at {version:?}, shown as {shown:?}",
                    seat.state
                ));
            }
        }
    }
    Ok(())
}

async fn report(world: &World, payment_horizon: Duration) -> Result<Report, String> {
    let cx = world.onlooker();
    let books = verify::books_in(&world.bank.books(), cx.now());
    let basis = Basis {
        provider: Some(books.map_err(|refusal| refusal.to_string())?),
        payment_horizon,
        events: None,
    };
    let report = verify::verify(&*cx.reads, None, cx.now(), &basis).await;
    report.map_err(|refusal| format!("the promises cannot be checked: {refusal}"))
}

async fn row<T: Stored>(cx: &Context, key: T::Key) -> Option<T> {
    let row = cx.load::<T>(key, Freshness::Fresh).await.unwrap();
    row.map(|(row, _)| row)
}

async fn holds_are_there(world: &World, cx: &Context) -> Result<(), String> {
    for (id, person) in world.told.all_holds() {
        match row::<Hold>(cx, (id,)).await {
            Some(hold) if hold.person == person => {}
            hold => return Err(format!("{person} was told of hold {id}, which is {hold:?}")),
        }
    }
    Ok(())
}

async fn who_was_told_paid_has_something(world: &World, cx: &Context) -> Result<(), String> {
    for order_id in world.told.all_paid() {
        let payment = row::<Payment>(cx, (order_id.clone(),)).await;
        let Some(payment) = payment.filter(|payment| matches!(payment.state, PaymentState::Paid(_))) else {
            return Err(format!("`{order_id}` was told to be paid and is not"));
        };
        let Some(purchase) = row::<Purchase>(cx, (payment.purchase,)).await else {
            return Err(format!("the purchase of `{order_id}` is gone"));
        };
        if purchase.paid_by.as_ref() == Some(&order_id) {
            has_tickets(cx, &purchase).await?;
        } else if !went_back_whole(cx, &purchase, &payment).await {
            return Err(format!(
                "`{order_id}` was told to be paid and got neither tickets nor money"
            ));
        }
    }
    Ok(())
}

/// Each is live, or was given back.
async fn has_tickets(cx: &Context, purchase: &Purchase) -> Result<(), String> {
    let is_paid = matches!(purchase.state, PurchaseState::Paid | PurchaseState::Refunded);
    for id in &purchase.tickets {
        let ticket = row::<Ticket>(cx, (*id,)).await;
        let is_good =
            ticket.is_some_and(|ticket| ticket.state == TicketState::Issued || !purchase.refunds.is_empty());
        if !is_good {
            return Err(format!(
                "ticket {id} of `{}` is neither live nor given back",
                purchase.code
            ));
        }
    }
    if is_paid && !purchase.tickets.is_empty() {
        return Ok(());
    }
    Err(format!(
        "`{}` was told to be paid and is {:?}",
        purchase.code, purchase.state
    ))
}

async fn went_back_whole(cx: &Context, purchase: &Purchase, payment: &Payment) -> bool {
    let ids = purchase.refunds.iter().map(|id| RowId::Refund(*id));
    let refunds = cx.load_all::<Refund>(ids, Freshness::Fresh).await.unwrap();
    refunds.into_iter().flatten().any(|(refund, _)| {
        refund.payment == payment.order_id
            && refund.amount == payment.amount
            && matches!(refund.state, RefundState::Done { .. })
    })
}

async fn who_was_declined_paid_nothing(world: &World, cx: &Context) -> Result<(), String> {
    let books = world.bank.books();
    let charged: BTreeSet<&str> = books.accounts.keys().map(ticketon_pay::OrderId::as_str).collect();
    let is_charged = |order_id: &OrderId| charged.contains(order_id.as_str());
    for order_id in world.told.all_declined() {
        let payment = row::<Payment>(cx, (order_id.clone(),)).await;
        let is_declined =
            payment.is_some_and(|payment| matches!(payment.state, PaymentState::Declined { .. }));
        if !is_declined || is_charged(&order_id) {
            return Err(format!("`{order_id}` was told to be declined and is not"));
        }
    }
    Ok(())
}

async fn refunds_went_back(world: &World, cx: &Context) -> Result<(), String> {
    for id in world.told.all_refunds() {
        let refund = row::<Refund>(cx, (id,)).await;
        let is_done = |refund: &Refund| matches!(refund.state, RefundState::Done { .. });
        if !refund.as_ref().is_some_and(is_done) {
            return Err(format!("refund {id} was promised and is {refund:?}"));
        }
    }
    Ok(())
}

/// Every place that was told stands in the journal, and who was told earlier than somebody else asked is before them.
async fn places_were_kept(world: &World) -> Result<(), String> {
    let mut in_the_journal: BTreeSet<(u64, u128)> = BTreeSet::new();
    for sale in &world.hall.event.sales {
        let lines = world.memory.journal(&format!("queue/{}", sale.id)).await.unwrap();
        for record in read_lines(&lines).map_err(|corrupt| corrupt.to_string())? {
            if let Record::Entered(seq, id, ..) = record {
                in_the_journal.insert((seq.0, id.as_u128()));
            }
        }
    }
    let places = world.told.all_places();
    for (index, place) in places.iter().enumerate() {
        let Entry { seq, id, visitor, .. } = &place.entry;
        if !in_the_journal.contains(&(seq.0, id.as_u128())) {
            return Err(format!(
                "{visitor} was told place {seq}, of which the journal knows nothing"
            ));
        }
        let jumped = places[index + 1..]
            .iter()
            .find(|later| later.told_at < place.asked_at);
        if let Some(later) = jumped {
            let other = &later.entry.visitor;
            return Err(format!(
                "{visitor} came after {other} was told a place, and is before them"
            ));
        }
    }
    Ok(())
}
