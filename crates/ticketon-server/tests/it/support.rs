//! A shop in a test: on the engine in memory, or on SQLite in a folder of its own; called through its router, with a
//! sandbox that moves no money, at a time that stands still.

pub(crate) mod described;
pub(crate) mod listener;
pub(crate) mod person;
pub(crate) mod reply;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tempfile::TempDir;
use ticketon_core::ids::{OrganizationId, Person as PersonName};
use ticketon_core::organization::Role;
use ticketon_core::store::{Alone, Reads, Store};
use ticketon_core::user::User;
use ticketon_core::{
    Caller, Context, FixedClock, Memory, NewEvent, NewUser, Plan, SeededEntropy, Won, create_event,
    create_user, publish,
};
use ticketon_pay::sandbox::{self, Latency, Sandbox, Surroundings};
use ticketon_pay::{Keys, Toss};
use ticketon_queue::{NoJournal, Redis};
use ticketon_server::adapter::sql::{Lists, RowCounts, SqlStore, Statistics, StoreAddress, Upkeep};
use ticketon_server::adapter::system::SystemEntropy;
use ticketon_server::committer::Committers;
use ticketon_server::http::{Settings, router_with};
use ticketon_server::jobs::Schedules;
use ticketon_server::journal::StoreJournal;
use ticketon_server::rooms::Journals;
use ticketon_server::shared::Shared;
use ticketon_server::shop::{Parts, Shop};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use described::Asked;
use person::Person;
use reply::Reply;

/// Noon of the day on which the sales of these tests open.
pub(crate) const NOON: &str = "2026-12-01T03:00:00Z";

/// What ids are made from; no two processes share it.
const SEED: u64 = 7;

/// A shop to be called.
pub(crate) struct House {
    pub(crate) router: Router,
    pub(crate) shop: Arc<Shop>,
    pub(crate) clock: FixedClock,
    window: Router,
    _folder: Option<TempDir>,
}

/// An event that is on sale.
#[derive(Debug, Clone)]
pub(crate) struct Show {
    pub(crate) slug: String,
    pub(crate) organization: OrganizationId,
    pub(crate) performance: String,
}

/// What a store is to a shop.
struct Engine {
    store: Arc<dyn Store>,
    reads: Arc<dyn Reads>,
    journal: Journals,
    lists: Option<Lists>,
    upkeep: Option<Upkeep>,
    statistics: Option<Statistics>,
    committers: Option<Committers>,
    rows: Option<RowCounts>,
    folder: Option<TempDir>,
}

impl House {
    /// On the engine in memory, which has no lists.
    pub(crate) async fn in_memory() -> Self {
        Self::with(
            Settings {
                rates: None,
                ..Settings::default()
            },
            memory(),
        )
        .await
    }

    /// On SQLite, in a folder that is gone with the house.
    pub(crate) async fn on_sqlite() -> Self {
        let settings = Settings {
            rates: None,
            ..Settings::default()
        };
        Self::with(settings, sqlite().await).await
    }

    /// On a store that is open.
    pub(crate) async fn on(store: SqlStore) -> Self {
        let settings = Settings {
            rates: None,
            ..Settings::default()
        };
        Self::with(settings, over(store)).await
    }

    /// In memory, read through something of a test's own.
    pub(crate) async fn over_parts(memory: Memory, reads: Arc<dyn Reads>) -> Self {
        let settings = Settings {
            rates: None,
            ..Settings::default()
        };
        let store = Arc::new(Alone::new(memory));
        Self::with(
            settings,
            Engine {
                store,
                reads,
                ..self::memory()
            },
        )
        .await
    }

    /// Through a committer, to an engine of a test's own.
    pub(crate) async fn committing_to(
        engine: impl ticketon_core::store::Engine + 'static,
        reads: Arc<dyn Reads>,
    ) -> Self {
        let settings = Settings {
            rates: None,
            ..Settings::default()
        };
        let (committers, _committing) = Committers::start(vec![Box::new(engine)]);
        let engine = Engine {
            store: Arc::new(committers.clone()),
            committers: Some(committers),
            reads,
            ..memory()
        };
        Self::with(settings, engine).await
    }

    /// In memory, with the rates that a shop has.
    pub(crate) async fn with_rates() -> Self {
        Self::with(Settings::default(), memory()).await
    }

    /// In memory, with rooms whose journals are found like this.
    pub(crate) async fn with_journals(journal: Journals) -> Self {
        let settings = Settings {
            rates: None,
            ..Settings::default()
        };
        Self::with(settings, Engine { journal, ..memory() }).await
    }

    /// Listens on a socket, and says where.
    pub(crate) async fn listens(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = self
            .router
            .clone()
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        address
    }

    /// On SQLite, with what all requests share on Redis.
    pub(crate) async fn on_redis(redis: Redis) -> Self {
        let settings = Settings {
            rates: None,
            ..Settings::default()
        };
        Self::sharing(settings, sqlite().await, Shared::OnRedis(redis), SEED).await
    }

