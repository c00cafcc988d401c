//! Who is what in an organization, and what the box office does for others.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};
use ticketon_core::organization::Role;

use crate::support::House;
use crate::support::person::Person;
use crate::support::reply::Reply;

async fn logged_in<'a>(house: &'a House, email: &str) -> (Person<'a>, Value) {
    let account = json!({"email": email, "password": "correct horse battery", "name": "Somebody"});
    let login = house.anyone().post("auth/register", account).await.done();
    let token = login["access_token"].as_str().unwrap().to_owned();
    (Person::new(house, Some(token)), login["user"].clone())
}

async fn again<'a>(house: &'a House, email: &str) -> Person<'a> {
    let account = json!({"email": email, "password": "correct horse battery"});
    let login = house.anyone().post("auth/login", account).await.done();
    Person::new(house, Some(login["access_token"].as_str().unwrap().to_owned()))
}

async fn named(by: &Person<'_>, user: &str, role: &str) -> Reply {
    let path = format!("organizations/opera/members/{user}");
    by.send(Method::PUT, &path, Some(json!({ "role": role }))).await
}

#[tokio::test]
async fn an_owner_names_members_who_may_then_sell_and_takes_the_role_away() {
    let house = House::in_memory().await;
    let opera = json!({"slug": "opera", "name": "Opera"});
    let made = house
        .admin()
        .key("k")
        .post("organizations", opera.clone())
        .await
        .with(201);
    assert_eq!(
        house
            .admin()
            .key("k")
            .post("organizations", opera.clone())
            .await
            .with(201),
        made
    );
    house
        .admin()
        .post("organizations", opera)
        .await
        .refused("slug_taken");

    let (ana, _) = logged_in(&house, "ana@example.com").await;
    let (bob, bob_is) = logged_in(&house, "bob@example.com").await;
    named(&ana, "bob@example.com", "manager")
        .await
        .refused("forbidden");
    named(&house.admin(), "ana@example.com", "owner").await.done();
    let ana = again(&house, "ana@example.com").await;
    named(&ana, "nobody@example.com", "manager")
        .await
        .refused("not_found");
    named(&ana, "bob@example.com", "king")
        .await
        .refused("invalid_request");
    let named_bob = named(&ana, "bob@example.com", "manager").await.done();
    assert_eq!(
        (&named_bob["user"], &named_bob["role"]),
        (&bob_is["id"], &json!("manager"))
    );

    let event = json!({
        "slug": "aida", "title": "Aida", "organization": "opera", "test": true,
        "performance": [{"starts_at": "2027-02-05T19:30:00+09:00"}],
    });
    bob.post("events", event.clone()).await.refused("forbidden");
    again(&house, "bob@example.com")
        .await
        .post("events", event)
        .await
        .done();

    let path = format!("organizations/opera/members/{}", bob_is["id"].as_str().unwrap());
    assert_eq!(ana.delete(&path).await.done()["role"], json!(null));
    assert_eq!(
        ana.delete(&path).await.done()["role"],
        json!(null),
        "twice is no error"
    );
    assert_eq!(
        again(&house, "bob@example.com")
            .await
            .get("users/me")
            .await
            .done()["roles"],
        json!({})
    );
    house.is_in_order().await;
}

#[tokio::test]
async fn the_box_office_gives_a_buyers_tickets_back_and_the_gate_does_not() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let purchase = house.buyer("ana").buy(&show, ["A-1"]).await;
    let quote = format!("purchases/{}/refund-quote", purchase["code"].as_str().unwrap());
    let refunds = format!("purchases/{}/refunds", purchase["code"].as_str().unwrap());
    let wish = json!({"expected_amount": 55_000, "reason": "ill"});
    let gate = house.member(show.organization, Role::Gate).await;
    gate.get(&quote).await.refused("not_found");
    gate.post(&refunds, wish.clone()).await.refused("not_found");

    let counter = house.member(show.organization, Role::BoxOffice).await;
    assert_eq!(counter.get(&quote).await.done()["amount"], 55_000);
    let refund = counter.key("k").post(&refunds, wish.clone()).await.with(201);
    assert_eq!(
        counter.key("k").post(&refunds, wish).await.with(201)["id"],
        refund["id"]
    );
    house.shop.payments.refund_due().await.unwrap();
    let seen = counter
        .get(&format!("purchases/{}", purchase["code"].as_str().unwrap()))
        .await
        .done();
    assert_eq!(
        (&seen["state"], &seen["refunds"][0]["state"]),
        (&json!("refunded"), &json!("done"))
    );
    house.is_in_order().await;
}

#[tokio::test]
async fn an_order_is_paid_and_cancelled_by_its_buyer_alone() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.account("ana@example.com", BTreeMap::new()).await;
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let purchase = ana.order(&hold).await.done();
    let counter = house.member(show.organization, Role::BoxOffice).await;
    for action in ["payments", "cancel"] {
        let path = format!("purchases/{}/{action}", purchase["code"].as_str().unwrap());
        counter.post(&path, json!({})).await.refused("not_found");
    }
}
