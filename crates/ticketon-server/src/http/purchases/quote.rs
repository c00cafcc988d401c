//! `GET /purchases/{purchase}/refund-quote?tickets=`: what giving tickets back would cost now. Without `tickets`, all
//! that are still good.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use ticketon_core::event::Currency;
use ticketon_core::ids::TicketId;
use ticketon_core::{Quote, QuoteLine, Refusal, Won, quote_refund};

use crate::http::caller::LoggedIn;
use crate::http::input::{Asked, Named};
use crate::http::problem::Answer;
use crate::http::{Http, find};

/// Which tickets, with commas between.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Wish {
    tickets: Option<String>,
}

/// What would go back.
#[derive(Debug, Serialize)]
pub(in crate::http) struct QuoteView {
    tickets: Vec<QuoteLine>,
    /// What stays as fee.
    fee: Won,
    /// What goes back: `expected_amount` of the refund.
    amount: Won,
    currency: Currency,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(name): Named<String>,
    Asked(wish): Asked<Wish>,
) -> Answer<Json<QuoteView>> {
    let tickets = wish.tickets()?;
    let purchase = find::purchase(&http, &caller, &name).await?;
    let Quote { tickets, fee, amount } = quote_refund(&http.shop.cx, &caller, purchase.id, &tickets).await?;
    Ok(Json(QuoteView {
        tickets,
        fee,
        amount,
        currency: find::currency(&http, purchase.event).await?,
    }))
}

impl Wish {
    fn tickets(&self) -> Result<Vec<TicketId>, Refusal> {
        let names = self.tickets.as_deref().unwrap_or_default().split(',');
        names
            .filter(|name| !name.is_empty())
            .map(|name| {
                name.parse::<TicketId>()
                    .map_err(|error| Refusal::field("tickets", error.to_string()))
            })
            .collect()
    }
}
