//! Views are added exactly once, whoever is killed while it adds them.

use std::time::Duration;

use serde_json::Value;
use ticketon_core::ids::{Person, SaleId};
use ticketon_core::time::Clock as _;
use ticketon_server::adapter::sql::{SqlStore, StoreAddress};
use ticketon_server::adapter::system::{SystemClock, SystemEntropy};
use ticketon_server::client::Client;
use ticketon_server::signing_key::tokens_of;
use tokio::runtime::Runtime;

use crate::support::serving::Serving;
use crate::support::{Desk, HALL, RECITAL};

/// Kills, each a little later than the one before: a process that is told to stop adds its views some tens of
/// milliseconds later.
const KILLS: u64 = 12;
const LATER_EACH: Duration = Duration::from_millis(8);

/// Views are on Redis by then.
const CARRIED_WITHIN: Duration = Duration::from_millis(500);

#[test]
fn on_redis_whoever_is_killed_while_it_adds_views_has_every_view_added_once() {
    let desk = Desk::with_shop();
    desk.write("hall.csv", HALL);
    desk.write("recital.toml", RECITAL);
    desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
    desk.run(["event", "publish", "recital"]).expect(0);
    desk.shares_redis();
    let runtime = Runtime::new().unwrap();
    for kill in 0..KILLS {
        let serving = Serving::start(&desk);
        runtime.block_on(desk.is_visited(&serving.url, 3 * kill..3 * (kill + 1)));
        std::thread::sleep(CARRIED_WITHIN);
        serving.is_told_to_stop();
        std::thread::sleep(LATER_EACH * u32::try_from(kill).unwrap());
        serving.kill();
    }
    // What was taken is finished by the first, what was left is taken by the second.
    for _ in 0..2 {
        Serving::start(&desk).stop().expect(0);
    }
    let shown = desk.run(["event", "show", "recital", "--format", "json"]);
    assert_eq!(shown.expect(0).json()["views"], 3 * KILLS);
    desk.run(["verify"]).expect(0);
}

impl Desk {
    /// From now on views are counted on Redis, under keys that nobody else has.
    fn shares_redis(&self) {
        let Ok(url) = std::env::var("TICKETON_TEST_REDIS_URL") else {
            panic!("TICKETON_TEST_REDIS_URL is not set: `cargo xtask up` starts Redis and says what to set");
        };
        let prefix = SaleId::new(SystemClock.now(), &SystemEntropy);
        self.write(
            "ticketon.toml",
            format!("[queue]\nurl = \"{url}?prefix={prefix}\"\n"),
        );
    }

    /// Each of these people looks at the event.
    async fn is_visited(&self, url: &str, people: std::ops::Range<u64>) {
        let store = StoreAddress::File(self.path().join("ticketon-data/ticketon.db"));
        let reads = SqlStore::beside(&store).await.unwrap();
        let tokens = tokens_of(&reads).await.unwrap().unwrap();
        for n in people {
            let person = Person::new(format!("visitor-{n}")).unwrap();
            let token = tokens.access_for(person, SystemClock.now(), Duration::from_mins(1));
            let client = Client::to(url, 1).unwrap().bearing(&token.unwrap());
            let seen = client.get("/api/v1/events/recital").send().await.unwrap();
            assert_eq!(seen.json::<Value>().unwrap()["slug"], "recital");
        }
    }
}