    /// Two processes on one store and one Redis.
    pub(crate) async fn two_on_redis(redis: Redis) -> [Self; 2] {
        Self::two(|| Shared::OnRedis(redis.clone())).await
    }

    /// Two on one store, with nothing else in common.
    pub(crate) async fn two_on_sqlite() -> [Self; 2] {
        Self::two(Shared::in_memory).await
    }

    async fn two(shared: impl Fn() -> Shared) -> [Self; 2] {
        let engine = sqlite().await;
        let file = engine.folder.as_ref().map(|folder| folder.path().join("shop.db"));
        let other = Engine {
            store: Arc::clone(&engine.store),
            reads: Arc::clone(&engine.reads),
            lists: engine.lists.clone(),
            upkeep: file.as_ref().map(|file| Upkeep::at(file)),
            statistics: file.map(counted_in),
            ..memory()
        };
        let settings = Settings {
            rates: None,
            ..Settings::default()
        };
        [
            Self::sharing(settings.clone(), engine, shared(), SEED).await,
            Self::sharing(settings, other, shared(), SEED + 1).await,
        ]
    }

    /// One process of several on a store that is open.
    pub(crate) async fn of_several(store: SqlStore, statistics: Statistics, number: u64) -> Self {
        let settings = Settings {
            rates: None,
            ..Settings::default()
        };
        let engine = Engine {
            statistics: Some(statistics),
            ..over(store)
        };
        Self::sharing(settings, engine, Shared::in_memory(), SEED + number).await
    }

    async fn with(settings: Settings, engine: Engine) -> Self {
        Self::sharing(settings, engine, Shared::in_memory(), SEED).await
    }

    async fn sharing(settings: Settings, engine: Engine, shared: Shared, seed: u64) -> Self {
        let clock = FixedClock::at(NOON);
        let (window, url) = listening_sandbox(&clock).await;
        let toss = Toss::with(&Keys::sandbox(), ticketon_pay::Settings::at(url)).unwrap();
        let entropy = Arc::new(SeededEntropy::new(seed));
        let cx = Context::over(
            Arc::clone(&engine.store),
            Arc::clone(&engine.reads),
            Arc::new(clock.clone()),
            entropy.clone(),
        );
        let shop = Shop::new(Parts {
            background_store: Arc::clone(&engine.store),
            store: engine.store,
            reads: engine.reads,
            clock: Arc::new(clock.clone()),
            shared: shared.ports(engine.journal, cx, &SystemEntropy),
            entropy,
            provider: Arc::new(toss),
            lists: engine.lists,
            upkeep: engine.upkeep,
            statistics: engine.statistics,
            schedules: Schedules::default(),
            committers: engine.committers,
            rows: engine.rows,
        });
        let shop = Arc::new(shop.await.unwrap());
        Self {
            router: router_with(Arc::clone(&shop), settings),
            shop,
            clock,
            window,
            _folder: engine.folder,
        }
    }

    /// A recital in a hall of two rows of ten seats, on sale without a queue.
    pub(crate) async fn recital(&self) -> Show {
        self.show(event("recital").no_queue()).await
    }

    /// The same behind a waiting room for `capacity` shoppers.
    pub(crate) async fn gala(&self, capacity: u32) -> Show {
        let mut event = event("gala");
        event.sales[0].queue.capacity = capacity;
        self.show(event).await
    }

    /// An event on sale.
    pub(crate) async fn show(&self, event: NewEvent) -> Show {
        let staff = Caller::system("test");
        let created = create_event(&self.shop.cx, &staff, event).await.unwrap();
        publish(&self.shop.cx, &staff, created.id).await.unwrap();
        Show {
            slug: created.event.slug.to_string(),
            organization: created.event.organization,
            performance: created.performance().to_string(),
        }
    }

