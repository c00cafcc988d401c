//! `GET /admin/audit`: what somebody may have to answer for, the newest first. A fact says what happened and to what, not
//! by whom.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use ticketon_core::caller::Right;
use ticketon_core::fact::{Position, Recorded, Stream, What};
use ticketon_core::{Caller, Refusal, Timestamp};

use super::caller::LoggedIn;
use super::input::Asked;
use super::page::Wanted;
use super::problem::Answer;
use super::{Http, find};
use crate::adapter::sql::TrailSearch;

/// Whose facts, since when, which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    event: Option<String>,
    organization: Option<String>,
    user: Option<String>,
    since: Option<Timestamp>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// A fact of the trail.
#[derive(Debug, Serialize)]
struct Entry {
    position: Position,
    at: Timestamp,
    /// Whose order of facts it belongs to.
    stream: Stream,
    #[serde(flatten)]
    what: What,
}

pub(super) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Asked(query): Asked<Query>,
    uri: Uri,
) -> Answer<Response> {
    caller.may(Right::Administer)?;
    let wanted = Wanted::<Position>::new(query.limit, query.cursor.as_deref())?;
    let search = TrailSearch {
        stream: query.stream(&http, &caller).await?,
        since: query.since,
    };
    // Behind the last position that a store can count to it is all one.
    let after = wanted
        .after
        .map(|after| after.min(Position(i64::MAX.unsigned_abs())));
    let trail = find::lists(&http)?.trail(search, after, wanted.rows());
    let page = wanted.page(trail.await?, |recorded| recorded.position);
    Ok(page.showing(Entry::from).answer(&uri))
}

impl Query {
    async fn stream(&self, http: &Http, caller: &Caller) -> Result<Option<Stream>, Refusal> {
        match (&self.event, &self.organization, &self.user) {
            (None, None, None) => Ok(None),
            (Some(event), None, None) => {
                let event = find::event(http, caller, event).await?;
                Ok(Some(Stream::Event(event.id)))
            }
            (None, Some(organization), None) => {
                let organization = find::organization(http, organization).await?;
                Ok(Some(Stream::Organization(organization)))
            }
            (None, None, Some(user)) => Ok(Some(Stream::User(find::user(http, user).await?))),
            _ => Err(Refusal::field(
                "event",
                "name an event, an organization or a user, one of them",
            )),
        }
    }
}

impl From<Recorded> for Entry {
    fn from(Recorded { position, fact }: Recorded) -> Self {
        Self {
            position,
            at: fact.at,
            stream: fact.stream,
            what: fact.what,
        }
    }
}
