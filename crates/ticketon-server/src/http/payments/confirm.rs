//! `POST /payments/{order_id}/confirm`: the buyer has been to the provider's window; charge now. Answers 200 with the
//! outcome, or 202 with the address where it can be seen if the provider takes longer than the caller waits
//! (`Prefer: wait=N`, seconds). Asking again, or twice at once, charges once.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use ticketon_core::event::Event;
use ticketon_core::ids::OrderId;
use ticketon_core::payment::PaymentState;
use ticketon_core::purchase::Purchase;
use ticketon_core::{Refusal, Won};

use super::PaymentView;
use crate::http::caller::LoggedIn;
use crate::http::input::{Input, Named, header};
use crate::http::problem::Answer;
use crate::http::purchases::PurchaseView;
use crate::http::{Http, find};
use crate::limits;

/// What the provider's window gave the buyer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Confirmation {
    payment_key: String,
    /// What the buyer agreed to.
    amount: Won,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(order_id): Named<OrderId>,
    headers: HeaderMap,
    confirmation: Input<Confirmation>,
) -> Answer<Response> {
    let (caller, Confirmation { payment_key, amount }) = confirmation.by(caller);
    let wait = preferred_wait(&headers)?.unwrap_or(http.settings.confirm_wait);
    let payments = &http.shop.payments;
    let payment = payments
        .confirm(&caller, &order_id, &payment_key, amount, wait)
        .await?;
    let purchase = find::row::<Purchase>(&http, (payment.purchase,), "purchase").await?;
    let event = find::row::<Event>(&http, (purchase.event,), "event").await?;
    let is_known = !matches!(payment.state, PaymentState::Approving(_));
    let answer = Json(PaymentView::of(&http, payment, &purchase, &event));
    if is_known {
        return Ok(answer.into_response());
    }
    let address = [(LOCATION, PurchaseView::address(purchase.id))];
    Ok((StatusCode::ACCEPTED, address, answer).into_response())
}

/// `Prefer: wait=N` (RFC 7240), within bounds.
fn preferred_wait(headers: &HeaderMap) -> Result<Option<Duration>, Refusal> {
    let preferences = header(headers, "prefer")?.unwrap_or_default();
    let seconds = preferences
        .split(',')
        .find_map(|preference| preference.trim().strip_prefix("wait="));
    let Some(seconds) = seconds else {
        return Ok(None);
    };
    let seconds = seconds
        .parse()
        .map_err(|_| Refusal::field("prefer", "write `wait=N` with a whole number of seconds"))?;
    Ok(Some(Duration::from_secs(seconds).min(limits::CONFIRM_WAIT_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(prefer: &str) -> Result<Option<Duration>, Refusal> {
        let headers = [(
            axum::http::HeaderName::from_static("prefer"),
            prefer.parse().unwrap(),
        )];
        preferred_wait(&headers.into_iter().collect())
    }

    #[test]
    fn one_waits_as_long_as_one_likes_within_bounds() {
        assert_eq!(wait("respond-async, wait=3"), Ok(Some(Duration::from_secs(3))));
        assert_eq!(wait("wait=100000"), Ok(Some(limits::CONFIRM_WAIT_MAX)));
        assert_eq!(wait("respond-async"), Ok(None));
        assert!(wait("wait=soon").is_err());
    }
}
