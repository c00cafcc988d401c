//! When the provider does not answer, or the process that asked it is gone.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use ticketon_core::ids::{ChangesId, OrderId};
use ticketon_core::payment::{Approving, Payment, PaymentState};
use ticketon_core::row::Table;
use ticketon_core::store::{Changes, Freshness};
use ticketon_core::{Caller, Won, begin_payment};
use ticketon_pay::{Attempt, Outcome, PaymentKey, Refund, RefundOutcome};
use ticketon_server::payments::Payments;
use ticketon_server::provider::Provider;
use tokio::time::timeout;

use crate::support::House;
use crate::support::person::{ANSWER_LOST, GOOD};

/// A payment begun by a process that has died, and otherwise changed like this.
async fn begun(house: &House, payment: &Value, changed: impl FnOnce(Payment) -> Payment) {
    let cx = &house.shop.cx;
    let order_id: OrderId = serde_json::from_value(payment["order_id"].clone()).unwrap();
    let stored = cx.load::<Payment>((order_id,), Freshness::Fresh).await;
    let (payment, version) = stored.unwrap().unwrap();
    let approving = payment.becoming(PaymentState::Approving(Approving {
        payment_key: "key".to_owned(),
        since: cx.now(),
        look_up_at: cx.now(),
        look_ups: 0,
    }));
    let changes = Changes::new(ChangesId::new(cx.now(), &*cx.entropy)).write(changed(approving), version);
    cx.store.commit(changes).await.unwrap();
}

#[tokio::test]
async fn a_payment_that_cannot_be_looked_up_is_put_off() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    let (cx, payments) = (&house.shop.cx, &house.shop.payments);
    begun(&house, &purchase["payments"][0], |payment| Payment {
        amount: Won::ZERO,
        ..payment
    })
    .await;
    let due = async || cx.reads.due(Table::Payment, cx.now(), 10).await.unwrap().len();
    assert_eq!(due().await, 1);
    assert_eq!(payments.look_up_due().await.unwrap(), 1);
    assert_eq!(due().await, 0);
}

#[tokio::test]
async fn what_a_process_that_died_was_asking_about_is_looked_up_at_once() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    let payment = &purchase["payments"][0];
    let payment_key = house.typed_in(payment, GOOD).await;
    let order_id: OrderId = serde_json::from_value(payment["order_id"].clone()).unwrap();
    let owed = Won(payment["amount"].as_i64().unwrap());
    let ana_asks = Caller::user("ana");
    begin_payment(&house.shop.cx, &ana_asks, &order_id, &payment_key, owed)
        .await
        .unwrap();
    let payments = &house.shop.payments;
    assert_eq!(payments.look_up_due().await.unwrap(), 0, "its process may live");
    assert_eq!(payments.look_up_left_behind().await.unwrap(), 1);
    assert_eq!(ana.purchase(&purchase).await["state"], "paid");
    house.is_in_order().await;
}

#[tokio::test]
async fn a_provider_that_is_down_is_not_gone_to_but_a_repeat_hears_its_first_answer() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.key("k").order(&hold).await.done();
    for seat in 1..=10 {
        let buyer = house.buyer(&format!("buyer-{seat}"));
        let hold = buyer.hold(&show, [format!("B-{seat}").as_str()]).await.done();
        let order = buyer.order(&hold).await.done();
        buyer.pay(&order["payments"][0], ANSWER_LOST).await.with(200);
    }
    let bob = house.buyer("bob");
    let hold_of_bob = bob.hold(&show, ["A-2"]).await.done();
    let refused = bob.order(&hold_of_bob).await;
    assert_eq!(refused.header("retry-after"), "10");
    refused.refused("provider_unavailable");
    assert_eq!(ana.key("k").order(&hold).await.done()["id"], purchase["id"]);
    house.later(Duration::from_secs(10));
    bob.order(&hold_of_bob).await.done();
}

/// A provider that never answers.
struct Silent;

#[async_trait]
impl Provider for Silent {
    async fn confirm(&self, _: &Attempt, _: &PaymentKey) -> Outcome {
        pending().await
    }

    async fn settle(&self, _: &Attempt, _: Duration) -> Outcome {
        pending().await
    }

    async fn cancel(&self, _: &Refund) -> RefundOutcome {
        pending().await
    }

    fn is_live(&self) -> bool {
        false
    }

    fn client_key(&self) -> &'static str {
        "test_ck_silent"
    }
}

#[tokio::test]
async fn a_provider_that_never_answers_keeps_no_worker() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let (ana, bob) = (house.buyer("ana"), house.buyer("bob"));
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    begun(&house, &purchase["payments"][0], |payment| payment).await;
    let bought = bob.buy(&show, ["A-2"]).await;
    let path = format!("purchases/{}/refunds", bought["code"].as_str().unwrap());
    let wish = json!({"tickets": [bought["tickets"][0]["id"]], "expected_amount": 55_000, "reason": "ill"});
    bob.post(&path, wish).await.done();
    tokio::time::pause();
    let payments = Payments::new(house.shop.cx.clone(), Arc::new(Silent));
    let looked_up = timeout(Duration::from_secs(30), payments.look_up_due()).await;
    assert_eq!(looked_up.expect("it goes on").unwrap(), 1);
    let asked = timeout(Duration::from_secs(30), payments.refund_due()).await;
    assert_eq!(asked.expect("it goes on").unwrap(), 1);
    let due = house
        .shop
        .cx
        .reads
        .due(Table::Refund, house.shop.cx.now(), 10)
        .await;
    assert_eq!(due.unwrap(), [], "it was put off");
    house.later(Duration::from_secs(2));
    assert_eq!(house.shop.payments.refund_due().await.unwrap(), 1);
    house.is_in_order().await;
}
