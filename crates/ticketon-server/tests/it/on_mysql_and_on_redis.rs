//! Several processes of a role over one MySQL and one Redis: what each of them knows, and that none does harm to what
//! another does. Here they are servers of one process, with nothing in common but the engines.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use tempfile::TempDir;
use ticketon_core::event::{Event, EventState};
use ticketon_core::hold::{Hold, HoldState};
use ticketon_core::ids::{HoldId, PerformanceId, Person, SaleId};
use ticketon_core::store::Freshness;
use ticketon_core::time::Clock as _;
use ticketon_core::verify::Basis;
use ticketon_core::{Caller, NewEvent, create_event, publish};
use ticketon_pay::Keys;
use ticketon_pay::sandbox::Latency;
use ticketon_queue::Redis;
use ticketon_server::adapter::sql::StoreAddress;
use ticketon_server::adapter::system::{SystemClock, SystemEntropy};
use ticketon_server::background::{Background, Decided, Dispatcher};
use ticketon_server::client::{Answer, Client};
use ticketon_server::data_folder::DataFolder;
use ticketon_server::limits;
use ticketon_server::roles::{Role, Roles};
use ticketon_server::sandbox::RunningSandbox;
use ticketon_server::server::Server;
use ticketon_server::settings::{QueueUrl, Settings, TossSettings, loopback};
use ticketon_server::verify::{books_of, verify};
use ticketon_server::views::flush_views;
use tokio::time::{Instant, sleep};

use crate::database::scratch;
use crate::support::event;
use crate::support::person::GOOD;

/// Engines that are shared, and a provider.
struct House {
    mysql: scratch::Server,
    redis: String,
    sandbox: RunningSandbox,
    folder: TempDir,
    settings: Settings,
}

/// A process of some roles.
struct Process {
    server: Server,
    router: Router,
    background: Option<Background>,
}

/// An event on sale.
struct Show {
    slug: String,
    performance: PerformanceId,
}

impl House {
    async fn open() -> Self {
        let mysql = scratch::Server::named("TICKETON_TEST_MYSQL_URL");
        let redis = std::env::var("TICKETON_TEST_REDIS_URL")
            .expect("TICKETON_TEST_REDIS_URL is not set: `cargo xtask up` says what to set");
        let redis = format!(
            "{redis}?prefix={}",
            SaleId::new(SystemClock.now(), &SystemEntropy)
        );
        let folder = TempDir::new().unwrap();
        let ledger = DataFolder::ledger_in(folder.path());
        let sandbox = RunningSandbox::start(&ledger, loopback(0), Latency::none())
            .await
            .unwrap();
        let settings = Settings {
            data_dir: folder.path().to_owned(),
            store: Some(StoreAddress::Database {
                url: mysql.database().await,
                read_url: None,
            }),
            queue: redis.parse::<QueueUrl>().unwrap(),
            toss: TossSettings::At {
                base_url: sandbox.url().to_owned(),
                keys: Keys::sandbox(),
            },
            ..Settings::default()
        };
        Self {
            mysql,
            redis,
            sandbox,
            folder,
            settings,
        }
    }

    /// Starts a process.
    async fn start(&self, roles: impl IntoIterator<Item = Role>) -> Process {
        let settings = Settings {
            roles: Roles::of(roles),
            ..self.settings.clone()
        };
        let server = Server::open_or_create(&settings).await.unwrap();
        let background = Some(Background::of(server.shop(), &settings.roles));
        Process {
            router: server.router(),
            server,
            background,
        }
    }

    /// Every promise is kept, and everything that was to be checked was there.
    async fn is_in_order(&self, process: &Process) {
        let cx = &process.server.shop().cx;
        let provider = books_of(&DataFolder::ledger_in(self.folder.path()), cx.now()).unwrap();
        let basis = Basis {
            provider: Some(provider),
            ..Basis::default()
        };
        let redis = Redis::connect(&self.redis).await.unwrap();
        let report = verify(&*cx.reads, Some(&redis), cx.now(), &basis).await.unwrap();
        report.assert_kept();
    }

    async fn close(self, processes: impl IntoIterator<Item = Process>) {
        for process in processes {
            process.stop().await;
        }
        self.mysql.tidy().await;
    }
}

impl Process {
    /// The API as somebody who is logged in.
    fn as_buyer(&self, name: &str) -> Client {
        let shop = self.server.shop();
        let person = Person::new(name).unwrap();
        let token = shop
            .tokens
            .access_for(person, shop.cx.now(), Duration::from_hours(1));
        Client::within(self.router.clone()).bearing(&token.unwrap())
    }

