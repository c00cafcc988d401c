//! `POST /purchases/{purchase}/payments`: another attempt at paying, after a card that was declined. One that nobody
//! has confirmed is replaced.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use ticketon_core::event::Event;
use ticketon_core::next_payment;

use crate::http::caller::LoggedIn;
use crate::http::input::{Input, Named};
use crate::http::payments::PaymentView;
use crate::http::problem::Answer;
use crate::http::{Http, find};

/// How it shall be paid; there is one provider yet, and it asks for the card itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewPayment {
    #[serde(default, rename = "provider")]
    _provider: Provider,
    #[serde(default, rename = "method")]
    _method: PayMethod,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Provider {
    #[default]
    Toss,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PayMethod {
    #[default]
    Card,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(name): Named<String>,
    new: Input<NewPayment>,
) -> Answer<impl IntoResponse> {
    let (caller, NewPayment { .. }) = new.by(caller);
    let purchase = find::purchase(&http, &caller, &name).await?;
    if let Err(refusal) = http.shop.payments.check_payable(purchase.test) {
        http.refuse_unless_answered(&caller, refusal).await?;
    }
    let (purchase, payment) = next_payment(&http.shop.cx, &caller, purchase.id).await?;
    let event = find::row::<Event>(&http, (purchase.event,), "event").await?;
    let payment = PaymentView::of(&http, payment, &purchase, &event);
    Ok((StatusCode::CREATED, Json(payment)))
}
