//! What the caller has already, by the tags under which it got it (RFC 9110 §13.1.2).

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::IF_NONE_MATCH;
use axum::http::request::Parts;

/// What the caller has already.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(Option<HeaderValue>);

impl Known {
    /// Whether it has this version; a weak comparison.
    pub(super) fn has(&self, tag: &str) -> bool {
        let Some(known) = &self.0 else {
            return false;
        };
        let strong = tag.trim_start_matches("W/");
        let mut known = known.to_str().unwrap_or_default().split(',').map(str::trim);
        known.any(|known| known == "*" || known.trim_start_matches("W/") == strong)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Known {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.get(IF_NONE_MATCH).cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_known_versions_will_do() {
        let known = Known(Some(HeaderValue::from_static(r#""a", W/"b""#)));
        assert!(known.has(r#"W/"a""#) && known.has(r#""b""#));
        assert!(!known.has(r#""c""#));
        assert!(!Known::default().has(r#""a""#));
    }
}
