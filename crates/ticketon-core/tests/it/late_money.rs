//! Money that comes late, or twice: it has the seats if they are still there, else it goes back by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use ticketon_core::organization::Role;
use ticketon_core::payment::{Refund, RefundState};
use ticketon_core::purchase::{Purchase, PurchaseState};
use ticketon_core::{Caller, Code, RefundAnswer, Won, retry_refund, settle_refund};

use crate::shop::{R, Shop};

impl Shop {
    /// The one refund of a purchase goes back through the bank.
    async fn gives_back_all(&self, purchase: &Purchase) {
        let [refund] = purchase.refunds[..] else {
            panic!("one refund: {:?}", purchase.refunds)
        };
        let refund = self.row::<Refund>((refund,)).await;
        self.give_back(&refund).await;
        assert_eq!(self.bank.kept(), Won::ZERO);
    }
}

#[tokio::test]
async fn a_declined_attempt_that_was_paid_after_all_has_the_seats() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&purchase).await;
    let declined = ana.is_declined(&purchase).await;
    let again = ana.another_card(&declined).await;

    let paid = ana.is_charged_for(purchase.id, &purchase.order_id()).await;

    assert_eq!(
        (paid.state, paid.paid_by),
        (PurchaseState::Paid, Some(purchase.order_id()))
    );
    assert_eq!(ana.try_confirm(&again).await, Err(Code::PurchaseEnded));
    assert_eq!(shop.bank.kept(), R);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_replaced_attempt_that_was_paid_while_another_is_asked_about_goes_back() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let first = ana.order(&ana.hold(["A-1"]).await).await;
    let second = ana.another_card(&first).await;
    ana.confirm(&second).await;

    let still_asked = ana.is_charged_for(first.id, &first.order_id()).await;
    assert_eq!(still_asked.state, PurchaseState::Approving);
    shop.keeps_its_promises().await;

    shop.gives_back_all(&still_asked).await;
    let paid = ana.is_charged(&second).await;
    assert_eq!((paid.tickets.len(), shop.bank.kept()), (1, R));
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn whoever_pays_twice_gets_the_second_payment_back() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let first = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&first).await;
    let second = ana.another_card(&ana.is_declined(&first).await).await;
    ana.pay(&second).await;

    let twice = ana.is_charged_for(first.id, &first.order_id()).await;
    let told_again = ana.hears_paid(first.id, &first.order_id()).await;

    assert_eq!((twice.refunds.len(), told_again.refunds.len()), (1, 1));
    let refund = shop.row::<Refund>((twice.refunds[0],)).await;
    shop.give_back(&refund).await;
    assert_eq!(shop.bank.kept(), R);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn money_for_a_cancelled_order_goes_back() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&purchase).await;
    ana.is_declined(&purchase).await;
    ana.cancel(&purchase).await.unwrap();

    let late = ana.is_charged(&purchase).await;

    assert_eq!(late.state, PurchaseState::Cancelled);
    shop.keeps_its_promises().await;
    shop.gives_back_all(&late).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn money_for_seats_that_somebody_else_has_by_now_goes_back() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&purchase).await;
    ana.is_declined(&purchase).await;
    shop.wait_minutes(13);
    shop.sweep().await;
    let bobs = bob.buy(["A-1"]).await;

    let late = ana.is_charged(&purchase).await;

    assert_eq!(late.state, PurchaseState::Expired);
    let refund = shop.row::<Refund>((late.refunds[0],)).await;
    shop.give_back(&refund).await;
    assert_eq!(shop.bank.kept(), bobs.amount());
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_refund_without_an_answer_is_asked_for_again_ever_later() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1"]).await;
    let refund = ana.try_refund(&paid, &[], None).await.unwrap();
    let mut waits = Vec::new();
    for _ in 0..12 {
        let asked = settle_refund(&shop.cx, refund.id, RefundAnswer::AskAgain)
            .await
            .unwrap();
        waits.push(asked.due_at().unwrap().since(shop.cx.now()).as_secs());
    }
    assert_eq!(waits[..3], [2, 4, 8]);
    assert_eq!(waits[9..], [1024; 3]);
    shop.keeps_its_promises().await;
    shop.give_back(&refund).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_refund_that_the_bank_refuses_waits_for_a_person_and_is_still_owed() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1"]).await;
    let refund = ana.try_refund(&paid, &[], None).await.unwrap();
    let refused = RefundAnswer::Refused {
        code: "NOT_CANCELABLE_PAYMENT".to_owned(),
        message: "the account is closed".to_owned(),
    };
    let failed = settle_refund(&shop.cx, refund.id, refused).await.unwrap();
    assert!(matches!(failed.state, RefundState::Failed { .. }));
    assert_eq!(failed.due_at(), None);
    shop.wait(Duration::from_hours(1));
    assert_eq!(shop.bank.kept(), R);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_refund_that_the_bank_refused_is_asked_for_again_by_the_box_office() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1"]).await;
    let refund = ana.try_refund(&paid, &[], None).await.unwrap();
    let refused = RefundAnswer::Refused {
        code: "FORBIDDEN_REQUEST".to_owned(),
        message: "not today".to_owned(),
    };
    settle_refund(&shop.cx, refund.id, refused).await.unwrap();
    for (caller, code) in [
        (Caller::anyone(), Code::LoginRequired),
        (ana.caller.clone(), Code::NotFound),
    ] {
        let refusal = retry_refund(&shop.cx, &caller, refund.id).await.unwrap_err();
        assert_eq!(refusal.code(), code);
    }
    let house = BTreeMap::from([(shop.event.event.organization, Role::BoxOffice)]);
    let clerk = Caller::known(shop.buyer("kim").person(), house, false, None);
    shop.wait(Duration::from_hours(1));

    let retried = retry_refund(&shop.cx, &clerk, refund.id).await.unwrap();

    // A new try: the bank would answer the first one as it did before.
    assert_eq!((refund.tries, retried.tries), (1, 2));
    assert_eq!(retried.due_at(), Some(shop.cx.now()));
    assert_eq!(
        retry_refund(&shop.cx, &clerk, refund.id).await,
        Ok(retried.clone())
    );
    shop.give_back(&retried).await;
    assert_eq!(shop.bank.kept(), Won::ZERO);
    shop.keeps_its_promises().await;
}
