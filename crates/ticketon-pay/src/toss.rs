//! The client of Toss Payments, over HTTPS.
//!
//! Promises: a call ends, by an answer or by its time-outs; no POST goes out without an idempotency key; no
//! answer is read beyond its bound; nothing is retried that the caller does not see, except by
//! [`Toss::settle`] and [`Toss::settle_refund`], whose repeats cannot charge or refund twice. It keeps no
//! books: save an attempt or a refund before calling.

mod backoff;
mod settings;
mod settle;

use std::time::Duration;

use reqwest::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::sync::Semaphore;

use crate::attempt::Attempt;
use crate::call::{Call, Method, Reply};
use crate::code::{Class, Code};
use crate::id::{OrderId, PaymentKey};
use crate::keys::{BadKeys, Keys};
use crate::language::Language;
use crate::limits;
use crate::outcome::{LookedUp, Outcome, RefundOutcome, Unknown};
use crate::refund::Refund;

pub use backoff::Backoff;
pub use settings::{BadSettings, Settings};

/// A client with its keys and its pool of connections; make one and share it.
#[derive(Debug)]
pub struct Toss {
    http: reqwest::Client,
    base_url: String,
    calls: Semaphore,
    call_time: Duration,
    is_live: bool,
    client_key: String,
}

/// Why there is no client. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum NoClient {
    /// A live key, not said aloud.
    #[error(transparent)]
    Keys(#[from] BadKeys),
    /// Settings that cannot be.
    #[error(transparent)]
    Settings(#[from] BadSettings),
    /// TLS or the resolver did not start.
    #[error("the HTTP client did not start")]
    Http(#[from] reqwest::Error),
}

impl Toss {
    /// Play money at the real address. A live key is refused.
    pub fn new(keys: &Keys) -> Result<Self, NoClient> {
        Self::with(keys, Settings::default())
    }

    /// Play money with settings of one's own, such as a sandbox's address. A live key is refused.
    pub fn with(keys: &Keys, settings: Settings) -> Result<Self, NoClient> {
        if keys.is_live() {
            return Err(BadKeys::Live.into());
        }
        Self::build(keys, settings)
    }

    /// Real money, if the keys are live ones.
    pub fn live(keys: &Keys, settings: Settings) -> Result<Self, NoClient> {
        Self::build(keys, settings)
    }

    /// Whether it moves real money.
    pub fn is_live(&self) -> bool {
        self.is_live
    }

    /// For the payment window: no secret.
    pub fn client_key(&self) -> &str {
        &self.client_key
    }

    /// Charges the attempt. May be repeated with the same attempt: the provider charges once.
    pub async fn confirm(&self, attempt: &Attempt, payment_key: &PaymentKey) -> Outcome {
        match self.send(attempt.confirm(payment_key)).await {
            Ok(reply) => attempt.judge_reply(&reply),
            Err(unknown) => Outcome::Unknown(unknown),
        }
    }

    /// Asks how the payment of an order stands.
    pub async fn look_up(&self, order_id: &OrderId) -> LookedUp {
        self.ask(Call::look_up(order_id)).await
    }

    /// Asks how a payment stands.
    pub async fn look_up_payment(&self, payment_key: &PaymentKey) -> LookedUp {
        self.ask(Call::look_up_payment(payment_key)).await
    }

    /// Gives money back. May be repeated with the same refund: the provider gives back once. Where the
    /// provider says that it has been given back, a look-up tells whether by this refund.
    pub async fn cancel(&self, refund: &Refund) -> RefundOutcome {
        let outcome = match self.send(refund.cancel()).await {
            Ok(reply) => refund.judge_reply(&reply),
            Err(unknown) => RefundOutcome::Unknown(unknown),
        };
        match outcome {
            RefundOutcome::Unknown(Unknown::Unclear { code, message })
                if code.class() == Class::AlreadyCancelled =>
            {
                self.already_cancelled(refund, code, message).await
            }
            outcome => outcome,
        }
    }

    async fn already_cancelled(&self, refund: &Refund, code: Code, message: String) -> RefundOutcome {
        match self.look_up_payment(refund.payment_key()).await {
            LookedUp::Found(payment) => refund.judge_already_cancelled(code, message, &payment),
            LookedUp::NotFound | LookedUp::Refused { .. } | LookedUp::Unknown(_) => {
                RefundOutcome::Unknown(Unknown::Unclear { code, message })
            }
        }
    }

    fn build(keys: &Keys, settings: Settings) -> Result<Self, NoClient> {
        let settings = settings.validate()?;
        let mut http = reqwest::Client::builder()
            .default_headers(headers(keys, settings.language))
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.connect_timeout + settings.read_timeout)
            .pool_max_idle_per_host(settings.calls_max)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tcp_nodelay(true);
        if settings.is_loopback() {
            http = http.no_proxy();
        }
        Ok(Self {
            http: http.build()?,
            base_url: settings.base_url.trim_end_matches('/').to_owned(),
            calls: Semaphore::new(settings.calls_max),
            call_time: settings.connect_timeout + settings.read_timeout,
            is_live: keys.is_live(),
            client_key: keys.client().to_owned(),
        })
    }

    async fn ask(&self, call: Call) -> LookedUp {
        match self.send(call).await {
            Ok(reply) => LookedUp::from_reply(&reply),
            Err(unknown) => LookedUp::Unknown(unknown),
        }
    }

    /// One HTTP exchange, whole or not at all.
    async fn send(&self, call: Call) -> Result<Reply, Unknown> {
        let turn = tokio::time::timeout(self.call_time, self.calls.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(Unknown::NotSent("all connections are busy".to_owned()));
        };
        let response = self.request(call).send().await.map_err(|error| lost(&error))?;
        read_whole(response).await
    }

    fn request(&self, call: Call) -> reqwest::RequestBuilder {
        let url = format!("{}{}", self.base_url, call.path);
        let mut request = match call.method {
            Method::Get => self.http.get(url),
            Method::Post => self
                .http
                .post(url)
                .header(CONTENT_TYPE, "application/json")
                .body(call.body),
        };
        if let Some(key) = &call.idempotency_key {
            request = request.header("Idempotency-Key", key.as_str());
        }
        request
    }
}

fn headers(keys: &Keys, language: Language) -> HeaderMap {
    let mut authorization =
        HeaderValue::try_from(keys.basic_auth()).expect("base64 is always a header value");
    authorization.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, authorization);
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers
}

async fn read_whole(mut response: reqwest::Response) -> Result<Reply, Unknown> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        if body.len() + chunk.len() > limits::REPLY_BODY_MAX {
            let reason = format!("over {} bytes", limits::REPLY_BODY_MAX);
            return Err(Unknown::Unreadable { status, reason });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, body })
}

/// The causes tell more than reqwest's own line; the address, which it would repeat, is left out.
fn lost(error: &reqwest::Error) -> Unknown {
    let mut reason = if error.is_timeout() {
        "time-out".to_owned()
    } else {
        "connection lost".to_owned()
    };
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        reason.push_str(": ");
        reason.push_str(&error.to_string());
        cause = error.source();
    }
    if error.is_connect() {
        Unknown::NotSent(reason)
    } else {
        Unknown::NoAnswer(reason)
    }
}
