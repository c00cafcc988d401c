//! What came back: an answer with its status, a problem in its body, or no answer at all.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ETAG, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ticketon_core::Code;

use crate::limits;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its HTTP status.
    pub status: u16,
    /// How long to wait before asking again, where the answer says so.
    pub retry_after: Option<Duration>,
    /// Where to look next, where the answer says so.
    pub location: Option<String>,
    /// The version of what it says (`ETag`), where it has one.
    pub tag: Option<String>,
    /// What it says.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Nobody listens there: nothing was sent.
    #[error("nobody answers there: {0}")]
    Unreachable(String),
    /// The connection ended before the answer: it may have been done.
    #[error("the answer was lost: {0}")]
    Broken(String),
    /// The answer did not come in time: it may have been done.
    #[error("no answer within {0:?}")]
    TooLate(Duration),
    /// The answer is not what the API says.
    #[error("an answer that is not this API's: {0}")]
    NotUnderstood(String),
    /// The path or a header cannot be sent.
    #[error("not a request: {0}")]
    NotARequest(String),
}

/// A refusal, as `application/problem+json` writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// Its code, as text: a newer server may know more.
    #[serde(default)]
    pub code: String,
    /// What to do, for people.
    #[serde(default)]
    pub detail: String,
    /// Seats that were not to be had.
    #[serde(default)]
    pub taken: Vec<String>,
    /// Free ones like them.
    #[serde(default)]
    pub alternatives: Vec<String>,
    /// What is wrong where.
    #[serde(default)]
    pub fields: Vec<Field>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Field {
    /// Where.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

impl Answer {
    /// Whether it was done, or is being done.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as a type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let start = String::from_utf8_lossy(&self.body[..self.body.len().min(200)]).into_owned();
            CallError::NotUnderstood(format!("{error} in `{start}`"))
        })
    }

    /// The refusal that the body says.
    pub fn problem(&self) -> Problem {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| Problem {
            code: String::new(),
            detail: format!("status {}", self.status),
            taken: Vec::new(),
            alternatives: Vec::new(),
            fields: Vec::new(),
        })
    }

    pub(super) async fn read(response: Response<Body>) -> Result<Self, CallError> {
        let status = response.status().as_u16();
        let retry_after = text(response.headers(), RETRY_AFTER.as_str());
        let location = text(response.headers(), LOCATION.as_str());
        let tag = text(response.headers(), ETAG.as_str());
        let body = axum::body::to_bytes(response.into_body(), limits::CLIENT_BODY_MAX).await;
        let body = body.map_err(|error| CallError::Broken(super::reason(&error)))?;
        Ok(Self {
            status,
            retry_after: retry_after
                .and_then(|text| text.parse().ok())
                .map(Duration::from_secs),
            location,
            tag,
            body: body.into(),
        })
    }
}

impl Problem {
    /// The code, if this program knows it.
    pub fn code(&self) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == self.code)
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
