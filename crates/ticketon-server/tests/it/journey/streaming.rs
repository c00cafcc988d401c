//! Waiting with an open stream.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use ticketon_core::organization::Role;
use ticketon_server::background::Background;
use tower::ServiceExt as _;

use crate::support::House;
use crate::support::listener::Listener;

#[tokio::test]
async fn who_waits_is_told_the_place_and_then_to_come_in() {
    let house = House::in_memory().await;
    let show = house.gala(1).await;
    let (ana, bob, eve) = (house.buyer("ana"), house.buyer("bob"), house.buyer("eve"));
    for person in [&ana, &bob, &eve] {
        person.enter(&show).await;
    }
    let mut stream = eve.listens("stream?queue=gala").await;
    let (name, data) = stream.hears().await;
    assert_eq!(
        (name.as_str(), &data["position"], &data["ahead"]),
        ("position", &json!(2), &json!(1))
    );
    assert!(data["eta_ms"]["min"].is_number());

    ana.delete("events/gala/queue").await.done();
    house.tick().await;
    let (name, data) = stream.hears().await;
    assert_eq!((name.as_str(), &data["position"]), ("position", &json!(1)));

    bob.position(&show).await;
    bob.delete("events/gala/queue").await.done();
    house.tick().await;
    assert_eq!(stream.hears().await.0, "admitted");
    assert_eq!(eve.position(&show).await["state"], "admitted");
    eve.delete("events/gala/queue").await.done();
    let (name, data) = stream.hears().await;
    assert_eq!((name.as_str(), &data["reason"]), ("ended", &json!("left")));
    assert!(stream.has_ended().await);
}

#[tokio::test]
async fn everybody_is_told_at_once_that_all_is_sold() {
    let house = House::in_memory().await;
    let mut small = crate::support::event("small");
    small.sales[0].queue.capacity = 1;
    small.sales[0].queue.per_minute = 1;
    small.sales[0].limits.per_order = 20;
    small.sales[0].limits.per_person = 20;
    let show = house.show(small).await;
    let (ana, bob) = (house.buyer("ana"), house.buyer("bob"));
    ana.enter(&show).await;
    bob.enter(&show).await;
    let mut stream = bob.listens("stream?queue=small").await;
    assert_eq!(stream.hears().await.0, "position");

    let seats = ["A", "B"].map(|row| (1..=10).map(move |seat| format!("{row}-{seat}")));
    let seats: Vec<String> = seats.into_iter().flatten().collect();
    let items: Vec<_> = seats
        .iter()
        .map(|seat| json!({"seat": seat, "price": if seat.starts_with('A') { "R/adult" } else { "S/adult" }}))
        .collect();
    let hold = ana
        .post(&crate::support::person::holds(&show), json!({ "items": items }))
        .await
        .done();
    let purchase = ana.order(&hold).await.done();
    ana.pay(&purchase["payments"][0], crate::support::person::GOOD)
        .await
        .with(200);
    house.tick().await;
    let (name, data) = stream.hears().await;
    assert_eq!((name.as_str(), &data["reason"]), ("ended", &json!("sold_out")));
}

#[tokio::test]
async fn a_browser_listens_with_a_ticket_that_is_good_once() {
    let house = House::in_memory().await;
    let show = house.gala(1).await;
    let ana = house.buyer("ana");
    ana.enter(&show).await;
    let ticket = ana.post("stream/tickets", json!({})).await.with(201);
    let path = format!("stream?queue=gala&ticket={}", ticket["ticket"].as_str().unwrap());
    let mut stream = house.anyone().listens(&path).await;
    assert_eq!(stream.hears().await.0, "admitted");
    house.anyone().get(&path).await.refused("login_required");
    house
        .anyone()
        .get("stream?queue=gala")
        .await
        .refused("login_required");
    house
        .buyer("bob")
        .get("stream?queue=gala")
        .await
        .refused("not_found");
    house.buyer("bob").get("stream").await.refused("invalid_request");
}

#[tokio::test]
async fn who_was_told_the_end_need_not_come_again() {
    let house = House::in_memory().await;
    let show = house.gala(1).await;
    let ana = house.buyer("ana");
    ana.enter(&show).await;
    ana.delete("events/gala/queue").await.done();
    assert_eq!(ana.listens("stream?queue=gala").await.hears().await.0, "ended");
    let again = ana
        .request(Method::GET, "stream?queue=gala")
        .header("last-event-id", "5");
    let again = house.send(again.body(Body::empty()).unwrap()).await;
    assert_eq!(again.status, 204);
}

