//! `GET /admin/audit`: what somebody may have to answer for, the newest first: what happened, to what, whose act it was, and
//! why. The log keeps ids; the names are those of today.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use ticketon_core::caller::Right;
use ticketon_core::event::Event;
use ticketon_core::fact::{Act, Position, Recorded, Stream, What};
use ticketon_core::ids::{Email, Slug, UserId};
use ticketon_core::organization::Organization;
use ticketon_core::row::RowId;
use ticketon_core::user::User;
use ticketon_core::{Caller, Refusal, Timestamp};

use super::caller::LoggedIn;
use super::input::Asked;
use super::page::Wanted;
use super::problem::Answer;
use super::{Http, find};
use crate::adapter::sql::{TrailPlace, TrailSearch};

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
    /// What that is called now: a slug, or a user's e-mail address.
    name: Option<String>,
    /// Whose act it was; none where the shop did it by itself, or nobody kept it.
    by: Option<String>,
    /// The e-mail address of that user.
    by_email: Option<Email>,
    /// Why, in their words.
    reason: Option<String>,
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
    let wanted = Wanted::<TrailPlace>::new(query.limit, query.cursor.as_deref())?;
    let search = TrailSearch {
        stream: query.stream(&http, &caller).await?,
        since: query.since,
    };
    let trail = find::lists(&http)?.trail(search, wanted.after, wanted.rows());
    let page = wanted.page(trail.await?, |recorded| TrailPlace::from(recorded));
    let names = Names::of(&http, page.items()).await?;
    Ok(page.showing(|recorded| names.entry(recorded)).answer(&uri))
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

/// What is named in a page, as it is called now.
#[derive(Default)]
struct Names {
    users: BTreeMap<UserId, Email>,
    others: BTreeMap<Stream, Slug>,
}

impl Names {
    /// In three reads, whatever the page.
    async fn of(http: &Http, page: &[Recorded]) -> Result<Self, Refusal> {
        let (mut users, mut events, mut organizations) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for recorded in page {
            users.extend(recorded.act.as_ref().and_then(user));
            match recorded.fact.stream {
                Stream::System => {}
                Stream::User(id) => users.extend([id]),
                Stream::Event(id) => events.extend([id]),
                Stream::Organization(id) => organizations.extend([id]),
            }
        }
        let mut names = Self::default();
        for user in find::rows::<User>(http, users.into_iter().map(RowId::User)).await? {
            names.users.insert(user.id, user.email);
        }
        for event in find::rows::<Event>(http, events.into_iter().map(RowId::Event)).await? {
            names.others.insert(Stream::Event(event.id), event.slug);
        }
        let organizations = organizations.into_iter().map(RowId::Organization);
        for organization in find::rows::<Organization>(http, organizations).await? {
            names
                .others
                .insert(Stream::Organization(organization.id), organization.slug);
        }
        Ok(names)
    }

    fn entry(&self, Recorded { position, fact, act }: Recorded) -> Entry {
        let name = match &fact.stream {
            Stream::User(id) => self.users.get(id).map(Email::to_string),
            other => self.others.get(other).map(Slug::to_string),
        };
        let by_email = act
            .as_ref()
            .and_then(user)
            .and_then(|id| self.users.get(&id).cloned());
        let (by, reason) = act.map_or((None, None), |act| (Some(act.by), act.reason));
        Entry {
            position,
            at: fact.at,
            stream: fact.stream,
            name,
            by,
            by_email,
            reason,
            what: fact.what,
        }
    }
}

/// The user whose act it was, if it was one's.
fn user(act: &Act) -> Option<UserId> {
    act.by.parse().ok()
}
