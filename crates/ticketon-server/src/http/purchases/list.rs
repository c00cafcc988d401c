//! `GET /purchases`: one's own purchases, the newest first.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use ticketon_core::event::Event;
use ticketon_core::ids::{EventId, PurchaseId};
use ticketon_core::row::RowId;

use super::PurchaseLine;
use crate::http::caller::LoggedIn;
use crate::http::input::Asked;
use crate::http::page::{Query, Wanted};
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { person, .. }: LoggedIn,
    Asked(query): Asked<Query>,
    uri: Uri,
) -> Answer<Response> {
    let wanted = Wanted::<PurchaseId>::new(query.limit, query.cursor.as_deref())?;
    let lists = find::lists(&http)?;
    let purchases = lists.purchases(&person, wanted.after, wanted.rows()).await?;
    let events: BTreeSet<EventId> = purchases.iter().map(|purchase| purchase.event).collect();
    let events = find::rows::<Event>(&http, events.into_iter().map(RowId::Event)).await?;
    let events: BTreeMap<EventId, Event> = events.into_iter().map(|event| (event.id, event)).collect();
    let page = wanted.page(purchases, |purchase| purchase.id);
    let page = page.showing(|purchase| {
        let currency = events.get(&purchase.event).map(|event| event.currency);
        PurchaseLine::of(purchase, currency)
    });
    Ok(page.answer(&uri))
}
