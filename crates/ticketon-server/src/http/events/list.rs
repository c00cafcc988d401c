//! `GET /events`: what is on the shelf. Drafts are listed for their staff alone.

use axum::extract::State;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use ticketon_core::event::EventState;
use ticketon_core::ids::{EventId, OrganizationId, Slug};
use ticketon_core::organization::Role;
use ticketon_core::{Refusal, Timestamp};

use crate::adapter::sql::{EventPlace, EventSearch, EventSort, ListedEvent};
use crate::http::caller::Anyone;
use crate::http::input::Asked;
use crate::http::known::Known;
use crate::http::page::{Page, Wanted};
use crate::http::problem::Answer;
use crate::http::{Http, find};

/// Which events, in which order, which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Query {
    /// Part of the title or the slug.
    keyword: Option<String>,
    state: Option<EventState>,
    /// *start* (those that begin first), *created* (those that were drafted last) or *views* (those that were looked at
    /// most).
    #[serde(default)]
    sort: EventSort,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// An event among others.
#[derive(Debug, Serialize)]
struct EventLine {
    id: EventId,
    slug: Slug,
    title: String,
    organization: Slug,
    category: String,
    /// When its first performance starts.
    starts_at: Timestamp,
    time_zone: String,
    state: EventState,
    test: bool,
    /// How often it was looked at.
    views: u64,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    Anyone(caller): Anyone,
    Asked(query): Asked<Query>,
    known: Known,
    uri: Uri,
) -> Answer<Response> {
    let staff_of = caller.organizations(Role::Gate);
    if staff_of.as_ref().is_some_and(Vec::is_empty) {
        let path = uri.path_and_query().map_or("", PathAndQuery::as_str);
        let load = async || page(&http, &query, Some(&[])).await?.shown(&uri);
        return Ok(http.shelf.list(path, load).await?.answer(&known));
    }
    // With somebody's drafts it is theirs alone.
    Ok(page(&http, &query, staff_of.as_deref()).await?.answer(&uri))
}

async fn page(
    http: &Http,
    query: &Query,
    staff_of: Option<&[OrganizationId]>,
) -> Result<Page<EventLine>, Refusal> {
    let wanted = Wanted::<EventPlace>::new(query.limit, query.cursor.as_deref())?;
    let search = EventSearch {
        keyword: query.keyword.as_deref(),
        state: query.state,
        staff_of,
        sort: query.sort,
    };
    let lists = find::lists(http)?;
    let listed = lists.events(&search, wanted.after, wanted.rows()).await?;
    let page = wanted.page(listed, |listed| listed.place(query.sort));
    Ok(page.showing(EventLine::from))
}

impl From<ListedEvent> for EventLine {
    fn from(listed: ListedEvent) -> Self {
        let ListedEvent {
            event,
            organization,
            starts_at,
            views,
        } = listed;
        Self {
            id: event.id,
            slug: event.slug,
            title: event.title,
            organization,
            category: event.category,
            starts_at,
            time_zone: event.time_zone,
            state: event.state,
            test: event.test,
            views,
        }
    }
}
