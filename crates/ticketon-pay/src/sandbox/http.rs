//! The sandbox behind HTTP: reads headers, lets time pass, waits for the ledger, delivers the answer. It
//! decides nothing.
//!
//! A request that was taken in is finished by a task of its own: whether the client still listens is no
//! matter to a provider that charges.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method as HttpMethod, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use futures_util::stream;
use jiff::Timestamp;
use tokio::time::sleep;

use super::Sandbox;
use super::latency::Latency;
use super::ledger::{Ledger, Position};
use super::refusal;
use super::request::{Answer, Begun, Delivery, Finished, Request};
use super::window::{Open, Opened, OpenedBody};
use crate::call::Method;
use crate::code::Code;
use crate::language::Language;
use crate::limits;

/// What the state machine is not allowed to have: a clock, entropy, and the time that it takes.
pub struct Surroundings {
    /// The time of day.
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// For keys that cannot be guessed.
    pub entropy: Box<dyn Fn() -> u64 + Send + Sync>,
    /// Of confirms, cancels and look-ups.
    pub latency: Latency,
}

/// The provider's API under `/v1/payments`, and the buyer's payment window as POST `/sandbox/payments`
/// `{orderId, amount, orderName, card?}` → `{paymentKey}`. With a ledger, nothing is answered before what it
/// rests on is durable.
pub fn router(sandbox: Sandbox, ledger: Option<Ledger>, surroundings: Surroundings) -> Router {
    let host = Arc::new(Host {
        sandbox: Mutex::new(sandbox),
        ledger,
        surroundings,
    });
    Router::new()
        .route("/sandbox/payments", post(window))
        .route("/v1/{*path}", any(api))
        .layer(DefaultBodyLimit::max(limits::REQUEST_BODY_MAX))
        .with_state(host)
}

struct Host {
    sandbox: Mutex<Sandbox>,
    ledger: Option<Ledger>,
    surroundings: Surroundings,
}

async fn api(
    State(host): State<Arc<Host>>,
    method: HttpMethod,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let language = language(&headers);
    let method = match method {
        HttpMethod::GET => Method::Get,
        HttpMethod::POST => Method::Post,
        _ => return refused(&Code::NotFound, language),
    };
    let request = Request {
        method,
        path: uri.path().to_owned(),
        authorization: text(&headers, AUTHORIZATION.as_str()),
        idempotency_key: text(&headers, "idempotency-key"),
        test_code: text(&headers, "tosspayments-test-code"),
        language,
        body: body.to_vec(),
    };
    match tokio::spawn(serve(host, request)).await {
        Ok(Some(answer)) => deliver(answer).await,
        Ok(None) | Err(_) => refused(&Code::FailedInternalSystemProcessing, language),
    }
}

async fn window(State(host): State<Arc<Host>>, headers: HeaderMap, body: Bytes) -> Response {
    let language = language(&headers);
    let Ok(open) = serde_json::from_slice::<Open>(&body) else {
        return refused(&Code::InvalidRequest, language);
    };
    let (opened, position) = {
        let mut sandbox = host.lock();
        let opened = sandbox.open(open, host.now(), host.entropy());
        let records = opened.as_ref().map_or(&[][..], |opened| &opened.records);
        let position = host.append(records);
        (opened, position)
    };
    if !host.is_durable(position).await {
        return refused(&Code::FailedInternalSystemProcessing, language);
    }
    match opened {
        Ok(Opened { payment_key, .. }) => axum::Json(OpenedBody { payment_key }).into_response(),
        Err(code) => refused(&code, language),
    }
}

/// The answer, once all that it rests on is durable; none if that can no longer be.
async fn serve(host: Arc<Host>, request: Request) -> Option<Answer> {
    let (begun, position) = {
        let mut sandbox = host.lock();
        let begun = sandbox.begin(request, host.now(), host.entropy());
        (begun, host.position())
    };
    let (answer, position) = match begun {
        Begun::Answered(answer) => (answer, position),
        Begun::Running(running) => {
            wait(host.surroundings.latency.next() + running.slowness()).await;
            let mut sandbox = host.lock();
            let Finished { answer, record } = sandbox.finish(running, host.now());
            (answer, host.append(record.as_slice()))
        }
    };
    host.is_durable(position).await.then_some(answer)
}

async fn deliver(answer: Answer) -> Response {
    match answer.delivery {
        Delivery::Prompt => whole(answer),
        Delivery::Late => {
            sleep(limits::HELD_ANSWER).await;
            whole(answer)
        }
        Delivery::Cut => {
            let cut = io::Error::from(io::ErrorKind::ConnectionAborted);
            Body::from_stream(stream::iter([Err::<Bytes, _>(cut)])).into_response()
        }
    }
}

fn whole(answer: Answer) -> Response {
    let mut response = Response::builder()
        .status(answer.status)
        .header(CONTENT_TYPE, "application/json;charset=UTF-8")
        .header("x-tosspayments-trace-id", answer.trace_id);
    if let Some(key) = answer.idempotency_key {
        response = response.header("idempotency-key", key);
    }
    response
        .body(Body::from(answer.body))
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn refused(code: &Code, language: Language) -> Response {
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = refusal::body(code, language);
    (status, [(CONTENT_TYPE, "application/json;charset=UTF-8")], body).into_response()
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}

fn language(headers: &HeaderMap) -> Language {
    text(headers, ACCEPT_LANGUAGE.as_str()).map_or(Language::default(), |tag| Language::from_tag(&tag))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

impl Host {
    fn now(&self) -> Timestamp {
        (self.surroundings.now)()
    }

    fn entropy(&self) -> u64 {
        (self.surroundings.entropy)()
    }

    /// A panic between two steps of the state machine is a bug; going on shows it rather than hides it.
    fn lock(&self) -> MutexGuard<'_, Sandbox> {
        self.sandbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called under the lock, so that the ledger's order is the order of decisions.
    fn append(&self, records: &[super::Record]) -> Position {
        let Some(ledger) = &self.ledger else {
            return Position::default();
        };
        for record in records {
            ledger.append(record);
        }
        ledger.position()
    }

    /// What is read now rests on all that was appended before.
    fn position(&self) -> Position {
        self.append(&[])
    }

    async fn is_durable(&self, position: Position) -> bool {
        match &self.ledger {
            Some(ledger) => ledger.durable(position).await.is_ok(),
            None => true,
        }
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings")
            .field("latency", &self.latency)
            .finish_non_exhaustive()
    }
}
