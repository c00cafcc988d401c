//! Giving tickets back.

use std::time::Duration;

use serde_json::json;
use ticketon_core::organization::Role;
use ticketon_core::{RefundAnswer, settle_refund};

use crate::support::House;

#[tokio::test]
async fn a_refund_is_quoted_asked_for_and_done() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let purchase = ana.buy(&show, ["A-1", "A-2"]).await;
    let code = purchase["code"].as_str().unwrap();
    let ticket = purchase["tickets"][0]["id"].as_str().unwrap();
    let quote = ana
        .get(&format!("purchases/{code}/refund-quote?tickets={ticket}"))
        .await
        .done();
    assert_eq!((&quote["amount"], &quote["fee"]), (&json!(55_000), &json!(0)));
    let whole = ana.get(&format!("purchases/{code}/refund-quote")).await.done();
    assert_eq!(whole["amount"], 110_000);

    let path = format!("purchases/{code}/refunds");
    let wrong = json!({"tickets": [ticket], "expected_amount": 1, "reason": "ill"});
    ana.post(&path, wrong).await.refused("quote_changed");
    let wish = json!({"tickets": [ticket], "expected_amount": 55_000, "reason": "ill"});
    let refund = ana.key("k1").post(&path, wish.clone()).await.with(201);
    assert_eq!(
        (&refund["state"], &refund["amount"]),
        (&json!("requested"), &json!(55_000))
    );
    assert_eq!(
        ana.key("k1").post(&path, wish).await.with(201)["id"],
        refund["id"]
    );
    house.buyer("bob").hold(&show, ["A-1"]).await.done();

    house.shop.payments.refund_due().await.unwrap();
    let purchase = ana.purchase(&purchase).await;
    assert_eq!(
        (&purchase["state"], &purchase["amount"]),
        (&json!("paid"), &json!(55_000))
    );
    assert_eq!(purchase["refunds"][0]["state"], "done");
    assert_eq!(purchase["tickets"][0]["state"], "void");
    house.is_in_order().await;
}

#[tokio::test]
async fn nobody_gives_anothers_tickets_back() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let purchase = house.buyer("ana").buy(&show, ["A-1"]).await;
    let code = purchase["code"].as_str().unwrap();
    let bob = house.buyer("bob");
    bob.get(&format!("purchases/{code}")).await.refused("not_found");
    bob.get(&format!("purchases/{code}/refund-quote"))
        .await
        .refused("not_found");
    let wish = json!({"reason": "mine now"});
    bob.post(&format!("purchases/{code}/refunds"), wish)
        .await
        .refused("not_found");
    let ticket = purchase["tickets"][0]["id"].as_str().unwrap();
    bob.get(&format!("tickets/{ticket}")).await.refused("not_found");
    house.buyer("ana").get(&format!("tickets/{ticket}")).await.done();
}

#[tokio::test]
async fn the_fee_grows_as_the_day_comes_near_and_then_there_is_no_refund() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let purchase = house.buyer("ana").buy(&show, ["A-1"]).await;
    let quote = format!("purchases/{}/refund-quote", purchase["code"].as_str().unwrap());
    house.later(Duration::from_hours(24 * 58));
    assert_eq!(house.buyer("ana").get(&quote).await.done()["fee"], 5_500);
    house.later(Duration::from_hours(24 * 9));
    house.buyer("ana").get(&quote).await.refused("no_refund");
}

#[tokio::test]
async fn a_refund_that_the_provider_refused_is_asked_for_again() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let purchase = ana.buy(&show, ["A-1"]).await;
    let path = format!("purchases/{}/refunds", purchase["code"].as_str().unwrap());
    let refund = ana.post(&path, json!({"reason": "ill"})).await.with(201);
    let refused = RefundAnswer::Refused {
        code: "FORBIDDEN_REQUEST".to_owned(),
        message: "not today".to_owned(),
    };
    let id = serde_json::from_value(refund["id"].clone()).unwrap();
    settle_refund(&house.shop.cx, id, refused).await.unwrap();
    assert_eq!(ana.purchase(&purchase).await["refunds"][0]["state"], "failed");

    let retry = format!("refunds/{id}/retry");
    let clerk = house.member(show.organization, Role::BoxOffice).await;
    let retried = clerk.post(&retry, json!({})).await.done();
    assert_eq!(retried["state"], "requested");
    house.shop.payments.refund_due().await.unwrap();
    assert_eq!(ana.purchase(&purchase).await["refunds"][0]["state"], "done");
    house.is_in_order().await;
}