    /// The API as whoever runs the shop.
    fn as_operator(&self) -> Client {
        let shop = self.server.shop();
        let person = Person::new("operator:test@desk").unwrap();
        let token = shop.tokens.operator(person, shop.cx.now());
        Client::within(self.server.router()).bearing(&token.unwrap())
    }

    /// Puts an event on sale, from now on.
    async fn show(&self, mut event: NewEvent) -> Show {
        let cx = &self.server.shop().cx;
        let now = cx.now();
        event.performances[0].starts_at = now + Duration::from_hours(8 * 24);
        event.sales[0].opens_at = now;
        event.sales[0].closes_at = now + Duration::from_hours(24);
        let staff = Caller::system("test");
        let created = create_event(cx, &staff, event).await.unwrap();
        publish(cx, &staff, created.id).await.unwrap();
        Show {
            slug: created.event.slug.to_string(),
            performance: created.performance(),
        }
    }

    /// A step of its dispatcher, though another one takes the same.
    async fn tick(&self) -> Vec<Decided> {
        let mut dispatcher = Dispatcher::for_others(Arc::clone(self.server.shop()), None);
        dispatcher.open_rooms().await;
        dispatcher.tick_rooms_anyway().await
    }

    async fn stop(mut self) {
        if let Some(background) = self.background.take() {
            background.stop().await;
        }
        self.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_an_app_is_asked_for_is_taken_by_one_of_those_that_run_jobs() {
    let house = House::open().await;
    let app = house.start([Role::App]).await;
    let client = app.as_operator();
    let asked = client.post("/api/batch/analyze/run").send().await.unwrap();
    assert_eq!(asked.status, 202);
    let address = asked.location.clone().unwrap();
    let state = async || {
        let run: Value = client.get(&address).send().await.unwrap().json().unwrap();
        run["state"].as_str().unwrap().to_owned()
    };
    sleep(limits::JOBS_LOOKED_FOR * 2).await;
    assert_eq!(state().await, "requested", "an app runs no jobs");
    let others = join(house.start([Role::Batch]), house.start([Role::Batch])).await;
    let began = Instant::now();
    while state().await == "requested" {
        assert!(began.elapsed() < Duration::from_secs(5), "one of them takes it");
        sleep(Duration::from_millis(50)).await;
    }
    while state().await == "running" {
        sleep(Duration::from_millis(50)).await;
    }
    let runs: Value = others
        .0
        .as_operator()
        .get("/api/batch/analyze/history")
        .send()
        .await
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(runs["items"].as_array().unwrap().len(), 1);
    house.close([app, others.0, others.1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_apps_that_start_at_once_know_the_same_people_and_the_same_seats() {
    let house = House::open().await;
    let (one, other) = join(house.start([Role::App]), house.start([Role::App])).await;
    let worker = house.start([Role::Worker]).await;
    let show = one.show(event("recital").no_queue()).await;
    assert_eq!(
        seat_map(&other, &show).await[0] & 0b11,
        0,
        "loaded before anything happens"
    );

    let (ana, bob) = (one.as_buyer("ana"), one.as_buyer("bob"));
    let held = hold(&ana, &show, "A-1").await;
    assert_eq!(held.status, 201, "{}", held.problem().detail);
    let shown_after = until(async || seat_map(&other, &show).await[0] & 0b11 == 1).await;
    assert!(shown_after < Duration::from_secs(1), "{shown_after:?}");

    let bearing = other.as_buyer("bob");
    let refused = hold(&bearing, &show, "A-1").await;
    assert_eq!((refused.status, &*refused.problem().code), (409, "seat_taken"));
    let shop = one.server.shop();
    let token = shop.tokens.access_for(
        Person::new("ana").unwrap(),
        shop.cx.now(),
        Duration::from_hours(1),
    );
    let ana_at_the_other = Client::within(other.router.clone()).bearing(&token.unwrap());
    let id = held.json::<Value>().unwrap()["id"].as_str().unwrap().to_owned();
    let seen = ana_at_the_other
        .get(format!("/api/v1/holds/{id}"))
        .send()
        .await
        .unwrap();
    assert_eq!(seen.status, 200, "signed by one, believed by the other");
    let nobodys = bob.get(format!("/api/v1/holds/{id}")).send().await.unwrap();
    assert_eq!(nobodys.status, 404);
    house.close([one, other, worker]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_at_one_app_is_paid_at_another_that_has_it_in_memory_as_open() {
    let house = House::open().await;
    let (one, other) = join(house.start([Role::App]), house.start([Role::App])).await;
    let show = one.show(event("recital").no_queue()).await;
    let (at_one, at_other) = (one.as_buyer("ana"), other.as_buyer("ana"));
    let held: Value = hold(&at_one, &show, "A-1").await.json().unwrap();
    let bought = at_other.post("/api/v1/purchases");
    let bought = bought.json(&json!({ "hold": held["id"], "buyer": "Ana" })).send();
    let bought: Value = bought.await.unwrap().json().unwrap();
    assert_eq!(bought["state"], "awaiting_payment");

    pay(&house, &at_one, held["id"].as_str().unwrap().parse().unwrap()).await;
    let purchase = format!("/api/v1/purchases/{}", bought["id"].as_str().unwrap());
    let quote = at_other
        .get(format!("{purchase}/refund-quote"))
        .send()
        .await
        .unwrap();
    assert_eq!(quote.status, 200, "{}", quote.problem().detail);
    let seen: Value = at_other.get(&purchase).send().await.unwrap().json().unwrap();
    assert_eq!(seen["state"], "paid");
    house.close([one, other]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_app_changes_it_shows_at_once_and_the_other_within_a_second() {
    let house = House::open().await;
    let (one, other) = join(house.start([Role::App]), house.start([Role::App])).await;
    let worker = house.start([Role::Worker]).await;
    let staff = Caller::system("test");
    let cx = &one.server.shop().cx;
    let created = create_event(cx, &staff, event("gala")).await.unwrap();
    for process in [&one, &other] {
        assert_eq!(shown(process, "events/gala").await.status, 404);
        assert_eq!(listed(process).await, [] as [Value; 0]);
    }
    // The other app has read the row, too, as every decision does.
    let row = async || {
        let cx = &other.server.shop().cx;
        let event = cx.load::<Event>((created.id,), Freshness::Cached).await;
        event.unwrap().unwrap().0.state
    };
    assert_eq!(row().await, EventState::Draft);

    publish(cx, &staff, created.id).await.unwrap();
    assert_eq!(shown(&one, "events/gala").await.status, 200);
    assert_eq!(listed(&one).await.len(), 1);
    let began = Instant::now();
    until(async || shown(&other, "events/gala").await.status == 200).await;
    until(async || listed(&other).await.len() == 1).await;
    until(async || row().await == EventState::Published).await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());

    for name in ["ana", "bob"] {
        let buyer = other.as_buyer(name);
        let looks = buyer.get("/api/v1/events/gala").send().await.unwrap();
        assert_eq!(looks.json::<Value>().unwrap()["views"], 0);
    }
    let shop = one.server.shop();
    other.server.shop().views.carried().await;
    flush_views(&shop.background, &*shop.views).await.unwrap();
    assert_eq!(listed(&one).await[0]["views"], 2);
    let shows_two = async |process: &Process| {
        let answer = shown(process, "events/gala").await;
        answer.json::<Value>().unwrap()["views"] == 2 && listed(process).await[0]["views"] == 2
    };
    assert!(shows_two(&one).await);
    let shown_after = until(async || shows_two(&other).await).await;
    assert!(shown_after < Duration::from_secs(1), "{shown_after:?}");
    house.close([one, other, worker]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_has_no_seats_and_an_app_no_queue_and_all_say_that_they_live() {
    let house = House::open().await;
    let (app, broker) = (house.start([Role::App]).await, house.start([Role::Broker]).await);
    let show = app.show(event("gala")).await;
    let (queue, event) = (
        format!("/api/v1/events/{}/queue", show.slug),
        format!("/api/v1/events/{}", show.slug),
    );
    for (process, entered, shown) in [(&app, 404, 200), (&broker, 200, 404)] {
        let ana = process.as_buyer("ana");
        assert_eq!(ana.post(&*queue).send().await.unwrap().status, entered);
        assert_eq!(ana.get(&*event).send().await.unwrap().status, shown);
        assert_eq!(ana.get("/readyz").send().await.unwrap().status, 200);
    }
    house.close([app, broker]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_dispatchers_let_nobody_in_twice_and_no_more_than_there_is_room_for() {
    let house = House::open().await;
    let broker = house.start([Role::Broker]).await;
    let mut gala = event("gala");
    gala.sales[0].queue.capacity = 5;
    gala.sales[0].queue.per_minute = 6_000;
    let show = broker.show(gala).await;
    let enter = async |name: String| {
        let client = broker.as_buyer(&name);
        let path = format!("/api/v1/events/{}/queue", show.slug);
        client.post(path).send().await.unwrap().json::<Value>().unwrap()["state"].clone()
    };
    let states = join_all((0..40).map(|n| enter(format!("buyer-{n}")))).await;
    let at_once = states.iter().filter(|state| **state == "admitted").count();
    assert!(at_once <= 5, "{at_once}");

    // Not their loops: those would share the work by a lease.
    let settings = Settings {
        roles: Roles::of([Role::Dispatcher]),
        ..house.settings.clone()
    };
    let mut dispatchers = Vec::new();
    for _ in 0..2 {
        let server = Server::open_or_create(&settings).await.unwrap();
        dispatchers.push(Process {
            router: server.router(),
            server,
            background: None,
        });
    }
    let mut admitted = Vec::new();
    for _ in 0..5 {
        let (one, other) = join(dispatchers[0].tick(), dispatchers[1].tick()).await;
        for tick in one.into_iter().chain(other).filter_map(|decided| decided.tick) {
            admitted.extend(tick.admitted.into_iter().map(|entry| entry.seq));
        }
    }
    let distinct: BTreeSet<_> = admitted.iter().collect();
    assert_eq!(distinct.len(), admitted.len(), "nobody twice");
    assert_eq!(at_once + admitted.len(), 5, "as many as there is room for");
    house.is_in_order(&broker).await;
    house.close(dispatchers.into_iter().chain([broker])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_end_every_hold_once_and_count_every_fact_once() {
    let house = House::open().await;
    let app = house.start([Role::App]).await;
    let workers = [
        house.start([Role::Worker]).await,
        house.start([Role::Worker]).await,
    ];
    let mut recital = event("recital").no_queue();
    recital.policy.hold = Duration::from_secs(2);
    recital.policy.pay_within = Duration::from_secs(2);
    let show = app.show(recital).await;
    let mut holds = Vec::new();
    for n in 1..=10 {
        let held = hold(&app.as_buyer(&format!("buyer-{n}")), &show, &format!("A-{n}")).await;
        assert_eq!(held.status, 201, "{}", held.problem().detail);
        let id: HoldId = held.json::<Value>().unwrap()["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        holds.push(id);
    }
    pay(&house, &app.as_buyer("buyer-1"), holds[0]).await;

    let cx = &app.server.shop().cx;
    for id in &holds[1..] {
        until(async || {
            let hold = cx.load::<Hold>((*id,), Freshness::Fresh).await.unwrap();
            hold.is_some_and(|(hold, _)| hold.state == HoldState::Expired)
        })
        .await;
    }
    until(async || cx.availability.hall(show.performance).counts().free == 19).await;
    house.is_in_order(&app).await;
    house.close(workers.into_iter().chain([app])).await;
}

async fn hold(client: &Client, show: &Show, seat: &str) -> Answer {
    let price = if seat.starts_with('A') {
        "R/adult"
    } else {
        "S/adult"
    };
    let call = client.post(format!("/api/v1/performances/{}/holds", show.performance));
    let body = json!({ "items": [{ "seat": seat, "price": price }] });
    call.json(&body).send().await.unwrap()
}

async fn pay(house: &House, client: &Client, hold: HoldId) {
    let bought = client
        .post("/api/v1/purchases")
        .json(&json!({ "hold": hold, "buyer": "Ana" }));
    let purchase: Value = bought.send().await.unwrap().json().unwrap();
    let payment = &purchase["payments"][0];
    let window = Client::to(house.sandbox.url(), 1).unwrap();
    let paid = window.post("/sandbox/payments").json(&json!({
        "orderId": payment["order_id"],
        "amount": payment["amount"],
        "orderName": payment["order_name"],
        "card": GOOD,
    }));
    let key: Value = paid.send().await.unwrap().json().unwrap();
    let path = format!(
        "/api/v1/payments/{}/confirm",
        payment["order_id"].as_str().unwrap()
    );
    let confirm = client.post(path).json(&json!({
        "payment_key": key["paymentKey"], "amount": payment["amount"],
    }));
    let confirmed = confirm.send().await.unwrap();
    assert_eq!(confirmed.status, 200, "{}", confirmed.problem().detail);
}

/// What anybody is shown there.
async fn shown(process: &Process, path: &str) -> Answer {
    let client = Client::within(process.router.clone());
    client.get(format!("/api/v1/{path}")).send().await.unwrap()
}

/// The events that anybody is shown.
async fn listed(process: &Process) -> Vec<Value> {
    let page = shown(process, "events").await.json::<Value>().unwrap();
    page["items"].as_array().unwrap().clone()
}

/// Two bits a seat.
async fn seat_map(process: &Process, show: &Show) -> Vec<u8> {
    use base64::Engine as _;
    let path = format!("/api/v1/performances/{}/seats", show.performance);
    let answer = Client::within(process.router.clone())
        .get(path)
        .send()
        .await
        .unwrap();
    let seats = answer.json::<Value>().unwrap()["seats"]
        .as_str()
        .unwrap()
        .to_owned();
    base64::engine::general_purpose::STANDARD.decode(seats).unwrap()
}

/// Waits until something is so; says how long that took.
async fn until(is: impl AsyncFn() -> bool) -> Duration {
    let began = Instant::now();
    while !is().await {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "it does not come about"
        );
        sleep(Duration::from_millis(20)).await;
    }
    began.elapsed()
}
