//! Redis goes away in the middle of a sale.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use futures_util::future::join_all;
use redis::Script;
use serde_json::{Value, json};
use ticketon_queue::Redis;
use ticketon_server::background::Background;
use ticketon_server::http::{Settings, router_with};
use ticketon_server::limits::VIEW_PARTS;
use ticketon_server::roles::{Role, Roles};
use ticketon_server::views::flush_views;
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;

use super::private::PrivateRedis;
use crate::support::person::Person;
use crate::support::reply::Reply;
use crate::support::{House, Show};

async fn house_on(server: &PrivateRedis) -> House {
    House::on_redis(Redis::connect(&server.url()).await.unwrap()).await
}

async fn tries_to_enter(person: &Person<'_>, show: &Show) -> Reply {
    person
        .post(&format!("events/{}/queue", show.slug), json!({}))
        .await
}

/// Enters with a receipt that was got before.
async fn comes_back(person: &Person<'_>, show: &Show, receipt: &Value) -> Value {
    let request = person
        .request(Method::POST, &format!("events/{}/queue", show.slug))
        .header("ticketon-receipt", receipt.as_str().unwrap())
        .body(Body::empty());
    person.house.send(request.unwrap()).await.done()
}

#[tokio::test]
async fn on_redis_that_is_down_whoever_has_a_pass_goes_on_buying_and_others_hear_when_to_come() {
    let mut server = PrivateRedis::start();
    let house = house_on(&server).await;
    let show = house.gala(2).await;
    let (ana, eve) = (house.buyer("ana"), house.buyer("eve"));
    ana.enter(&show).await;
    server.kill();
    let bought = ana.buy(&show, ["A-1", "A-2"]).await;
    assert_eq!(bought["state"], "paid");
    tries_to_enter(&eve, &show).await.refused("unavailable");
    eve.get("events/gala/queue").await.refused("unavailable");
    server.start_again();
    eve.enter(&show).await;
    assert_eq!(eve.position(&show).await["state"], "admitted");
    eve.buy(&show, ["A-3"]).await;
    house.is_in_order().await;
}

