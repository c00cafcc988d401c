//! Saying no: a refusal on its way to the caller, as `application/problem+json` (RFC 9457).
//!
//! Two voices: the caller hears what to do, the log hears why. A handler only hands the refusal over; the boundary
//! writes it, for it alone knows the request's id.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use ticketon_core::error::{Details, FieldError};
use ticketon_core::ids::JobRunId;
use ticketon_core::plan::SeatKey;
use ticketon_core::store::Unavailable;
use ticketon_core::{Code, Refusal};

use crate::limits;

/// A refusal as an answer. Its body is written at the boundary.
#[derive(Debug)]
pub(super) struct Refused(pub(super) Refusal);

/// A refusal that the boundary finds in an answer.
#[derive(Debug, Clone)]
pub(super) struct ToSay(pub(super) Refusal);

/// What a handler answers.
pub(super) type Answer<T> = Result<T, Refused>;

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    retryable: bool,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<&'a [FieldError]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<&'a [SeatKey]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alternatives: Option<&'a [SeatKey]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<JobRunId>,
}

/// The answer that says a refusal to the caller.
pub(super) fn written(refusal: &Refusal, request_id: &str) -> Response {
    let code = refusal.code();
    let status = status(code);
    let mut problem = Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Refused"),
        status: code.status(),
        code: code.as_str(),
        detail: told(refusal),
        retryable: code.is_retryable(),
        request_id,
        fields: None,
        taken: None,
        alternatives: None,
        run: None,
    };
    match refusal.details() {
        Some(Details::Fields(fields)) => problem.fields = Some(fields),
        Some(Details::Seats { taken, alternatives }) => {
            problem.taken = Some(taken);
            problem.alternatives = Some(alternatives);
        }
        Some(Details::Run(run)) => problem.run = Some(*run),
        None => {}
    }
    let body = serde_json::to_vec(&problem).expect("texts, numbers and lists of them have a JSON form");
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    ) {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds_to_wait(refusal)));
    }
    response
}

/// Whole seconds, never too few.
fn seconds_to_wait(refusal: &Refusal) -> u64 {
    let wait = refusal.retry_after().unwrap_or(limits::RETRY_AFTER);
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// What the caller hears: never what is inside us.
fn told(refusal: &Refusal) -> &str {
    if refusal.code() == Code::Internal {
        return "this is our fault and stands in the log: tell us the request's id";
    }
    refusal.message()
}

fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).expect("the table's statuses are valid: its test says so")
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = status(self.0.code()).into_response();
        response.extensions_mut().insert(ToSay(self.0));
        response
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<Unavailable> for Refused {
    fn from(error: Unavailable) -> Self {
        Self(error.into())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_fault_of_ours_tells_the_caller_nothing_of_the_inside() {
        let refusal = Refusal::internal("no such table: seat");
        let body = written(&refusal, "r1").into_body();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("internal") && body.contains("r1"));
        assert!(!body.contains("seat"), "{body}");
    }

    #[test]
    fn who_is_told_to_wait_is_told_how_long() {
        let busy = Refusal::new(Code::Unavailable, "busy");
        assert_eq!(written(&busy, "r1").headers()[RETRY_AFTER], "1");
        let resting = busy.after(Duration::from_millis(7_300));
        assert_eq!(written(&resting, "r1").headers()[RETRY_AFTER], "8");
        let forbidden = written(&Refusal::new(Code::Forbidden, "no"), "r1");
        assert!(!forbidden.headers().contains_key(RETRY_AFTER));
    }
}
