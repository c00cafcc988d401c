//! `GET /tickets/{ticket}`: a ticket of one's own.

use axum::Json;
use axum::extract::State;
use ticketon_core::Refusal;
use ticketon_core::caller::Right;
use ticketon_core::ids::TicketId;
use ticketon_core::ticket::Ticket;

use super::TicketView;
use crate::http::caller::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(id): Named<TicketId>,
) -> Answer<Json<TicketView>> {
    let ticket = find::row::<Ticket>(&http, (id,), "ticket").await?;
    caller
        .may(Right::ActFor(&ticket.person))
        .map_err(|_| Refusal::not_found("ticket", &id))?;
    Ok(Json(ticket.into()))
}
