//! The boundary that every request crosses twice: in, it gets an id, a span, a caller and a place within the rates;
//! out, its refusal is written and it is logged, once.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, HeaderMap};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use ticketon_core::entropy::Entropy;
use ticketon_core::{Code, Refusal};
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;

use super::caller::Found;
use super::problem::{self, Refused, ToSay};
use super::{Http, routes};
use crate::limits;
use crate::rates::Key;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Ids for requests that bring none: random by process, counted within it.
#[derive(Debug)]
pub(super) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// Ids that no other process gives.
    pub(super) fn new(entropy: &dyn Entropy) -> Self {
        let mut random = [0; 8];
        entropy.fill(&mut random);
        Self {
            process: u64::from_be_bytes(random),
            next: AtomicU64::new(1),
        }
    }

    /// The id that the request brought, if it can stand in a log, or a new one.
    fn id(&self, headers: &HeaderMap) -> HeaderValue {
        if let Some(brought) = headers.get(REQUEST_ID).filter(|id| is_plain(id)) {
            return brought.clone();
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = format!("{:016x}-{number:x}", self.process);
        HeaderValue::from_str(&id).expect("hexadecimal digits and a dash are visible ASCII")
    }
}

/// Lets a request in, and its answer out.
pub(super) async fn cross(State(http): State<Http>, request: Request, next: Next) -> Response {
    let id = http.request_ids.id(request.headers());
    let text = id.to_str().unwrap_or_default();
    let span = tracing::info_span!("request", request.id = text);
    let mut response = admitted(&http, request, next, text).instrument(span).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

async fn admitted(http: &Http, mut request: Request, next: Next, id: &str) -> Response {
    let started = Instant::now();
    let now = http.shop.cx.now();
    let found = Found::by_token(request.headers(), &http.shop.tokens, now);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    let caller = found.person().map(|person| person.as_str().to_owned());
    let bucket = bucket_of(&request, &found).filter(|_| !routes::is_probe(route));
    let response = match within_rate(http, bucket).await {
        Ok(()) => {
            request.extensions_mut().insert(found);
            served(http, request, next, &method, route).await
        }
        Err(refusal) => Refused(refusal).into_response(),
    };
    let (mut response, refusal) = said(response, id);
    if !response.headers().contains_key(CACHE_CONTROL) {
        response
            .headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let took = started.elapsed();
    let status = response.status().as_u16();
    http.requests
        .answered(route, routes::method_name(&method), status, took);
    if let Some(refusal) = &refusal {
        http.requests.refused(refusal.code());
    }
    let asked = Asked {
        method: &method,
        route,
        caller: caller.as_deref().unwrap_or("anyone"),
        status,
        took,
    };
    asked.log(refusal.as_ref());
    response
}

/// The handler's answer, if it comes in time and does not panic.
async fn served(http: &Http, request: Request, next: Next, method: &Method, route: &str) -> Response {
    let within = if routes::is_slow(method, route) {
        limits::SLOW_ANSWER_WITHIN
    } else {
        http.settings.answer_within
    };
    let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
    let refusal = match timeout(within, handled).await {
        Ok(Ok(response)) => return response,
        Ok(Err(_)) => Refusal::internal("a handler panicked"),
        Err(_) => Refusal::new(
            Code::Unavailable,
            "this took too long: ask again, with the same idempotency key",
        ),
    };
    Refused(refusal).into_response()
}

/// Whose bucket the request takes from; nobody's if it is made in this process, without a socket.
fn bucket_of(request: &Request, found: &Found) -> Option<Key> {
    if let Some(person) = found.person() {
        return Some(Key::User(person.clone()));
    }
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>();
    address.map(|ConnectInfo(address)| Key::Address(address.ip().into()))
}

async fn within_rate(http: &Http, bucket: Option<Key>) -> Result<(), Refusal> {
    match bucket {
        Some(key) => http.within_rate(key).await,
        None => Ok(()),
    }
}

/// Writes the refusal that an answer carries, if it carries one.
fn said(mut response: Response, request_id: &str) -> (Response, Option<Refusal>) {
    let Some(ToSay(refusal)) = response.extensions_mut().remove::<ToSay>() else {
        return (response, None);
    };
    let mut written = problem::written(&refusal, request_id);
    // Such as `Allow`, beside a method that is not allowed.
    for (name, value) in response.headers() {
        if !written.headers().contains_key(name) {
            written.headers_mut().insert(name, value.clone());
        }
    }
    (written, Some(refusal))
}

/// A request as the log knows it.
struct Asked<'a> {
    method: &'a Method,
    route: &'a str,
    caller: &'a str,
    status: u16,
    took: Duration,
}

impl Asked<'_> {
    /// What went wrong on our side is an error; all else is told to whoever wants to follow.
    fn log(&self, refusal: Option<&Refusal>) {
        let Self {
            method,
            route,
            caller,
            status,
            took,
        } = *self;
        let duration_ms = took.as_secs_f64() * 1_000.0;
        match refusal {
            Some(refusal) if status == 500 => {
                tracing::error!(http.method = %method, http.route = route, http.status = status, caller.id = caller, duration_ms, "{refusal}");
            }
            Some(refusal) if status > 500 => {
                tracing::warn!(http.method = %method, http.route = route, http.status = status, caller.id = caller, duration_ms, "{refusal}");
            }
            Some(refusal) => {
                tracing::debug!(http.method = %method, http.route = route, http.status = status, caller.id = caller, duration_ms, "refused: {refusal}");
            }
            None => {
                tracing::debug!(http.method = %method, http.route = route, http.status = status, caller.id = caller, duration_ms, "answered");
            }
        }
    }
}

fn is_plain(id: &HeaderValue) -> bool {
    let is_safe = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
    (1..=limits::REQUEST_ID_BYTES_MAX).contains(&id.len()) && id.as_bytes().iter().all(is_safe)
}
