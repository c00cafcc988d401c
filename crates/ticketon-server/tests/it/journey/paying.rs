//! Paying: one card, a second card, a slow provider, a lost answer.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::support::person::{ANSWER_LOST, DECLINED, GOOD, SLOW, confirmation};
use crate::support::{House, event};
use ticketon_core::Won;

#[tokio::test]
async fn a_purchase_makes_its_first_payment() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let made = ana.order(&hold).await;
    let purchase = made.json.clone();
    assert_eq!(
        made.header("location"),
        format!("/api/v1/purchases/{}", purchase["id"].as_str().unwrap())
    );
    made.with(201);
    assert_eq!(
        (&purchase["state"], &purchase["amount"]),
        (&json!("awaiting_payment"), &json!(55_000))
    );
    let payment = &purchase["payments"][0];
    assert_eq!(
        (&payment["state"], &payment["amount"]),
        (&json!("ready"), &json!(55_000))
    );
    assert_eq!(payment["order_name"], "recital × 1");
    assert_eq!(payment["client_key"], "test_ck_ticketonsandbox");
    assert_eq!(
        (&payment["test"], &purchase["channel"]),
        (&json!(true), &json!("web"))
    );
    assert_eq!(ana.order(&hold).await.done()["id"], purchase["id"]);
    assert_eq!(ana.purchase(&purchase).await, purchase);
}

#[tokio::test]
async fn what_the_buyer_agreed_to_is_kept_with_the_purchase() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let order = |consents: Value| json!({"hold": hold["id"], "consents": consents});
    let spaces = ana.post("purchases", order(json!(["all of it"]))).await;
    assert_eq!(
        spaces.refused("invalid_request")["fields"][0]["field"],
        "consents[0]"
    );
    let many: Vec<String> = (0..17).map(|n| format!("clause-{n}")).collect();
    ana.post("purchases", order(json!(many)))
        .await
        .refused("invalid_request");
    let agreed = order(json!(["terms-2026-12", "no-refund", "terms-2026-12"]));
    let purchase = ana.post("purchases", agreed).await.with(201);
    assert_eq!(purchase["consents"], json!(["no-refund", "terms-2026-12"]));
    assert_eq!(ana.purchase(&purchase).await["consents"], purchase["consents"]);
}

#[tokio::test]
async fn nobody_guesses_what_names_a_buyer_to_the_provider() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let mut keys = Vec::new();
    for (name, seat) in [("ana", "A-1"), ("ana", "A-2"), ("bob", "A-3")] {
        let buyer = house.buyer(name);
        let hold = buyer.hold(&show, [seat]).await.done();
        let purchase = buyer.order(&hold).await.done();
        keys.push(
            purchase["payments"][0]["customer_key"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2]);
    assert!(keys[0].len() >= 40 && keys[0].len() <= 50 && !keys[0].contains("ana"));
}

#[tokio::test]
async fn a_declined_card_does_not_cost_the_seats() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    let declined = ana.pay(&purchase["payments"][0], DECLINED).await.with(200);
    assert_eq!(
        (&declined["state"], &declined["may_retry"]),
        (&json!("declined"), &json!(true))
    );
    assert!(declined["reason"]["code"].is_string());

    let path = format!("purchases/{}/payments", purchase["id"].as_str().unwrap());
    let second = ana.post(&path, json!({})).await.with(201);
    assert_ne!(second["order_id"], declined["order_id"]);
    assert_eq!(ana.pay(&second, GOOD).await.with(200)["state"], "paid");
    let purchase = ana.purchase(&purchase).await;
    assert_eq!(purchase["state"], "paid");
    assert_eq!(purchase["payments"].as_array().unwrap().len(), 2);
    ana.post(&path, json!({})).await.refused("purchase_ended");
    house.is_in_order().await;
}

