//! Money that does not add up, or has no outcome.

use ticketon_core::ids::OrderId;
use ticketon_core::payment::{PaidBy, Payment, PaymentState};
use ticketon_core::purchase::{Purchase, PurchaseState};
use ticketon_core::row::RowId;
use ticketon_core::verify::Promise;
use ticketon_core::{Settled, Won, settle_payment};

use crate::shop::{R, Shop};

use super::{assert_broken, broken};

#[tokio::test]
async fn books_that_do_not_add_up_are_found() {
    let shop = Shop::open().await;
    let paid = shop.buyer("ana").buy(["A-1"]).await;
    shop.tamper::<Purchase>((paid.id,), |purchase| purchase.lines[0].amount = Won(1))
        .await;
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::MoneyAddsUp, 1)]);
    assert_broken(&report, Promise::MoneyAddsUp, &RowId::Purchase(paid.id));
}

#[tokio::test]
async fn a_charge_of_which_the_books_know_nothing_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    let nobodys = OrderId::new("NOBODYS-1").unwrap();
    shop.bank.take(&purchase.order_id(), R);
    shop.bank.take(&nobodys, R);
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::MoneyAddsUp, 2)]);
    assert_broken(
        &report,
        Promise::MoneyAddsUp,
        &RowId::Payment(purchase.order_id()),
    );
    assert_broken(&report, Promise::MoneyAddsUp, &RowId::Payment(nobodys));
}

#[tokio::test]
async fn a_charge_that_the_ledger_does_not_show_or_shows_twice_is_found() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let never = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&never).await;
    ana.hears_paid(never.id, &never.order_id()).await;
    let twice = bob.buy(["A-2"]).await;
    shop.bank.take(&twice.order_id(), R);
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::MoneyAddsUp, 2)]);
}

#[tokio::test]
async fn cash_that_the_provider_took_as_well_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    settle_payment(&shop.cx, purchase.id, Settled::cash("till 1"))
        .await
        .unwrap();
    shop.bank.take(&purchase.order_id(), R);
    assert_eq!(broken(&shop.report().await), [(Promise::MoneyAddsUp, 1)]);
}

#[tokio::test]
async fn money_that_went_back_twice_or_never_is_found() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let twice = ana.buy(["A-1"]).await;
    let refund = ana.refund(&twice, &[]).await;
    shop.bank.give_back(&refund.payment, refund.amount);
    let never = bob.buy(["A-2"]).await;
    let refund = bob.try_refund(&never, &[], None).await.unwrap();
    shop.give_back_again(&refund).await;
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::MoneyAddsUp, 2)]);
    assert_broken(&report, Promise::MoneyAddsUp, &RowId::Refund(refund.id));
}

#[tokio::test]
async fn an_attempt_without_an_outcome_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&purchase).await;
    shop.wait_minutes(15);
    assert_eq!(broken(&shop.report().await), []);
    shop.wait_minutes(1);
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::NoPaymentWithoutOutcome, 1)]);
    assert_broken(
        &report,
        Promise::NoPaymentWithoutOutcome,
        &RowId::Payment(purchase.order_id()),
    );
}

#[tokio::test]
async fn money_taken_without_tickets_or_refund_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    let receipt = PaidBy::Provider {
        payment_key: "its key".to_owned(),
        approved_at: shop.cx.now(),
    };
    let order_id = purchase.order_id();
    shop.tamper::<Payment>((order_id.clone(),), |payment| {
        payment.state = PaymentState::Paid(receipt);
    })
    .await;
    shop.bank.take(&order_id, R);
    let report = shop.report().await;
    assert_broken(
        &report,
        Promise::NoPaymentWithoutOutcome,
        &RowId::Payment(order_id),
    );
    assert_broken(&report, Promise::MoneyAddsUp, &RowId::Purchase(purchase.id));
}

#[tokio::test]
async fn a_paid_order_without_its_tickets_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    shop.tamper::<Purchase>((purchase.id,), |purchase| {
        purchase.state = PurchaseState::Paid;
        purchase.paid_by = Some(purchase.order_id());
    })
    .await;
    let report = shop.report().await;
    assert_broken(
        &report,
        Promise::NoPaymentWithoutOutcome,
        &RowId::Purchase(purchase.id),
    );
}
