//! `POST /purchases/{purchase}/refunds`: gives tickets back. They are void and their seats free from here on; the
//! money follows.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use ticketon_core::event::Currency;
use ticketon_core::ids::{OrderId, RefundId, TicketId};
use ticketon_core::payment::{Refund, RefundState};
use ticketon_core::{RefundRequest, Timestamp, Won, request_refund};

use crate::http::caller::LoggedIn;
use crate::http::input::{Input, Named};
use crate::http::problem::Answer;
use crate::http::{Http, find};

/// Which tickets go back, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Wish {
    /// None named means all that are still good.
    #[serde(default)]
    tickets: Vec<TicketId>,
    /// The quote that was agreed to; refused if it has changed.
    expected_amount: Option<Won>,
    reason: String,
}

/// A refund as its buyer sees it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct RefundView {
    id: RefundId,
    /// *requested*, *done*, *failed* (a person looks at it).
    state: &'static str,
    /// The payment that gives the money back.
    payment: OrderId,
    amount: Won,
    currency: Currency,
    reason: String,
    made_at: Timestamp,
    done_at: Option<Timestamp>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(name): Named<String>,
    wish: Input<Wish>,
) -> Answer<impl IntoResponse> {
    let (caller, wish) = wish.by(caller);
    let purchase = find::purchase(&http, &caller, &name).await?;
    let request = RefundRequest {
        tickets: wish.tickets,
        expected_amount: wish.expected_amount,
        reason: wish.reason,
    };
    let refund = request_refund(&http.shop.cx, &caller, purchase.id, request).await?;
    let currency = find::currency(&http, purchase.event).await?;
    Ok((StatusCode::CREATED, Json(RefundView::of(refund, currency))))
}

impl RefundView {
    /// A refund in the currency of its event.
    pub(in crate::http) fn of(refund: Refund, currency: Currency) -> Self {
        let (state, done_at) = match refund.state {
            RefundState::Requested { .. } => ("requested", None),
            RefundState::Done { at } => ("done", Some(at)),
            RefundState::Failed { .. } => ("failed", None),
        };
        Self {
            id: refund.id,
            state,
            payment: refund.payment,
            amount: refund.amount,
            currency,
            reason: refund.reason,
            made_at: refund.made_at,
            done_at,
        }
    }
}
