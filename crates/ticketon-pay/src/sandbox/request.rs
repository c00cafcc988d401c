//! What comes in and what goes out, as plain values, and which decision a path leads to.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::payment::Payment;
use super::record::Change;
use super::{Sandbox, refusal, render};
use crate::call::{Call, Method, Reply};
use crate::code::Code;
use crate::keys::Keys;
use crate::language::Language;

/// A request, as far as the provider looks at it.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// GET or POST.
    pub method: Method,
    /// Without a query.
    pub path: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The `Idempotency-Key` header.
    pub idempotency_key: Option<String>,
    /// The `TossPayments-Test-Code` header: the error to answer with.
    pub test_code: Option<String>,
    /// From `Accept-Language`.
    pub language: Language,
    /// JSON.
    pub body: Vec<u8>,
}

impl Request {
    /// This crate's own call, as a client with these keys would send it.
    pub fn of(call: Call, keys: &Keys) -> Self {
        Self {
            method: call.method,
            path: call.path,
            authorization: Some(keys.basic_auth()),
            idempotency_key: call.idempotency_key.map(|key| key.as_str().to_owned()),
            test_code: None,
            language: Language::default(),
            body: call.body,
        }
    }
}

/// Without the header that holds a key.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("idempotency_key", &self.idempotency_key)
            .finish_non_exhaustive()
    }
}

/// What became of a request that was taken in.
#[derive(Debug)]
#[must_use = "a request that runs must be finished, or its key answers 409 for ever"]
pub enum Begun {
    /// Answered at once: a replay or a refusal.
    Answered(Answer),
    /// Taken in; nothing is decided yet.
    Running(Running),
}

/// A request under way.
#[derive(Debug)]
#[must_use = "a request that runs must be finished, or its key answers 409 for ever"]
pub struct Running {
    pub(super) request: Request,
    pub(super) entropy: u64,
    pub(super) slowness: Duration,
}

impl Running {
    /// How much longer than usual this one takes.
    pub fn slowness(&self) -> Duration {
        self.slowness
    }
}

/// A decided request.
#[derive(Debug)]
pub struct Finished {
    /// What the client shall hear.
    pub answer: Answer,
    /// What must be durable first.
    pub record: Option<super::Record>,
}

/// An answer and its way to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
    /// Echoed.
    pub idempotency_key: Option<String>,
    /// One id; a replay carries the first answer's and its own.
    pub trace_id: String,
    /// How it reaches the client.
    pub delivery: Delivery,
}

/// How an answer reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// At once.
    Prompt,
    /// Never: the connection is cut.
    Cut,
    /// After the client's time-out.
    Late,
}

impl Answer {
    pub(super) fn refused(request: &Request, code: &Code, entropy: u64) -> Self {
        Self::new(
            request,
            code.status(),
            refusal::body(code, request.language),
            entropy,
        )
    }

    pub(super) fn shown(request: &Request, payment: &Payment, now: Timestamp, entropy: u64) -> Self {
        Self::new(
            request,
            200,
            render::body(payment, request.language, now),
            entropy,
        )
    }

    fn new(request: &Request, status: u16, body: String, entropy: u64) -> Self {
        Self {
            status,
            body,
            idempotency_key: request
                .idempotency_key
                .clone()
                .filter(|_| request.method == Method::Post),
            trace_id: render::trace_id(entropy),
            delivery: Delivery::Prompt,
        }
    }

    /// As a client reads it.
    pub fn reply(self) -> Reply {
        Reply {
            status: self.status,
            body: self.body.into_bytes(),
        }
    }
}

/// What a request comes to.
pub(super) enum Decided {
    /// A payment is shown as it is.
    Shown(Payment),
    /// A payment changes and is shown.
    Changed(Change, Delivery),
    /// Nothing changes.
    Refused(Code),
    /// A payment changes, and the answer is an error.
    RefusedFor(Change, Code),
}

/// Which decision a path leads to.
pub(super) fn route(sandbox: &Sandbox, request: &Request, now: Timestamp, entropy: u64) -> Decided {
    let Some(path) = request.path.strip_prefix("/v1/payments/") else {
        return Decided::Refused(Code::NotFound);
    };
    let parts: Vec<&str> = path.split('/').collect();
    match (request.method, parts.as_slice()) {
        (Method::Post, ["confirm"]) => sandbox.confirm(&request.body, now, entropy),
        (Method::Post, [payment_key, "cancel"]) => sandbox.cancel(payment_key, &request.body, entropy),
        (Method::Get, [payment_key]) => shown(sandbox.payment(payment_key)),
        (Method::Get, ["orders", order_id]) => shown(sandbox.payment_of(order_id)),
        (Method::Get | Method::Post, _) => Decided::Refused(Code::NotFound),
    }
}

fn shown(payment: Option<&Payment>) -> Decided {
    payment.map_or(Decided::Refused(Code::NotFoundPayment), |payment| {
        Decided::Shown(payment.clone())
    })
}
