//! Who asks, as the bearer token says. No identity comes from any other header.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use ticketon_core::ids::Person;
use ticketon_core::{Caller, Code, Refusal, Timestamp};

use super::input::header;
use super::problem::Refused;
use crate::limits;
use crate::tokens::Tokens;

const REASON: &str = "ticketon-reason";

/// What the boundary found out about the caller: read once a request, taken by the handler that wants to know.
#[derive(Debug, Clone)]
pub(super) struct Found(pub(super) Result<Caller, Refusal>);

/// Whoever asks; nobody in particular without a token. A bad token is refused even where none is needed.
pub(super) struct Anyone(pub(super) Caller);

/// Somebody who is logged in.
pub(super) struct LoggedIn {
    /// Who asks.
    pub(super) caller: Caller,
    /// The same, as limits count them.
    pub(super) person: Person,
}

impl Found {
    /// Reads the token.
    pub(super) fn by_token(headers: &HeaderMap, tokens: &Tokens, now: Timestamp) -> Self {
        let Some(value) = headers.get(AUTHORIZATION) else {
            return Self(Ok(Caller::anyone()));
        };
        let token = value.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
        Self(match token {
            Some(token) => tokens.caller(token, now),
            None => Err(Refusal::new(
                Code::LoginRequired,
                "send the access token as `Authorization: Bearer …`",
            )),
        })
    }

    /// The person, if the token is good.
    pub(super) fn person(&self) -> Option<&Person> {
        self.0.as_ref().ok()?.as_person()
    }

    fn taken(parts: &mut Parts) -> Result<Caller, Refusal> {
        match parts.extensions.remove::<Self>() {
            Some(Self(found)) => found,
            None => Ok(Caller::anyone()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Anyone {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        Ok(Self(Found::taken(parts)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for LoggedIn {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let mut caller = Found::taken(parts)?;
        let person = caller.buyer()?.clone();
        // To look at something needs no reason.
        if parts.method != Method::GET
            && let Some(reason) = reason(&parts.headers)?
        {
            caller = caller.because(reason);
        }
        Ok(Self { caller, person })
    }
}

/// Why somebody does what they do, for the audit trail. A header takes no Korean, so it is percent-encoded UTF-8.
fn reason(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(encoded) = header(headers, REASON)? else {
        return Ok(None);
    };
    let reason = percent_decode_str(encoded).decode_utf8();
    let reason = reason.map_err(|_| Refusal::field(REASON, "must be percent-encoded UTF-8"))?;
    let is_plain = !reason.chars().any(char::is_control);
    if is_plain && (1..=limits::REASON_CHARS_MAX).contains(&reason.chars().count()) {
        return Ok(Some(reason.into_owned()));
    }
    let message = "must have 1 to 300 characters, and no control characters among them";
    Err(Refusal::field(REASON, message))
}
