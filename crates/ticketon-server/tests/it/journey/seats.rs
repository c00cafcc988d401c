//! Holding seats.

use serde_json::json;

use crate::support::House;
use crate::support::person::holds;

#[tokio::test]
async fn without_a_queue_one_buys_at_once() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let view = ana.enter(&show).await;
    assert_eq!(
        (&view["state"], &view["pass"]),
        (&json!("admitted"), &json!(null))
    );

    let hold = ana.hold(&show, ["A-1", "A-2"]).await;
    assert_eq!(
        hold.header("location"),
        format!("/api/v1/holds/{}", hold.json["id"].as_str().unwrap())
    );
    let hold = hold.with(201);
    assert_eq!(
        (&hold["state"], &hold["amount"]),
        (&json!("active"), &json!(110_000))
    );
    assert_eq!(
        hold["items"][0],
        json!({"seat": "A-1", "price": "R/adult", "amount": 55_000})
    );

    let purchase = ana.buy(&show, ["B-1"]).await;
    assert_eq!(purchase["state"], "paid");
    assert_eq!(purchase["tickets"][0]["seat"], "B-1");
    assert!(purchase["code"].as_str().unwrap().starts_with("TEST"));
    house.is_in_order().await;
}

#[tokio::test]
async fn a_taken_seat_is_named_with_others_like_it() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    house.buyer("ana").hold(&show, ["A-5"]).await.done();
    let refusal = house
        .buyer("bob")
        .hold(&show, ["A-5", "A-6"])
        .await
        .refused("seat_taken");
    assert_eq!(refusal["taken"], json!(["A-5"]));
    assert_eq!(refusal["alternatives"].as_array().unwrap().len(), 1);
    assert_eq!(refusal["retryable"], false);
}

#[tokio::test]
async fn the_best_seats_are_next_to_each_other() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let hold = house.buyer("ana").hold_best(&show, 2).await.done();
    assert_eq!(hold["items"].as_array().unwrap().len(), 2);
    assert_eq!(hold["amount"], 110_000);
}

#[tokio::test]
async fn a_hold_is_let_go_and_its_seats_are_free() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1"]).await.done();
    let address = format!("holds/{}", hold["id"].as_str().unwrap());
    assert_eq!(ana.get(&address).await.done()["state"], "active");
    for _ in 0..2 {
        assert_eq!(ana.delete(&address).await.done()["state"], "released");
    }
    house.buyer("bob").hold(&show, ["A-1"]).await.done();
}

#[tokio::test]
async fn anothers_hold_is_not_found() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let hold = house.buyer("ana").hold(&show, ["A-1"]).await.done();
    let bob = house.buyer("bob");
    let address = format!("holds/{}", hold["id"].as_str().unwrap());
    bob.get(&address).await.refused("not_found");
    bob.delete(&address).await.refused("not_found");
    bob.order(&hold).await.refused("not_found");
}

#[tokio::test]
async fn a_double_click_holds_once_and_hears_the_first_answer() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let first = ana.key("\"k1\"").hold(&show, ["A-1"]).await.with(201);
    let second = ana.key("k1").hold(&show, ["A-1"]).await.with(201);
    assert_eq!(first, second);
    ana.key("k1")
        .hold(&show, ["A-2"])
        .await
        .refused("idempotency_key_reused");
    ana.hold(&show, ["A-1"]).await.refused("seat_taken");
}

#[tokio::test]
async fn two_clicks_at_once_hold_once() {
    let house = House::on_sqlite().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let (left, right) = (house.buyer("ana"), house.buyer("ana"));
    let (left, right) = tokio::join!(
        left.key("k1").hold(&show, ["A-1", "A-2"]),
        right.key("k1").hold(&show, ["A-1", "A-2"])
    );
    assert_eq!(left.done()["id"], right.done()["id"]);
    ana.hold(&show, ["A-3", "A-4", "A-5"])
        .await
        .refused("person_limit");
}

#[tokio::test]
async fn the_map_shows_what_is_free() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let anyone = house.anyone();
    let address = format!("performances/{}/seats", show.performance);
    let before = anyone.get(&address).await;
    let tag = before.header("etag").to_owned();
    assert_eq!(before.json["seats"], "AAAAAAA=");
    assert_eq!(
        before.json["prices"][0],
        json!({"grade": "R", "kind": "adult", "amount": 55_000})
    );

    let known = anyone
        .request(axum::http::Method::GET, &address)
        .header("if-none-match", &tag);
    let unchanged = house.send(known.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(unchanged.status, 304);
    assert!(unchanged.text.is_empty());

    house.buyer("ana").hold(&show, ["A-2"]).await.done();
    let after = anyone.get(&address).await;
    assert_ne!(after.header("etag"), tag);
    assert_eq!(after.json["seats"], "BAAAAAA=");
}

#[tokio::test]
async fn an_order_and_a_person_have_limits() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    ana.hold(&show, ["A-1", "A-2", "A-3", "A-4", "A-5"])
        .await
        .refused("order_limit");
    ana.hold(&show, ["A-1", "A-2", "A-3"]).await.done();
    ana.hold(&show, ["A-4", "A-5"]).await.refused("person_limit");
    let nothing = json!({"items": []});
    ana.post(&holds(&show), nothing).await.refused("invalid_request");
}
