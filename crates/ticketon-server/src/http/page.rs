//! Lists, page by page: a limit, an opaque cursor, and the way on in the body and in a `Link` header (RFC 8288).

use axum::Json;
use axum::http::header::LINK;
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use ticketon_core::Refusal;

use super::shelf::Shown;
use crate::limits;

/// The query of a list that is asked for nothing but a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    pub(super) limit: Option<usize>,
    pub(super) cursor: Option<String>,
}

/// Which page is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted<K> {
    limit: usize,
    /// The place of the last row that was seen.
    pub(super) after: Option<K>,
}

/// One page of a list.
#[derive(Debug, Serialize)]
pub(super) struct Page<T> {
    items: Vec<T>,
    /// `cursor` of the next page; none after the last.
    next_cursor: Option<String>,
}

impl<K: Serialize + DeserializeOwned> Wanted<K> {
    /// What the query says.
    pub(super) fn new(limit: Option<usize>, cursor: Option<&str>) -> Result<Self, Refusal> {
        let limit = limit.unwrap_or(limits::PAGE_ROWS);
        if !(1..=limits::PAGE_ROWS_MAX).contains(&limit) {
            return Err(Refusal::field("limit", "must be 1 to 100"));
        }
        let after = cursor.map(|cursor| {
            read(cursor)
                .ok_or_else(|| Refusal::field("cursor", "take it from `next_cursor` of the page before"))
        });
        Ok(Self {
            limit,
            after: after.transpose()?,
        })
    }

    /// How many rows to look for: one more than are shown, so that the last page is known to be the last.
    pub(super) fn rows(&self) -> usize {
        self.limit + 1
    }

    /// The page of these rows, each at its place.
    pub(super) fn page<R>(&self, mut rows: Vec<R>, place: impl Fn(&R) -> K) -> Page<R> {
        let is_last = rows.len() <= self.limit;
        rows.truncate(self.limit);
        let last = if is_last { None } else { rows.last() };
        Page {
            next_cursor: last.map(|row| written(&place(row))),
            items: rows,
        }
    }
}

impl<T> Page<T> {
    /// A list that is always shown whole.
    pub(super) fn whole(items: Vec<T>) -> Self {
        Self {
            items,
            next_cursor: None,
        }
    }

    /// Its rows.
    pub(super) fn items(&self) -> &[T] {
        &self.items
    }

    /// The page with each row shown.
    pub(super) fn showing<V>(self, show: impl FnMut(T) -> V) -> Page<V> {
        Page {
            items: self.items.into_iter().map(show).collect(),
            next_cursor: self.next_cursor,
        }
    }

    /// The page as everybody is shown it who asks for `uri`.
    pub(super) fn shown(&self, uri: &Uri) -> Result<Shown, Refusal>
    where
        T: Serialize,
    {
        let body = serde_json::to_vec(self).map_err(Refusal::internal)?;
        Ok(Shown::new(body, self.link(uri)))
    }

    /// The page as the answer to a request for `uri`.
    pub(super) fn answer(self, uri: &Uri) -> Response
    where
        T: Serialize,
    {
        let link = self.link(uri);
        let mut response = Json(self).into_response();
        if let Some(link) = link {
            response.headers_mut().insert(LINK, link);
        }
        response
    }

    fn link(&self, uri: &Uri) -> Option<HeaderValue> {
        self.next_cursor.as_ref().and_then(|cursor| next(uri, cursor))
    }
}

/// The same request for the page after this one.
fn next(uri: &Uri, cursor: &str) -> Option<HeaderValue> {
    let mut link = format!("<{}?", uri.path());
    for parameter in uri.query().unwrap_or_default().split('&') {
        if !parameter.is_empty() && !parameter.starts_with("cursor=") {
            link.push_str(parameter);
            link.push('&');
        }
    }
    link.extend(["cursor=", cursor, ">; rel=\"next\""]);
    HeaderValue::from_str(&link).ok()
}

fn written(place: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).expect("ids and times have a JSON form"))
}

fn read<K: DeserializeOwned>(cursor: &str) -> Option<K> {
    if cursor.len() > limits::CURSOR_BYTES_MAX {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_the_next_one_begins() {
        let wanted = Wanted::<u32>::new(Some(2), None).unwrap();
        let page = wanted.page(vec![10, 20, 30], |row| *row);
        assert_eq!(page.items, [10, 20]);
        let cursor = page.next_cursor.as_deref();
        assert_eq!(Wanted::new(None, cursor).unwrap().after, Some(20));
        assert_eq!(wanted.page(vec![10, 20], |row| *row).next_cursor, None);
    }

    #[test]
    fn a_link_keeps_what_was_asked_but_the_cursor() {
        let uri = "/api/v1/events?keyword=opera&cursor=old&limit=2".parse().unwrap();
        let link = next(&uri, "new").unwrap();
        assert_eq!(
            link,
            "</api/v1/events?keyword=opera&limit=2&cursor=new>; rel=\"next\""
        );
    }

    #[test]
    fn a_cursor_of_somebody_elses_is_refused() {
        assert!(Wanted::<u32>::new(None, Some("!!")).is_err());
        assert!(Wanted::<u32>::new(Some(0), None).is_err());
        assert!(Wanted::<u32>::new(Some(101), None).is_err());
    }
}
