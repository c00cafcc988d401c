use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use ticketon_core::verify::{Basis, Checked, Promise};
use ticketon_server::background::Background;
use ticketon_server::verify::verify;
use tokio::time::sleep;

use super::server;
use crate::support::{House, event};

#[tokio::test]
async fn claims_do_what_all_claims_must_do() {
    super::claims_do_what_all_claims_must_do(server().await).await;
}

#[tokio::test]
async fn a_rate_holds_over_two_processes() {
    super::a_rate_holds_over_two_processes(server().await).await;
}

#[tokio::test]
async fn a_lease_is_one_processes_until_it_dies() {
    super::a_lease_is_one_processes_until_it_dies(server().await).await;
}

#[tokio::test]
async fn two_processes_sell_from_one_waiting_room() {
    let redis = server().await;
    let [house, other] = House::two_on_redis(redis.clone()).await;
    let show = house.gala(1).await;
    let (ana, bob) = (house.buyer("ana"), other.buyer("bob"));
    assert_eq!(ana.enter(&show).await["state"], "admitted");
    let waiting = bob.enter(&show).await;
    assert_eq!((&waiting["seq"], &waiting["position"]), (&json!(2), &json!(1)));
    assert_eq!(
        house.buyer("bob").position(&show).await["seq"],
        waiting["seq"],
        "whichever process is asked"
    );

    let background = [Background::start(&house.shop), Background::start(&other.shop)];
    ana.buy(&show, ["A-1"]).await;
    let mut place = bob.position(&show).await;
    for _ in 0..100 {
        if place["state"] == "admitted" {
            break;
        }
        sleep(Duration::from_millis(50)).await;
        place = bob.position(&show).await;
    }
    assert_eq!(
        place["state"], "admitted",
        "a purchase ends a pass, and one dispatcher admits the next"
    );
    bob.hold(&show, ["A-1"]).await.refused("seat_taken");
    bob.buy(&show, ["A-2"]).await;
    for background in background {
        background.stop().await;
    }
    house.is_in_order().await;
    let cx = &house.shop.cx;
    let report = verify(&*cx.reads, Some(&redis), cx.now(), &Basis::default())
        .await
        .unwrap();
    for promise in [Promise::ServedInOrder, Promise::AdmittedWithinCapacity] {
        let Checked { checked, broken } = report.promises[&promise];
        assert_eq!((checked, broken), (2, 0), "{promise:?}");
    }
}

#[tokio::test]
async fn of_a_crowd_that_wants_the_best_seats_of_two_processes_each_gets_some() {
    let houses = House::two_on_redis(server().await).await;
    let mut event = event("best");
    event.sales[0].queue.mode = ticketon_core::sale::QueueMode::Off;
    let show = houses[0].show(event).await;
    let buyers: Vec<_> = (0..5)
        .map(|number| houses[number % 2].buyer(&format!("buyer-{number}")))
        .collect();
    let holds = join_all(buyers.iter().map(|buyer| buyer.hold_best(&show, 2))).await;
    let mut seats = BTreeSet::new();
    for hold in holds {
        for item in hold.with(201)["items"].as_array().unwrap() {
            assert!(seats.insert(item["seat"].to_string()), "no seat is held twice");
        }
    }
    assert_eq!(seats.len(), 10);
}
