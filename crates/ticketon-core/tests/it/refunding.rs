//! Giving tickets back: quoted before, with the fee that the purchase's own policy says.

use std::time::Duration;

use ticketon_core::availability::Shown;
use ticketon_core::payment::{Refund, RefundState};
use ticketon_core::policy::{RefundTerm, Until};
use ticketon_core::purchase::{LineKind, PurchaseState};
use ticketon_core::ticket::{Ticket, TicketState};
use ticketon_core::{Code, Settled, Won, settle_payment};

use crate::shop::{R, S, Shop, recital};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_ticket_given_back_is_void_its_seat_is_free_and_the_money_goes_back() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1", "B-1"]).await;

    let refund = ana.refund(&paid, &paid.tickets[..1]).await;

    assert_eq!((refund.amount, shop.bank.kept()), (R, S));
    let void = shop.row::<Ticket>((paid.tickets[0],)).await;
    assert_eq!(void.state, TicketState::Void);
    assert_eq!(
        (shop.shown(0).await, shop.shown(6).await),
        (Shown::Free, Shown::Sold)
    );
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_seat_given_back_is_sold_again() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let paid = ana.buy(["A-1"]).await;
    ana.refund(&paid, &[]).await;
    let bobs = bob.buy(["A-1"]).await;
    bob.refund(&bobs, &[]).await;
    ana.buy(["A-1"]).await;
    assert_eq!(shop.bank.kept(), R);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn the_fee_is_rounded_down_ticket_by_ticket_and_stands_as_a_line() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["B-1", "B-2"]).await;
    shop.wait(DAY * 15); // 8 days left: 10 %

    let quote = ana.quote(&paid, &[]).await.unwrap();
    assert_eq!(
        (quote.fee, quote.amount),
        (Won(3_333 * 2), Won((33_335 - 3_333) * 2))
    );
    let refund = ana.try_refund(&paid, &[], Some(quote.amount)).await.unwrap();
    shop.give_back(&refund).await;

    let refunded = shop.row::<ticketon_core::purchase::Purchase>((paid.id,)).await;
    assert_eq!(refunded.state, PurchaseState::Refunded);
    assert_eq!(refunded.amount(), quote.fee);
    let fees = refunded
        .lines
        .iter()
        .filter(|line| line.kind == LineKind::RefundFee);
    assert_eq!(fees.count(), 2);
    assert_eq!(shop.bank.kept(), quote.fee);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn ticket_by_ticket_until_all_are_back_makes_refunded() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1", "A-2"]).await;
    ana.refund(&paid, &paid.tickets[..1]).await;
    let half = shop.row::<ticketon_core::purchase::Purchase>((paid.id,)).await;
    assert_eq!(half.state, PurchaseState::Paid);

    // No ticket named: all that are still good.
    ana.refund(&paid, &[]).await;

    let whole = shop.row::<ticketon_core::purchase::Purchase>((paid.id,)).await;
    assert_eq!(
        (whole.state, whole.amount()),
        (PurchaseState::Refunded, Won::ZERO)
    );
    assert_eq!(ana.quote(&whole, &[]).await, Err(Code::PurchaseEnded));
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_quote_that_has_changed_is_refused() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1"]).await;
    let quote = ana.quote(&paid, &[]).await.unwrap();
    shop.wait(DAY * 15);

    let refused = ana.try_refund(&paid, &[], Some(quote.amount)).await;

    assert_eq!(refused, Err(Code::QuoteChanged));
    assert_eq!(shop.shown(0).await, Shown::Sold);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_ticket_is_given_back_once() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1", "A-2"]).await;
    let first = paid.tickets[0];
    let refund = ana.try_refund(&paid, &[first, first], None).await.unwrap();
    assert_eq!(refund.amount, R);
    assert_eq!(ana.try_refund(&paid, &[first], None).await, Err(Code::TicketVoid));
    shop.give_back(&refund).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn after_the_start_nothing_goes_back() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1"]).await;
    shop.wait(DAY * 23);
    assert_eq!(ana.quote(&paid, &[]).await, Err(Code::NoRefund));
    assert_eq!(ana.try_refund(&paid, &[], None).await, Err(Code::NoRefund));
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn the_terms_are_those_of_the_moment_of_buying() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1"]).await;
    shop.tamper::<ticketon_core::event::Event>((shop.event.id,), |event| event.policy.refund.clear())
        .await;
    shop.wait(DAY * 15);
    let quote = ana.quote(&paid, &[]).await.unwrap();
    assert_eq!(quote.amount, R - R.percent(10));
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn cash_goes_back_over_the_counter_and_is_done_at_once() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    let paid = settle_payment(&shop.cx, purchase.id, Settled::cash("till 1"))
        .await
        .unwrap();
    let refund = ana.try_refund(&paid, &[], None).await.unwrap();
    assert!(matches!(refund.state, RefundState::Done { .. }));
    assert_eq!(refund.amount, R);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn where_the_fee_is_everything_the_provider_is_not_asked() {
    let mut event = recital().no_queue();
    event.policy.free_within = Duration::ZERO;
    event.policy.refund = vec![RefundTerm {
        until: Until::Start,
        fee: 100,
    }];
    let shop = Shop::selling(event).await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1"]).await;
    shop.wait_minutes(1);
    let refund = ana.try_refund(&paid, &[], None).await.unwrap();
    assert_eq!(refund.amount, Won::ZERO);
    let refund = shop.row::<Refund>((refund.id,)).await;
    assert!(matches!(refund.state, RefundState::Done { .. }));
    assert_eq!(shop.bank.kept(), R);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_refund_gives_the_persons_allowance_back() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1", "A-2", "A-3", "A-4"]).await;
    assert_eq!(ana.try_hold(["A-5"]).await, Err(Code::PersonLimit));
    ana.refund(&paid, &paid.tickets[..1]).await;
    ana.hold(["A-5"]).await;
    assert_eq!(ana.try_hold(["A-6"]).await, Err(Code::PersonLimit));
    shop.keeps_its_promises().await;
}
