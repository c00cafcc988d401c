//! What a request brings, taken in once and strictly: a body of JSON within its bound, a query without unknown
//! names, a name in the path, an idempotency key. What is not as it must be is refused with words that say how.

use std::fmt::Display;
use std::str::FromStr;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use sha2::{Digest as _, Sha256};
use ticketon_core::caller::RequestKey;
use ticketon_core::ids::IdempotencyKey;
use ticketon_core::{Caller, Code, Refusal};
use tokio::time::timeout;

use super::Http;
use super::problem::Refused;
use crate::limits;

/// A body of JSON of at most so many bytes, and the request's key if it has one. No body stands for `{}`.
pub(super) struct Input<T, const BYTES_MAX: usize = { limits::BODY_BYTES_MAX }> {
    body: T,
    key: Option<RequestKey>,
}

/// What a query says; unknown names are refused where `T` refuses them.
pub(super) struct Asked<T>(pub(super) T);

/// The one name in the path.
pub(super) struct Named<T>(pub(super) T);

/// The two names in the path.
pub(super) struct NamedTwice(pub(super) String, pub(super) String);

impl<T, const BYTES_MAX: usize> Input<T, BYTES_MAX> {
    /// The caller with the request's key, and what was asked.
    pub(super) fn by(self, caller: Caller) -> (Caller, T) {
        let caller = match self.key {
            Some(key) => caller.asking(key),
            None => caller,
        };
        (caller, self.body)
    }

    /// The same, where a part of what was asked is secret: the request is known again by the rest alone, for what is
    /// kept of it must not help anybody to guess.
    pub(super) fn by_all_but_secrets(self, caller: Caller, rest: impl FnOnce(&T) -> String) -> (Caller, T) {
        let fingerprint = fingerprint(rest(&self.body).as_bytes());
        let key = self.key.map(|key| RequestKey { fingerprint, ..key });
        Self { key, ..self }.by(caller)
    }

    /// What was asked, where nothing is made that a repeat could make twice.
    pub(super) fn alone(self) -> T {
        self.body
    }
}

/// A header that is text.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let text = value.to_str();
    text.map(Some)
        .map_err(|_| Refusal::field(name, "must be visible ASCII characters"))
}

/// The whole body, if it is within its bound and comes in time.
pub(super) async fn read(headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<Bytes, Refusal> {
    let in_time = timeout(limits::BODY_WITHIN, read_whole(headers, body, bytes_max)).await;
    in_time.unwrap_or_else(|_| {
        Err(Refusal::new(
            Code::BodyTooSlow,
            "the body did not come in time: send it again",
        ))
    })
}

async fn read_whole(headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<Bytes, Refusal> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|announced| announced > bytes_max) {
        // Who asked before sending (`Expect: 100-continue`) sends nothing.
        if !headers.contains_key(EXPECT) {
            drain(body).await;
        }
        return Err(too_large(bytes_max));
    }
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk =
            chunk.map_err(|_| Refusal::new(Code::InvalidRequest, "the body broke off: send it again"))?;
        if whole.len() + chunk.len() > bytes_max {
            drain(Body::from_stream(chunks)).await;
            return Err(too_large(bytes_max));
        }
        if whole.is_empty() && Some(chunk.len()) == announced {
            return Ok(chunk);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.into())
}

/// Reads on for a while without keeping anything: who is cut off while sending never sees the answer.
async fn drain(body: Body) {
    let mut left = limits::BODY_DRAINED_MAX;
    let mut chunks = body.into_data_stream();
    let reading = async {
        while let Some(Ok(chunk)) = chunks.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                return;
            }
        }
    };
    // Whether it was all read or the time was over: the answer is the same.
    let _ = timeout(limits::BODY_DRAINED_WITHIN, reading).await;
}

fn too_large(bytes_max: usize) -> Refusal {
    Refusal::new(
        Code::BodyTooLarge,
        format!("the body may have {bytes_max} bytes: send less"),
    )
}

fn check_is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Refusal::new(
        Code::UnsupportedMediaType,
        "bodies are JSON: send `Content-Type: application/json`",
    ))
}

/// One pass where the body is as it must be; a second one finds the field where it is not.
fn parsed<T: DeserializeOwned>(json: &[u8]) -> Result<T, Refusal> {
    let error = match serde_json::from_slice(json) {
        Ok(body) if is_object(json) => return Ok(body),
        // Fields in their order, without their names, would do as well for the parser.
        Ok(_) => return Err(Refusal::field("body", "must be an object")),
        Err(error) => error,
    };
    if matches!(error.classify(), Category::Data) {
        let mut reader = serde_json::Deserializer::from_slice(json);
        if let Err(found) = serde_path_to_error::deserialize::<_, T>(&mut reader) {
            let path = found.path().to_string();
            let path = if path == "." { "body" } else { &path };
            let message = found.inner().to_string();
            // Where in the text it stands tells nobody anything who sees the field.
            let message = message.split(" at line ").next().unwrap_or_default();
            return Err(Refusal::field(path, message));
        }
    }
    Err(Refusal::new(
        Code::MalformedJson,
        format!("the body is not JSON: {error}"),
    ))
}

fn is_object(json: &[u8]) -> bool {
    json.trim_ascii_start().starts_with(b"{")
}

/// The request's key, in quotes (as the draft standard has it) or without.
fn request_key(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Option<RequestKey>, Refusal> {
    const NAME: &str = "idempotency-key";
    let Some(text) = header(headers, NAME)? else {
        return Ok(None);
    };
    let unquoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let key = IdempotencyKey::new(unquoted.unwrap_or(text));
    Ok(Some(RequestKey {
        key: key.map_err(|error| Refusal::field(NAME, error.to_string()))?,
        operation: format!("{method} {path}"),
        fingerprint: fingerprint(body),
    }))
}

fn fingerprint(asked: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(asked))
}

impl<T: DeserializeOwned, const BYTES_MAX: usize> FromRequest<Http> for Input<T, BYTES_MAX> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &Http) -> Result<Self, Refused> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body, BYTES_MAX).await?;
        let key = request_key(&parts.method, parts.uri.path(), &parts.headers, &bytes)?;
        let body = if bytes.is_empty() {
            parsed(b"{}")?
        } else {
            check_is_json(&parts.headers)?;
            parsed(&bytes)?
        };
        Ok(Self { body, key })
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(Refusal::field("query", error.body_text()).into()),
        }
    }
}

impl<T: FromStr<Err: Display>> FromRequestParts<Http> for Named<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Refused> {
        let names = names_in_path(parts, http).await?;
        let Some((name, text)) = names.iter().next() else {
            return Err(Refusal::internal("a route without a name asks for one").into());
        };
        match text.parse() {
            Ok(named) => Ok(Self(named)),
            Err(error) => Err(Refusal::field(name, error.to_string()).into()),
        }
    }
}

impl FromRequestParts<Http> for NamedTwice {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Refused> {
        let names = names_in_path(parts, http).await?;
        let mut names = names.iter().map(|(_, text)| text.to_owned());
        match (names.next(), names.next()) {
            (Some(one), Some(other)) => Ok(Self(one, other)),
            _ => Err(Refusal::internal("a route without two names asks for them").into()),
        }
    }
}

async fn names_in_path(parts: &mut Parts, http: &Http) -> Result<RawPathParams, Refusal> {
    let names = RawPathParams::from_request_parts(parts, http).await;
    names.map_err(|error| Refusal::field("path", error.body_text()))
}