#[tokio::test]
async fn a_slow_provider_is_not_waited_for_longer_than_one_likes() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    let payment = &purchase["payments"][0];
    let payment_key = house.typed_in(payment, SLOW).await;
    let body = json!({"payment_key": payment_key, "amount": payment["amount"]});
    let request = ana
        .request(Method::POST, &confirmation(payment))
        .header("content-type", "application/json")
        .header("prefer", "wait=0");
    let reply = house
        .send(request.body(Body::from(body.to_string())).unwrap())
        .await;
    assert_eq!(
        reply.header("location"),
        format!("/api/v1/purchases/{}", purchase["id"].as_str().unwrap())
    );
    assert_eq!(reply.with(202)["state"], "approving");
    let path = format!("purchases/{}/payments", purchase["id"].as_str().unwrap());
    let refusal = ana.post(&path, json!({})).await.refused("payment_in_progress");
    assert_eq!(refusal["retryable"], true);

    // Asking again joins whoever asks the provider.
    assert_eq!(
        ana.confirm(payment, &payment_key).await.with(200)["state"],
        "paid"
    );
    assert_eq!(ana.purchase(&purchase).await["state"], "paid");
    house.is_in_order().await;
}

#[tokio::test]
async fn a_double_click_charges_once_and_hears_one_answer() {
    let house = House::on_sqlite().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    let payment = &purchase["payments"][0];
    let payment_key = house.typed_in(payment, GOOD).await;
    let (left, right) = tokio::join!(
        ana.confirm(payment, &payment_key),
        ana.confirm(payment, &payment_key)
    );
    assert_eq!(left.with(200), right.with(200));
    assert_eq!(
        ana.confirm(payment, &payment_key).await.with(200)["state"],
        "paid"
    );
    house.is_in_order().await;
}

#[tokio::test]
async fn an_answer_that_was_lost_on_its_way_is_found_out() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.key("k1").order(&hold).await.done();
    assert_eq!(ana.key("k1").order(&hold).await.done()["id"], purchase["id"]);
    let paid = ana.pay(&purchase["payments"][0], ANSWER_LOST).await.with(200);
    assert_eq!(paid["state"], "paid");
    house.is_in_order().await;
}

#[tokio::test]
async fn another_amount_charges_nothing() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    let payment = &purchase["payments"][0];
    let payment_key = house.typed_in(payment, GOOD).await;
    let cheaper = json!({"payment_key": payment_key, "amount": 1});
    ana.post(&confirmation(payment), cheaper)
        .await
        .refused("amount_mismatch");
    house
        .buyer("bob")
        .confirm(payment, &payment_key)
        .await
        .refused("not_found");
    assert_eq!(ana.purchase(&purchase).await["state"], "awaiting_payment");
    assert_eq!(
        ana.confirm(payment, &payment_key).await.with(200)["state"],
        "paid"
    );
}

#[tokio::test]
async fn an_order_is_cancelled_before_it_is_paid_and_the_hold_lives_on() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    let path = format!("purchases/{}/cancel", purchase["code"].as_str().unwrap());
    house
        .buyer("bob")
        .post(&path, json!({}))
        .await
        .refused("not_found");
    for _ in 0..2 {
        assert_eq!(ana.post(&path, json!({})).await.done()["state"], "cancelled");
    }
    let hold = ana
        .get(&format!("holds/{}", hold["id"].as_str().unwrap()))
        .await
        .done();
    assert_eq!(hold["state"], "active");
    assert_ne!(ana.order(&hold).await.done()["id"], purchase["id"]);
}

#[tokio::test]
async fn a_hold_that_ran_out_buys_nothing() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let hold = house.buyer("ana").hold(&show, ["A-1"]).await.done();
    house.later(Duration::from_mins(8));
    house.buyer("ana").order(&hold).await.refused("hold_ended");
}

#[tokio::test]
async fn what_costs_nothing_is_paid_without_a_provider() {
    let house = House::in_memory().await;
    let mut free = event("free").no_queue();
    for price in &mut free.prices {
        price.amount = Won::ZERO;
    }
    let show = house.show(free).await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    assert_eq!(
        (&purchase["state"], &purchase["tickets"][0]["seat"]),
        (&json!("paid"), &json!("A-1"))
    );
    house.is_in_order().await;
}

#[tokio::test]
async fn play_money_buys_nothing_real() {
    let house = House::in_memory().await;
    let mut real = event("real").no_queue();
    real.test = false;
    let show = house.show(real).await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    ana.order(&hold).await.refused("provider_mismatch");
}

#[tokio::test]
async fn a_payment_key_that_the_provider_cannot_have_given_begins_nothing() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    let payment = &purchase["payments"][0];
    let refusal = ana
        .confirm(payment, "not a key!")
        .await
        .refused("invalid_request");
    assert_eq!(refusal["fields"][0]["field"], "payment_key");
    assert_eq!(ana.pay(payment, GOOD).await.with(200)["state"], "paid");
    house.is_in_order().await;
}
