//! What the caller believes to change: `If-Match` (RFC 9110 §13.1.1). Who names none changes what there is.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use ticketon_core::{Code, Refusal};

/// The versions that the caller has seen, one of which it must still be.
#[derive(Debug)]
pub(super) struct Expected(HeaderMap);

impl Expected {
    /// Whether any version was named.
    pub(super) fn is_any(&self) -> bool {
        !self.0.contains_key(IF_MATCH)
    }

    /// Refuses where none of them is this one.
    pub(super) fn check(&self, tag: &str) -> Result<(), Refusal> {
        let named = self.0.get_all(IF_MATCH).into_iter();
        let mut named = named.flat_map(|value| value.to_str().unwrap_or_default().split(','));
        if self.is_any() || named.any(|name| name.trim() == tag || name.trim() == "*") {
            return Ok(());
        }
        Err(Refusal::new(
            Code::ChangedMeanwhile,
            "somebody else was first: look at it again, and send its `ETag` as `If-Match`",
        ))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Expected {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let named = parts.headers.get_all(IF_MATCH).into_iter();
        Ok(Self(named.map(|value| (IF_MATCH, value.clone())).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expecting(values: &[&'static str]) -> Expected {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IF_MATCH, value.parse().unwrap());
        }
        Expected(headers)
    }

    #[test]
    fn one_of_the_named_versions_will_do_and_a_weak_one_will_not() {
        assert!(expecting(&[]).check(r#""a""#).is_ok());
        assert!(expecting(&["*"]).check(r#""a""#).is_ok());
        assert!(expecting(&[r#""b", "a""#]).check(r#""a""#).is_ok());
        assert!(expecting(&[r#""b""#, r#""a""#]).check(r#""a""#).is_ok());
        assert!(expecting(&[r#"W/"a""#]).check(r#""a""#).is_err());
        assert!(expecting(&["nonsense"]).check(r#""a""#).is_err());
    }
}