#[tokio::test]
async fn streams_end_when_the_shop_stops() {
    let house = House::in_memory().await;
    let show = house.gala(1).await;
    let ana = house.buyer("ana");
    ana.enter(&show).await;
    let mut stream = ana.listens("stream?queue=gala").await;
    assert_eq!(stream.hears().await.0, "admitted");
    house.shop.stop();
    assert!(stream.has_ended().await);
    let parts = house.anyone().get("/readyz").await.with(503);
    assert_eq!(parts["parts"]["process"], "stopping");
}

#[tokio::test]
async fn anybody_sees_seats_go_and_comes_back_without_a_gap() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let background = Background::start(&house.shop);
    let path = format!("stream?seats={}", show.performance);
    let mut stream = house.anyone().listens(&path).await;
    let (name, begin) = stream.hears().await;
    assert_eq!((name.as_str(), &begin["changes"]), ("seats", &json!([])));
    assert_eq!(begin["from"], begin["to"]);

    let ana = house.buyer("ana");
    let hold = ana.hold(&show, ["A-1", "B-1"]).await.done();
    let (_, held) = stream.hears().await;
    assert_eq!(
        (&held["from"], &held["changes"]),
        (&begin["to"], &json!([[0, 1], [10, 1]]))
    );
    ana.delete(&format!("holds/{}", hold["id"].as_str().unwrap()))
        .await
        .done();
    let (_, free) = stream.hears().await;
    assert_eq!(
        (&free["from"], &free["changes"]),
        (&held["to"], &json!([[0, 0], [10, 0]]))
    );

    let again = ana
        .request(Method::GET, &path)
        .header("last-event-id", held["to"].to_string());
    let mut again = Listener::new(
        house
            .router
            .clone()
            .oneshot(again.body(Body::empty()).unwrap())
            .await
            .unwrap(),
    );
    assert_eq!(again.hears().await.1["changes"], free["changes"]);
    house.shop.stop();
    assert!(stream.has_ended().await);
    background.stop().await;
}

#[tokio::test]
async fn one_stream_tells_of_the_queue_and_of_the_seats() {
    let house = House::in_memory().await;
    let show = house.gala(1).await;
    let ana = house.buyer("ana");
    ana.enter(&show).await;
    let path = format!("stream?queue=gala&seats={}", show.performance);
    let mut stream = ana.listens(&path).await;
    let mut told = [stream.hears().await.0, stream.hears().await.0];
    told.sort();
    assert_eq!(told, ["admitted", "seats"]);
    ana.get(&path.replace(&show.performance, "nothing"))
        .await
        .refused("invalid_request");
    let odd = ana
        .request(Method::GET, &path)
        .header("last-event-id", "yesterday");
    house
        .send(odd.body(Body::empty()).unwrap())
        .await
        .refused("invalid_request");
}

#[tokio::test]
async fn whoever_runs_the_sale_speaks_to_those_who_wait_and_sets_the_pace() {
    let house = House::in_memory().await;
    let show = house.gala(1).await;
    let (ana, bob) = (house.buyer("ana"), house.buyer("bob"));
    ana.enter(&show).await;
    bob.enter(&show).await;
    house.tick().await;
    let mut stream = bob.listens("stream?queue=gala").await;
    assert_eq!(stream.hears().await.0, "position");

    let gala = house.anyone().get("events/gala").await.done();
    let queue = format!("sales/{}/queue", gala["sale"][0]["id"].as_str().unwrap());
    let manager = house.member(show.organization, Role::Manager).await;
    let standing = manager.get(&queue).await.done();
    assert_eq!(
        (&standing["waiting"], &standing["active"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(standing["because"], "no free slot: 1 of 1 inside");

    let words = "the doors open ten minutes later";
    manager
        .post(&format!("{queue}/announce"), json!({ "notice": words }))
        .await
        .done();
    house.tick().await;
    let (name, data) = stream.hears().await;
    assert_eq!((name.as_str(), &data["notice"]), ("notice", &json!(words)));
    assert_eq!(bob.position(&show).await["notice"], words);
    let long = json!({ "notice": "x".repeat(501) });
    manager
        .post(&format!("{queue}/announce"), long)
        .await
        .refused("invalid_request");

    let patch = async |change: Value| manager.send(Method::PATCH, &queue, Some(change)).await;
    patch(json!({"capacity": 0})).await.refused("invalid_request");
    let paused = patch(json!({"capacity": 2, "paused": true})).await.done();
    assert_eq!(
        (&paused["capacity"], &paused["because"]),
        (&json!(2), &json!("paused"))
    );
    house.tick().await;
    assert_eq!(bob.position(&show).await["state"], "waiting");
    patch(json!({"paused": false})).await.done();
    house.tick().await;
    assert_eq!(bob.position(&show).await["state"], "admitted");
    manager.post(&format!("{queue}/announce"), json!({})).await.done();
    assert_eq!(manager.get(&queue).await.done()["notice"], json!(null));
}
