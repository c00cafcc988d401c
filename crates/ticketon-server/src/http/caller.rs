//! Who asks, as the bearer token says. No identity comes from any other header.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use ticketon_core::ids::Person;
use ticketon_core::{Caller, Code, Refusal, Timestamp};

use super::problem::Refused;
use crate::tokens::Tokens;

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
        let caller = Found::taken(parts)?;
        let person = caller.buyer()?.clone();
        Ok(Self { caller, person })
    }
}