#[tokio::test]
async fn on_redis_that_is_down_an_app_is_ready_for_whoever_has_a_pass_and_a_broker_is_not() {
    let mut server = PrivateRedis::start();
    let house = house_on(&server).await;
    let readyz = async |role: Role| {
        let settings = Settings {
            roles: Roles::of([role]),
            ..Settings::default()
        };
        let request = Request::get("/readyz").body(Body::empty()).unwrap();
        let router = router_with(Arc::clone(&house.shop), settings);
        let reply = Reply::read(router.oneshot(request).await.unwrap()).await;
        (reply.status.as_u16(), reply.json["parts"]["queue"].clone())
    };
    assert_eq!(readyz(Role::Broker).await, (200, "ok".into()));
    server.kill();
    for (role, status) in [
        (Role::App, 200),
        (Role::Broker, 503),
        (Role::Dispatcher, 503),
        (Role::Worker, 200),
    ] {
        let (found, queue) = readyz(role).await;
        assert_eq!(found, status, "{role}");
        assert_ne!(queue, "ok", "{role}");
    }
    server.start_again();
    let ready_again = async {
        while readyz(Role::Broker).await.0 != 200 {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(10), ready_again).await.unwrap();
}

#[tokio::test]
async fn on_redis_that_was_flushed_the_waiting_come_back_before_newcomers() {
    let server = PrivateRedis::start();
    let house = house_on(&server).await;
    let show = house.gala(1).await;
    let [ana, bob, cid, dan] = ["ana", "bob", "cid", "dan"].map(|name| house.buyer(name));
    ana.enter(&show).await;
    let (bobs, cids) = (bob.enter(&show).await, cid.enter(&show).await);
    let mut stream = cid.listens("stream?queue=gala").await;
    assert_eq!(stream.hears().await.1["position"], 2);

    let staff = house.admin();
    let sale = cids["sale"].as_str().unwrap();
    let spoken = json!({ "notice": "a moment" });
    staff
        .post(&format!("sales/{sale}/queue/announce"), spoken)
        .await
        .done();
    house.tick().await;
    assert_eq!(stream.hears().await.0, "notice");

    server.command(&["FLUSHALL"]).await;
    house.later(Duration::from_secs(10));
    let newcomer = dan.enter(&show).await;
    assert_eq!(newcomer["state"], "waiting", "though nobody seems to be before");
    assert_eq!(newcomer["notice"], "a moment", "the room is run as it was");
    house.tick().await;
    let back = comes_back(&bob, &show, &bobs["receipt"]).await;
    assert_eq!((&back["seq"], &back["state"]), (&bobs["seq"], &json!("admitted")));
    let (name, data) = stream.hears().await;
    assert_eq!(
        (name.as_str(), &data["seq"], &data["position"]),
        ("position", &cids["seq"], &json!(1)),
        "whoever has a stream open need not even ask"
    );
    assert_eq!(cid.position(&show).await["seq"], cids["seq"]);
    assert_eq!(dan.position(&show).await["position"], 2);

    // A pass from before the loss is as good as it was.
    ana.buy(&show, ["A-1"]).await;
    house.is_in_order().await;
}

#[tokio::test]
async fn on_redis_that_was_flushed_a_place_that_was_used_up_is_not_given_again() {
    let server = PrivateRedis::start();
    let house = house_on(&server).await;
    let show = house.gala(1).await;
    let (ana, bob) = (house.buyer("ana"), house.buyer("bob"));
    let anas = ana.enter(&show).await;
    bob.enter(&show).await;
    ana.buy(&show, ["A-1"]).await;
    server.command(&["FLUSHALL"]).await;
    house.later(Duration::from_secs(10));
    let again = comes_back(&ana, &show, &anas["receipt"]).await;
    assert_ne!(again["seq"], anas["seq"], "she is a newcomer");
    assert_eq!(again["state"], "waiting");
}

/// Comes, waits and buys one seat, and asks again whenever the answer is to do so.
async fn buys_in_the_end(buyer: Person<'_>, show: &Show, seat: &str) {
    loop {
        let reply = tries_to_enter(&buyer, show).await;
        if reply.status == StatusCode::SERVICE_UNAVAILABLE {
            reply.refused("unavailable");
        } else if let Some(pass) = reply.done()["pass"].as_str() {
            buyer.showing(pass);
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    buyer.buy(show, [seat]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_redis_that_dies_in_the_middle_of_a_sale_everybody_buys_in_the_end() {
    let mut server = PrivateRedis::start();
    let house = house_on(&server).await;
    let show = house.gala(4).await;
    let background = Background::start(&house.shop);
    let seats = ["A", "B"].map(|row| (1..=10).map(move |seat| format!("{row}-{seat}")));
    let seats: Vec<String> = seats.into_iter().flatten().collect();
    let crowd = seats.iter().enumerate().map(|(number, seat)| {
        let buyer = house.buyer(&format!("buyer-{number}"));
        buys_in_the_end(buyer, &show, seat)
    });
    let dies = async {
        for _ in 0..2 {
            sleep(Duration::from_millis(150)).await;
            server.kill();
            sleep(Duration::from_millis(600)).await;
            server.start_again();
        }
    };
    tokio::join!(join_all(crowd), dies);
    background.stop().await;
    house.is_in_order().await;
}

#[tokio::test]
async fn on_redis_that_is_down_events_are_shown_and_views_of_them_are_lost() {
    let mut server = PrivateRedis::start();
    let house = house_on(&server).await;
    house.recital().await;
    let views = &house.shop.views;
    house.buyer("ana").get("events/recital").await.done();
    views.carried().await;
    server.kill();
    for name in ["bob", "cid"] {
        house.buyer(name).get("events/recital").await.done();
    }
    views.carried().await;
    assert_eq!(views.lost(), 2);
    flush_views(&house.shop.background, &**views).await.unwrap_err();
    server.start_again();
    flush_views(&house.shop.background, &**views).await.unwrap();
    let recital = house.anyone().get("events/recital").await.done();
    assert_eq!(recital["views"], 1, "what Redis had taken it has kept");
}

/// Views in Redis under `from`, as they stand, under `to`.
async fn copy_views(redis: &Redis, from: &str, to: &str) {
    let copy = Script::new("return redis.call('COPY', KEYS[1], KEYS[2], 'REPLACE')");
    for part in 0..VIEW_PARTS {
        let keys = [from, to].map(|name| redis.key(&format!("v:{part}"), name));
        redis.run(&copy, &keys, &[]).await.unwrap();
    }
}

#[tokio::test]
async fn on_redis_that_lost_its_last_second_no_view_is_added_again() {
    let redis = super::server().await;
    let house = House::on_redis(redis.clone()).await;
    house.recital().await;
    let views = &house.shop.views;
    house.buyer("ana").get("events/recital").await.done();
    views.carried().await;
    copy_views(&redis, "counted", "before").await;
    for _ in 0..2 {
        flush_views(&house.shop.background, &**views).await.unwrap();
        let recital = house.anyone().get("events/recital").await.done();
        assert_eq!(recital["views"], 1);
        copy_views(&redis, "before", "counted").await;
    }
}
