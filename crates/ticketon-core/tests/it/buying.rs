//! Holding seats, ordering them and paying.

use std::collections::BTreeSet;

use ticketon_core::availability::Shown;
use ticketon_core::hold::{Hold, HoldState};
use ticketon_core::payment::{PaidBy, Payment, PaymentState};
use ticketon_core::purchase::{Purchase, PurchaseState};
use ticketon_core::row::RowId;
use ticketon_core::ticket::{Ticket, TicketState};
use ticketon_core::{Begun, Code, Settled, Won, settle_payment};

use crate::shop::{R, RecordingStore, S, Shop, recital};

#[tokio::test]
async fn ana_buys_two_seats() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");

    let hold = ana.hold(["A-1", "B-1"]).await;
    assert_eq!(shop.shown(0).await, Shown::Held);
    let purchase = ana.order(&hold).await;
    assert_eq!(purchase.amount(), R + S);
    let paid = ana.pay(&purchase).await;

    assert_eq!(paid.state, PurchaseState::Paid);
    for id in &paid.tickets {
        let ticket = shop.row::<Ticket>((*id,)).await;
        assert_eq!((ticket.state, ticket.person), (TicketState::Issued, ana.person()));
    }
    assert_eq!(
        (shop.shown(0).await, shop.shown(6).await),
        (Shown::Sold, Shown::Sold)
    );
    assert_eq!(shop.bank.kept(), R + S);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_declined_card_does_not_cost_the_seats() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;

    ana.confirm(&purchase).await;
    let declined = ana.is_declined(&purchase).await;
    assert_eq!(declined.state, PurchaseState::AwaitingPayment);
    assert_eq!(shop.buyer("bob").try_hold(["A-1"]).await, Err(Code::SeatTaken));

    let again = ana.another_card(&declined).await;
    let paid = ana.pay(&again).await;
    assert_eq!(paid.paid_by, Some(paid.code.order_id(2)));
    assert_eq!(shop.bank.kept(), R);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn an_attempt_that_nobody_confirmed_is_replaced_and_cannot_be_confirmed_any_more() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    let first = purchase.order_id();

    let again = ana.another_card(&purchase).await;

    assert_eq!(
        shop.row::<Payment>((first.clone(),)).await.state,
        PaymentState::Replaced
    );
    assert_eq!(ana.try_confirm_of(&first, R).await, Err(Code::PaymentEnded));
    ana.pay(&again).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn while_the_bank_is_asked_there_is_no_other_attempt_and_no_way_out() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let hold = ana.hold(["A-1"]).await;
    let purchase = ana.order(&hold).await;
    ana.confirm(&purchase).await;

    assert_eq!(
        ana.try_next(&purchase).await.unwrap_err(),
        Code::PaymentInProgress
    );
    assert_eq!(ana.cancel(&purchase).await, Err(Code::PaymentInProgress));
    assert_eq!(ana.release(&hold).await, Err(Code::HoldTaken));
    let cash = settle_payment(&shop.cx, purchase.id, Settled::cash("till 1")).await;
    assert_eq!(cash.unwrap_err().code(), Code::PaymentInProgress);

    ana.is_charged(&purchase).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_purchase_has_as_many_attempts_as_its_policy_says() {
    let mut event = recital().no_queue();
    event.policy.payment_tries = 2;
    let shop = Shop::selling(event).await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    let last = ana.another_card(&purchase).await;

    assert_eq!(ana.try_next(&last).await.unwrap_err(), Code::NoTriesLeft);
    ana.pay(&last).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn another_amount_than_what_is_owed_charges_nothing() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;

    let asked = ana.try_confirm_of(&purchase.order_id(), Won(1)).await;

    assert_eq!(asked, Err(Code::AmountMismatch));
    let payment = shop.row::<Payment>((purchase.order_id(),)).await;
    assert_eq!(payment.state, PaymentState::Ready);
    ana.pay(&purchase).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn the_counter_takes_cash_once_and_only_for_an_attempt_that_is_open() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    let paid = settle_payment(&shop.cx, purchase.id, Settled::cash("till 1"))
        .await
        .unwrap();
    let again = settle_payment(&shop.cx, purchase.id, Settled::cash("till 1"))
        .await
        .unwrap();
    assert_eq!(paid, again);
    assert!(matches!(ana.confirm(&paid).await, Begun::Settled(_)));

    let bob = shop.buyer("bob");
    let purchase = bob.order(&bob.hold(["A-2"]).await).await;
    bob.confirm(&purchase).await;
    let declined = bob.is_declined(&purchase).await;
    let cash = settle_payment(&shop.cx, declined.id, Settled::cash("till 1")).await;
    assert_eq!(cash.unwrap_err().code(), Code::PaymentEnded);

    assert_eq!(shop.bank.kept(), Won::ZERO);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn what_costs_nothing_is_paid_without_a_provider_and_nothing_else_is() {
    let mut event = recital().no_queue();
    event.prices[0].amount = Won::ZERO;
    let shop = Shop::selling(event).await;
    let ana = shop.buyer("ana");
    let free = ana.order(&ana.hold(["A-1"]).await).await;
    let paid = settle_payment(&shop.cx, free.id, Settled::Free).await.unwrap();
    assert_eq!(paid.tickets.len(), 1);
    let payment = shop.row::<Payment>((free.order_id(),)).await;
    assert_eq!(payment.state, PaymentState::Paid(PaidBy::Free));

    let bob = shop.buyer("bob");
    let dear = bob.order(&bob.hold(["B-1"]).await).await;
    let refused = settle_payment(&shop.cx, dear.id, Settled::Free)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::AmountMismatch);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_hold_is_ordered_once() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let hold = ana.hold(["A-1"]).await;
    let purchase = ana.order(&hold).await;
    assert_eq!(ana.order(&hold).await, purchase);
    let taken = shop.row::<Hold>((hold.id,)).await;
    assert_eq!(taken.state, HoldState::Taken(purchase.id));
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn buyers_of_different_seats_write_no_row_in_common() {
    let shop = Shop::open().await;
    let mut written: Vec<BTreeSet<RowId>> = Vec::new();
    for (name, seats) in [("ana", ["A-1", "A-2"]), ("bob", ["A-3", "A-4"])] {
        let (cx, store) = RecordingStore::over(&shop.cx);
        let buyer = shop.buyer(name).through(cx);
        let paid = buyer.buy(seats).await;
        buyer.refund(&paid, &paid.tickets[..1]).await;
        let rows = store.committed().into_iter().flat_map(|changes| changes.writes);
        written.push(rows.map(|(row, _)| row.id()).collect());
    }
    let common: Vec<&RowId> = written[0].intersection(&written[1]).collect();
    assert!(common.is_empty(), "{common:?}");
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn what_costs_nothing_is_settled_when_it_is_confirmed_and_nobody_is_asked() {
    let mut event = recital().no_queue();
    event.prices.iter_mut().for_each(|price| price.amount = Won::ZERO);
    let shop = Shop::selling(event).await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;

    let begun = ana.confirm(&purchase).await;

    let Begun::Settled(payment) = begun else {
        panic!("{begun:?}")
    };
    assert_eq!(payment.state, PaymentState::Paid(PaidBy::Free));
    assert_eq!(
        shop.row::<Purchase>((purchase.id,)).await.state,
        PurchaseState::Paid
    );
    shop.keeps_its_promises().await;
}
