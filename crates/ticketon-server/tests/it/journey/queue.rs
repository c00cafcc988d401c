//! Waiting one's turn.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::support::{House, event};

#[tokio::test]
async fn who_comes_to_an_empty_room_is_let_in_at_once() {
    let house = House::in_memory().await;
    let show = house.gala(1).await;
    let ana = house.buyer("ana");
    let view = ana.enter(&show).await;
    assert_eq!((&view["state"], &view["seq"]), (&json!("admitted"), &json!(1)));
    assert!(view["pass"].is_string() && view["receipt"].is_string());
    assert_eq!(ana.buy(&show, ["A-1"]).await["state"], "paid");
}

#[tokio::test]
async fn who_comes_later_waits_and_is_let_in_when_somebody_leaves() {
    let house = House::on_sqlite().await;
    let show = house.gala(1).await;
    let (ana, bob) = (house.buyer("ana"), house.buyer("bob"));
    ana.enter(&show).await;
    let view = bob.enter(&show).await;
    assert_eq!(
        (&view["state"], &view["position"], &view["ahead"]),
        (&json!("waiting"), &json!(1), &json!(0))
    );
    assert!(view["poll_after_ms"].is_number() && view["pass"].is_null());
    assert_eq!(bob.enter(&show).await["seq"], view["seq"]);
    bob.hold(&show, ["A-1"]).await.refused("pass_required");

    let left = ana.delete("events/gala/queue").await.done();
    assert_eq!(
        (&left["state"], &left["reason"]),
        (&json!("ended"), &json!("left"))
    );
    house.tick().await;
    let view = bob.position(&show).await;
    assert_eq!(view["state"], "admitted");
    ana.hold(&show, ["A-1"]).await.refused("pass_spent");
    bob.hold(&show, ["A-1"]).await.done();
}

#[tokio::test]
async fn a_pass_is_for_one_sale_one_person_and_a_while() {
    let house = House::in_memory().await;
    let show = house.gala(10).await;
    let other = house.show(event("other")).await;
    let (ana, bob) = (house.buyer("ana"), house.buyer("bob"));
    ana.enter(&show).await;
    bob.showing(&ana.pass())
        .hold(&show, ["A-1"])
        .await
        .refused("pass_invalid");
    ana.hold(&other, ["A-1"]).await.refused("pass_invalid");
    ana.hold(&show, ["A-1"]).await.done();

    house.later(Duration::from_mins(16));
    house
        .buyer("ana")
        .showing(&ana.pass())
        .hold(&show, ["A-2"])
        .await
        .refused("pass_invalid");
    bob.showing("nonsense")
        .hold(&show, ["A-2"])
        .await
        .refused("pass_invalid");
}

#[tokio::test]
async fn a_repeat_hears_its_hold_though_the_pass_has_ended() {
    let house = House::in_memory().await;
    let show = house.gala(10).await;
    let ana = house.buyer("ana");
    ana.enter(&show).await;
    let first = ana.key("k1").hold(&show, ["A-1"]).await.with(201);
    house.later(Duration::from_mins(16));
    let later = house.buyer("ana");
    later.showing(&ana.pass());
    later.hold(&show, ["A-2"]).await.refused("pass_invalid");
    let again = later.key("k1").hold(&show, ["A-1"]).await.with(201);
    assert_eq!(again["id"], first["id"]);
}

#[tokio::test]
async fn a_purchase_uses_the_pass_up() {
    let house = House::in_memory().await;
    let show = house.gala(10).await;
    let ana = house.buyer("ana");
    ana.enter(&show).await;
    ana.buy(&show, ["A-1"]).await;
    ana.hold(&show, ["A-2"]).await.refused("pass_spent");
}

#[tokio::test]
async fn a_receipt_of_ones_own_is_taken_and_anothers_is_not() {
    let house = House::in_memory().await;
    let show = house.gala(10).await;
    let (ana, bob) = (house.buyer("ana"), house.buyer("bob"));
    let receipt = ana.enter(&show).await["receipt"].as_str().unwrap().to_owned();
    for (person, receipt, expected) in [
        (&ana, receipt.as_str(), 200),
        (&bob, receipt.as_str(), 400),
        (&bob, "nonsense", 400),
    ] {
        let request = person
            .request(Method::POST, "events/gala/queue")
            .header("ticketon-receipt", receipt);
        let reply = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, expected, "{}", reply.text);
    }
}

#[tokio::test]
async fn who_never_came_has_no_place() {
    let house = House::in_memory().await;
    let show = house.gala(10).await;
    let ana = house.buyer("ana");
    ana.get("events/gala/queue").await.refused("not_found");
    ana.delete("events/gala/queue").await.refused("not_found");
    house
        .anyone()
        .get("events/gala/queue")
        .await
        .refused("login_required");
    ana.get("events/nothing/queue").await.refused("not_found");
    let _ = show;
}

#[tokio::test]
async fn a_sale_that_has_not_begun_has_a_lobby_and_before_that_nothing() {
    let house = House::in_memory().await;
    let mut later = event("later");
    later.sales[0].opens_at = house.shop.cx.now() + Duration::from_hours(1);
    later.sales[0].lobby = Duration::from_mins(30);
    let show = house.show(later).await;
    let ana = house.buyer("ana");
    ana.post("events/later/queue", json!({}))
        .await
        .refused("not_on_sale");
    house.later(Duration::from_mins(40));
    assert_eq!(house.buyer("ana").enter(&show).await["state"], "lobby");
}
