//! Waiting one's turn.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use ticketon_server::adapter::sql::{SqlStore, StoreAddress};
use ticketon_server::journal::forget_ended;

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

#[tokio::test]
async fn of_two_who_saw_the_same_room_one_hears_that_the_other_was_first() {
    let house = House::in_memory().await;
    house.gala(10).await;
    let gala = house.anyone().get("events/gala").await.done();
    let path = format!("sales/{}/queue", gala["sale"][0]["id"].as_str().unwrap());
    let admin = house.admin();
    let seen = admin.get(&path).await.header("etag").to_owned();
    assert_eq!(admin.get(&path).await.header("etag"), seen, "nobody changed it");

    let change = |tag: &str, body: Value| {
        let request = admin
            .request(Method::PATCH, &path)
            .header("if-match", tag)
            .header("content-type", "application/json");
        house.send(request.body(Body::from(body.to_string())).unwrap())
    };
    let (one, other) = tokio::join!(
        change(&seen, json!({"capacity": 20})),
        change(&seen, json!({"paused": true}))
    );
    let (first, second) = if one.status == 200 {
        (one, other)
    } else {
        (other, one)
    };
    let new = first.header("etag").to_owned();
    first.with(200);
    second.refused("changed_meanwhile");
    assert_ne!(new, seen);
    change(&new, json!({"per_minute": 60})).await.with(200);
    change("*", json!({"per_minute": 70})).await.with(200);
    change("nonsense", json!({"per_minute": 80}))
        .await
        .refused("changed_meanwhile");
    // Who names no version changes what there is.
    let room = admin
        .send(Method::PATCH, &path, Some(json!({"paused": false})))
        .await
        .done();
    assert_eq!(room["per_minute"], 70);
}

#[tokio::test]
async fn the_journal_of_a_sale_that_closed_long_ago_is_forgotten_and_no_other() {
    let folder = TempDir::new().unwrap();
    let address = StoreAddress::File(folder.path().join("shop.db"));
    let house = House::on(SqlStore::open_or_create(&address).await.unwrap()).await;
    let (mut old, mut new) = (event("old"), event("new"));
    let now = house.shop.cx.now();
    for event in [&mut old, &mut new] {
        event.sales[0].queue.capacity = 1;
    }
    old.sales[0].closes_at = now + Duration::from_hours(1);
    let (old, new) = (house.show(old).await, house.show(new).await);
    for name in ["ana", "bob", "cid"] {
        house.buyer(name).enter(&old).await;
        house.buyer(name).enter(&new).await;
    }
    let forget = async |house: &House| {
        let upkeep = house.shop.upkeep.as_ref().unwrap();
        forget_ended(&house.shop.cx, upkeep).await.unwrap()
    };
    let lines = async |house: &House, slug: &str| {
        let event = house.anyone().get(&format!("events/{slug}")).await.done();
        let stream = format!("queue/{}", event["sale"][0]["id"].as_str().unwrap());
        house.shop.cx.reads.journal(&stream).await.unwrap().len()
    };
    house.later(Duration::from_hours(24 * 30));
    assert_eq!(forget(&house).await, 0, "it closed less than thirty days ago");
    let (of_old, of_new) = (lines(&house, "old").await, lines(&house, "new").await);
    house.later(Duration::from_hours(2));
    assert_eq!(forget(&house).await, of_old as u64);
    assert_eq!(
        (lines(&house, "old").await, lines(&house, "new").await),
        (0, of_new)
    );
    assert_eq!(forget(&house).await, 0);
    let sale = house.anyone().get("events/old").await.done();
    let room = format!("sales/{}/queue", sale["sale"][0]["id"].as_str().unwrap());
    house.admin().get(&room).await.refused("not_on_sale");
    drop(house);

    let house = House::on(SqlStore::open_or_create(&address).await.unwrap()).await;
    house.later(Duration::from_hours(24 * 30 + 2));
    for (name, ahead) in [("bob", 0), ("cid", 1)] {
        assert_eq!(house.buyer(name).position(&new).await["ahead"], ahead);
    }
    house.admin().get(&room).await.refused("not_on_sale");
    house
        .buyer("dan")
        .post("events/old/queue", json!({}))
        .await
        .refused("not_on_sale");
    assert_eq!(lines(&house, "old").await, 0, "nothing made the room anew");
}
