//! The shop over HTTP: one endpoint, one file. A handler says who asks and what, calls a use case, and shows what came
//! of it; it decides nothing.
//!
//! It promises: a mistake of the caller's is a 4xx with a code that says what to do, never a 5xx; nothing of the inside
//! is told; no identity is taken from a header but the bearer token; every body, rate and wait has a bound. It knows
//! no SQL, and no listener: whoever opens one hands it [`router`].

mod audit;
mod auth;
mod batch;
mod boundary;
mod bus;
mod caller;
mod events;
mod expected;
mod find;
mod health;
mod holds;
mod input;
mod jwks;
mod known;
mod metrics;
mod openapi;
mod organizations;
mod page;
mod payments;
mod performances;
mod problem;
mod purchases;
mod queue;
mod routes;
mod sales;
mod shelf;
mod stream;
mod tickets;
mod users;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use ticketon_core::{Caller, Code, Refusal};
use tokio::sync::Semaphore;

use crate::limits;
use crate::metrics::{Looking, Requests};
use crate::rates::Key;
use crate::roles::Roles;
use crate::settings::Bus;
use crate::shop::Shop;

pub use crate::rates::{Rate, Rates};
pub use openapi::document as openapi;
pub use routes::operations;

/// How the shop is served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How often one may ask; none lets everybody ask as often as they like, which is for a load generator.
    pub rates: Option<Rates>,
    /// What takes longer is answered 503.
    pub answer_within: Duration,
    /// How long a confirmation waits for the provider before it is answered 202, unless the request says otherwise.
    pub confirm_wait: Duration,
    /// Whose operations are served; the others are not found here.
    pub roles: Roles,
    /// Where facts are published.
    pub bus: Bus,
}

/// What the handlers share.
pub(crate) struct Served {
    shop: Arc<Shop>,
    settings: Settings,
    request_ids: boundary::RequestIds,
    slugs: find::Slugs,
    shelf: shelf::Shelf,
    streams: Arc<Semaphore>,
    requests: Requests,
    looking: Looking,
    stream_tickets: stream::ticket::StreamTickets,
}

/// Shared by every handler.
type Http = Arc<Served>;

impl Served {
    /// Takes one token from a bucket, where rates are kept.
    async fn within_rate(&self, key: Key) -> Result<(), Refusal> {
        let Some(rates) = &self.settings.rates else {
            return Ok(());
        };
        let taken = self.shop.buckets.take(rates.of(&key), key, self.shop.cx.now());
        taken.await.map_err(|refills_in| {
            let message = "these are too many requests: ask less often";
            Refusal::new(Code::RateLimited, message).after(refills_in)
        })
    }

    /// Refuses, but not the repeat of a request that was answered: whatever stands against it by now, it goes on to
    /// hear its first answer.
    async fn refuse_unless_answered(&self, caller: &Caller, refusal: Refusal) -> Result<(), Refusal> {
        match self.shop.cx.first_answer(caller).await? {
            Some(_) => Ok(()),
            None => Err(refusal),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rates: Some(Rates::default()),
            answer_within: limits::ANSWER_WITHIN,
            confirm_wait: limits::CONFIRM_WAIT,
            roles: Roles::all(),
            bus: Bus::None,
        }
    }
}

/// The whole shop with the usual settings; see [`router_with`].
pub fn router(shop: Arc<Shop>) -> Router {
    router_with(shop, Settings::default())
}

/// The whole shop. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so that the rates know who
/// asks; called without a socket, nobody's address is limited.
pub fn router_with(shop: Arc<Shop>, settings: Settings) -> Router {
    let routes = routes::router(&settings.roles);
    let requests = Requests::to(routes::names(&settings.roles));
    let http: Http = Arc::new(Served {
        request_ids: boundary::RequestIds::new(&*shop.cx.entropy),
        shelf: shelf::Shelf::new(Arc::clone(&shop.editions)),
        shop,
        settings,
        slugs: find::Slugs::default(),
        streams: Arc::new(Semaphore::new(limits::STREAMS_MAX)),
        requests,
        looking: Looking::default(),
        stream_tickets: stream::ticket::StreamTickets::default(),
    });
    routes
        .layer(from_fn_with_state(Arc::clone(&http), boundary::cross))
        .with_state(http)
}
