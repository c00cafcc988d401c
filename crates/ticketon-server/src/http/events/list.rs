//! `GET /events`: what is on the shelf. Drafts are listed for their staff alone.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use ticketon_core::event::EventState;
use ticketon_core::ids::{EventId, OrganizationId, Slug};
use ticketon_core::organization::{Organization, Role};
use ticketon_core::row::RowId;
use ticketon_core::{Refusal, Timestamp};

use crate::adapter::sql::{EventPlace, EventSearch, EventSort, ListedEvent};
use crate::http::caller::Anyone;
use crate::http::input::Asked;
use crate::http::page::Wanted;
use crate::http::problem::Answer;
use crate::http::{Http, find};

/// Which events, in which order, which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Query {
    /// Part of the title or the slug.
    keyword: Option<String>,
    state: Option<EventState>,
    /// *start* (those that begin first) or *created* (those that were drafted last).
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
    organization: Option<Slug>,
    category: String,
    /// When its first performance starts.
    starts_at: Timestamp,
    time_zone: String,
    state: EventState,
    test: bool,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    Anyone(caller): Anyone,
    Asked(query): Asked<Query>,
    uri: Uri,
) -> Answer<Response> {
    let wanted = Wanted::<EventPlace>::new(query.limit, query.cursor.as_deref())?;
    let staff_of = caller.organizations(Role::Gate);
    let search = EventSearch {
        keyword: query.keyword.as_deref(),
        state: query.state,
        staff_of: staff_of.as_deref(),
        sort: query.sort,
    };
    let listed = find::lists(&http)?
        .events(&search, wanted.after, wanted.rows())
        .await?;
    let organizations = organizations(&http, &listed).await?;
    let page = wanted.page(listed, ListedEvent::place);
    Ok(page
        .showing(|listed| EventLine::of(listed, &organizations))
        .answer(&uri))
}

/// The sellers of a page: one read for all of them.
async fn organizations(
    http: &Http,
    listed: &[ListedEvent],
) -> Result<BTreeMap<OrganizationId, Slug>, Refusal> {
    let mut ids: Vec<OrganizationId> = listed.iter().map(|listed| listed.event.organization).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = find::rows::<Organization>(http, ids.into_iter().map(RowId::Organization)).await?;
    Ok(rows
        .into_iter()
        .map(|organization| (organization.id, organization.slug))
        .collect())
}

impl EventLine {
    fn of(listed: ListedEvent, organizations: &BTreeMap<OrganizationId, Slug>) -> Self {
        let ListedEvent { event, starts_at } = listed;
        Self {
            id: event.id,
            slug: event.slug,
            title: event.title,
            organization: organizations.get(&event.organization).cloned(),
            category: event.category,
            starts_at,
            time_zone: event.time_zone,
            state: event.state,
            test: event.test,
        }
    }
}