    /// Somebody who is logged in; no account is needed for a token.
    pub(crate) fn buyer(&self, name: &str) -> Person<'_> {
        let person = PersonName::new(name).unwrap();
        let token = self
            .shop
            .tokens
            .access_for(person, self.shop.cx.now(), Duration::from_hours(1));
        Person::new(self, Some(token.unwrap()))
    }

    /// Nobody in particular.
    pub(crate) fn anyone(&self) -> Person<'_> {
        Person::new(self, None)
    }

    /// Whoever runs the shop.
    pub(crate) fn admin(&self) -> Person<'_> {
        let person = PersonName::new("operator:test").unwrap();
        let token = self.shop.tokens.operator(person, self.shop.cx.now());
        Person::new(self, Some(token.unwrap()))
    }

    /// A member of an organization, with an account.
    pub(crate) async fn member(&self, organization: OrganizationId, role: Role) -> Person<'_> {
        let roles = BTreeMap::from([(organization, role)]);
        self.account(&format!("{role:?}@example.com").to_lowercase(), roles)
            .await
    }

    /// Somebody with an account.
    pub(crate) async fn account(&self, email: &str, roles: BTreeMap<OrganizationId, Role>) -> Person<'_> {
        let new = NewUser {
            email: email.parse().unwrap(),
            name: "Somebody".to_owned(),
            password_hash: String::new(),
            birth_date: None,
            is_admin: false,
        };
        let user = create_user(&self.shop.cx, &Caller::anyone(), new).await.unwrap();
        let token = self
            .shop
            .tokens
            .access(&User { roles, ..user }, self.shop.cx.now());
        Person::new(self, Some(token.unwrap()))
    }

    /// One step of every dispatcher.
    pub(crate) async fn tick(&self) {
        for room in self.shop.rooms.all() {
            room.tick(&self.shop.cx).await.unwrap();
        }
    }

    /// The time that passes.
    pub(crate) fn later(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Sends a request without a socket; what comes is as the interface is described.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, mut body) = request.into_parts();
        let mut bytes = Bytes::new();
        if body.size_hint().exact().is_some_and(|size| size < 1_000_000) {
            bytes = to_bytes(body, usize::MAX).await.unwrap();
            body = Body::from(bytes.clone());
        }
        let asked = Asked::new(&parts.method, parts.uri.path(), &bytes);
        let request = Request::from_parts(parts, body);
        let reply = Reply::read(self.router.clone().oneshot(request).await.unwrap()).await;
        asked.check(&reply);
        reply
    }

    /// The buyer's card, typed into the provider's window.
    pub(crate) async fn typed_in(&self, payment: &Value, card: &str) -> String {
        let body = json!({
            "orderId": payment["order_id"], "amount": payment["amount"],
            "orderName": payment["order_name"], "card": card,
        });
        let request = Request::post("/sandbox/payments").body(Body::from(body.to_string()));
        let response = self.window.clone().oneshot(request.unwrap()).await.unwrap();
        let opened = Reply::read(response).await.done();
        opened["paymentKey"].as_str().unwrap().to_owned()
    }

    /// Nothing is left over: no payment is under way and every promise is kept.
    pub(crate) async fn is_in_order(&self) {
        assert!(self.shop.payments.is_idle());
        let report = ticketon_core::verify(&self.shop.cx).await.unwrap();
        report.assert_kept();
    }
}

/// An event of these tests: 10 seats of grade R in row A, 10 of grade S in row B.
pub(crate) fn event(slug: &str) -> NewEvent {
    let mut event = NewEvent::single(slug, "2027-02-05T10:30:00Z")
        .plan(hall())
        .price("R", "adult", Won(55_000))
        .price("R", "youth", Won(30_000))
        .price("S", "adult", Won(33_000));
    event.test = true;
    event
}

fn hall() -> Plan {
    let mut csv = String::from("zone,row,seat,grade\n");
    for (row, grade) in [("A", "R"), ("B", "S")] {
        for seat in 1..=10 {
            writeln!(csv, "Stalls,{row},{seat},{grade}").unwrap();
        }
    }
    Plan::from_csv(csv).unwrap()
}

fn memory() -> Engine {
    let memory = Memory::new();
    Engine {
        store: Arc::new(Alone::new(memory.clone())),
        reads: Arc::new(memory),
        journal: Box::new(|_| Arc::new(NoJournal)),
        lists: None,
        upkeep: None,
        statistics: None,
        committers: None,
        rows: None,
        folder: None,
    }
}

async fn sqlite() -> Engine {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shop.db");
    let store = SqlStore::open_or_create(&StoreAddress::File(path.clone())).await;
    Engine {
        folder: Some(folder),
        statistics: Some(counted_in(path)),
        ..over(store.unwrap())
    }
}

fn counted_in(path: PathBuf) -> Statistics {
    Statistics::of(&StoreAddress::File(path), None).unwrap()
}

fn over(store: SqlStore) -> Engine {
    let (committers, _committing) = Committers::start(store.engines);
    let rows = store.reads.row_counts();
    let reads: Arc<dyn Reads> = Arc::new(store.reads);
    let (journal_committers, journal_reads) = (committers.clone(), Arc::clone(&reads));
    Engine {
        store: Arc::new(committers.clone()),
        committers: Some(committers),
        rows: Some(rows),
        reads,
        journal: Box::new(move |room| {
            let committer = journal_committers.of_journal(room.as_str()).clone();
            Arc::new(StoreJournal::new(room, committer, Arc::clone(&journal_reads)))
        }),
        lists: Some(store.lists),
        upkeep: Some(store.upkeep),
        statistics: None,
        folder: None,
    }
}

/// The window that buyers type into, and the address that the shop calls.
async fn listening_sandbox(clock: &FixedClock) -> (Router, String) {
    let (clock, random) = (clock.clone(), AtomicU64::new(1));
    let surroundings = Surroundings {
        now: Box::new(move || {
            let now = ticketon_core::time::Clock::now(&clock).as_millis();
            sandbox::Timestamp::from_millisecond(now).unwrap()
        }),
        entropy: Box::new(move || random.fetch_add(1, Ordering::Relaxed)),
        latency: Latency::none(),
    };
    let app = sandbox::router(Sandbox::new(&Keys::sandbox()), None, surroundings);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = app.clone();
    tokio::spawn(async move { axum::serve(listener, served).await });
    (app, url)
}
