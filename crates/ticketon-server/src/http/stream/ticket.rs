//! `POST /stream/tickets`: a ticket that opens one stream, once and soon. Browsers cannot send a header with a stream,
//! and a token must not stand in an address.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use ticketon_core::{Caller, Code, Refusal, Timestamp};

use crate::http::Http;
use crate::http::caller::LoggedIn;
use crate::http::problem::Answer;
use crate::limits;

/// The tickets that nobody has used yet.
#[derive(Debug, Default)]
pub(in crate::http) struct StreamTickets(Mutex<BTreeMap<String, (Caller, Timestamp)>>);

#[derive(Debug, Serialize)]
struct TicketView {
    /// `ticket` of `GET /stream`.
    ticket: String,
    /// Seconds.
    expires_in: u64,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
) -> Answer<impl IntoResponse> {
    let mut random = [0; 16];
    http.shop.cx.entropy.fill(&mut random);
    let ticket = URL_SAFE_NO_PAD.encode(random);
    http.stream_tickets
        .keep(ticket.clone(), caller, http.shop.cx.now())?;
    let view = TicketView {
        ticket,
        expires_in: limits::STREAM_TICKET_LASTS.as_secs(),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

impl StreamTickets {
    /// Whose ticket it is; it opens nothing a second time.
    pub(super) fn take(&self, ticket: &str, now: Timestamp) -> Result<Caller, Refusal> {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match tickets.remove(ticket) {
            Some((caller, until)) if now < until => Ok(caller),
            _ => Err(Refusal::new(
                Code::LoginRequired,
                "this ticket was used or has ended: get another",
            )),
        }
    }

    fn keep(&self, ticket: String, caller: Caller, now: Timestamp) -> Result<(), Refusal> {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tickets.len() >= limits::STREAM_TICKETS_MAX {
            tickets.retain(|_, (_, until)| now < *until);
        }
        if tickets.len() >= limits::STREAM_TICKETS_MAX {
            return Err(Refusal::new(
                Code::Unavailable,
                "many people are coming: try again in a moment",
            ));
        }
        tickets.insert(ticket, (caller, now + limits::STREAM_TICKET_LASTS));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_796_122_800_000);

    #[test]
    fn a_ticket_opens_one_stream_and_soon() {
        let tickets = StreamTickets::default();
        for name in ["t1", "t2"] {
            tickets.keep(name.to_owned(), Caller::user("ana"), NOON).unwrap();
        }
        assert_eq!(tickets.take("t1", NOON), Ok(Caller::user("ana")));
        assert!(tickets.take("t1", NOON).is_err());
        assert!(tickets.take("t2", NOON + limits::STREAM_TICKET_LASTS).is_err());
    }
}
