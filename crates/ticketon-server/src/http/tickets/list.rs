//! `GET /tickets`: one's own tickets, the newest first.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use ticketon_core::ids::TicketId;

use super::TicketView;
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
    let wanted = Wanted::<TicketId>::new(query.limit, query.cursor.as_deref())?;
    let lists = find::lists(&http)?;
    let tickets = lists.tickets(&person, wanted.after, wanted.rows()).await?;
    let page = wanted.page(tickets, |ticket| ticket.id);
    Ok(page.showing(TicketView::from).answer(&uri))
}
