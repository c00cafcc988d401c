//! Whether a process lives, and whether it is ready, as whoever watches over it is told.

pub(crate) mod failing;

use serde_json::{Value, json};
use ticketon_core::Memory;
use ticketon_server::http::Settings;

use crate::support::House;
use failing::{Lost, Mortal};

impl House {
    async fn is_ready(&self) -> (u16, Value) {
        let said = self.anyone().get("/readyz").await;
        (said.status.as_u16(), said.json["parts"].clone())
    }

    async fn is_alive(&self) -> (u16, Value) {
        let said = self.anyone().get("/livez").await;
        (said.status.as_u16(), said.json["ended"].clone())
    }
}

fn all_well() -> Value {
    json!({"committer": "ok", "process": "ok", "queue": "ok", "store": "ok"})
}

#[tokio::test]
async fn a_shop_that_can_sell_is_alive_and_ready_and_says_so_by_part() {
    let house = House::on_sqlite().await;
    assert_eq!(house.is_alive().await, (200, json!([])));
    assert_eq!(house.is_ready().await, (200, all_well()));
}

#[tokio::test]
async fn without_its_store_a_process_is_not_ready_and_a_new_one_would_not_help() {
    let (store, house) = Lost::house().await;
    assert_eq!(house.is_ready().await.0, 200);
    store.is_lost(true);
    let (status, parts) = house.is_ready().await;
    assert_eq!((status, &parts["store"]), (503, &"fails".into()));
    assert_eq!(house.is_alive().await, (200, json!([])));
    let text = house.anyone().get("/readyz").await.text;
    assert!(
        !text.contains("disk 7"),
        "what the store said is nobody's business: {text}"
    );
    store.is_lost(false);
    assert_eq!(house.is_ready().await, (200, all_well()));
}

#[tokio::test]
async fn who_is_told_to_stop_takes_nothing_more_in_but_is_not_to_be_killed() {
    let house = House::on_sqlite().await;
    house.shop.stop();
    let (status, parts) = house.is_ready().await;
    assert_eq!((status, &parts["process"]), (503, &"stopping".into()));
    assert_eq!(house.is_alive().await.0, 200);
}

#[tokio::test]
async fn a_process_whose_committer_has_died_must_be_started_again() {
    let (engine, house) = Mortal::house(Memory::new()).await;
    assert_eq!(house.is_alive().await.0, 200);
    engine.dies();
    let event = crate::support::event("recital");
    let staff = ticketon_core::Caller::system("test");
    let lost = ticketon_core::create_event(&house.shop.cx, &staff, event).await;
    assert!(lost.is_err());
    assert_eq!(house.is_alive().await, (503, json!(["committer"])));
    let (status, parts) = house.is_ready().await;
    assert_eq!((status, &parts["committer"]), (503, &"has ended".into()));
}

#[tokio::test]
async fn a_probe_is_never_refused_because_somebody_asked_too_often() {
    let house = House::with_rates().await;
    let address = house.listens().await;
    let client = ticketon_server::client::Client::to(&format!("http://{address}"), 1).unwrap();
    let burst = Settings::default().rates.unwrap().address.burst;
    for _ in 0..burst + 5 {
        assert_eq!(client.get("/livez").send().await.unwrap().status, 200);
    }
}
