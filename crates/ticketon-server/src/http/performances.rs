//! Performances: the hall of one date, drawn and counted.

pub(super) mod seat_plan;
pub(super) mod seats;
pub(super) mod seed;

use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;

/// Whether the caller has this version already (RFC 9110 §13.1.2; a weak comparison).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let strong = tag.trim_start_matches("W/");
    known.is_some_and(|known| {
        known
            .split(',')
            .any(|known| known.trim() == "*" || known.trim().trim_start_matches("W/") == strong)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_known_versions_will_do() {
        let headers = [(IF_NONE_MATCH, r#""a", W/"b""#.parse().unwrap())];
        let headers: HeaderMap = headers.into_iter().collect();
        assert!(is_known(&headers, r#"W/"a""#) && is_known(&headers, r#""b""#));
        assert!(!is_known(&headers, r#""c""#));
    }
}
