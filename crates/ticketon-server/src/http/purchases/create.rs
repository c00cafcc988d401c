//! `POST /purchases`: makes a hold an order, with its first payment. Asked again while it is open, the same order is
//! the answer.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use serde::Deserialize;
use ticketon_core::event::Event;
use ticketon_core::hold::Hold;
use ticketon_core::ids::{Consent, HoldId};
use ticketon_core::purchase::PurchaseState;
use ticketon_core::{NewPurchase, Refusal, Settled, Won, settle_payment, start_purchase};

use super::PurchaseView;
use crate::http::caller::LoggedIn;
use crate::http::input::Input;
use crate::http::problem::Answer;
use crate::http::{Http, find};
use crate::limits;

/// Which hold becomes whose order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Order {
    hold: HoldId,
    /// What to call the buyer.
    buyer: Option<String>,
    /// What the buyer agrees to.
    #[serde(default)]
    consents: BTreeSet<Consent>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    order: Input<Order>,
) -> Answer<impl IntoResponse> {
    let (caller, order) = order.by(caller);
    let new = order.checked()?;
    let hold = find::row::<Hold>(&http, (new.hold,), "hold").await?;
    let event = find::row::<Event>(&http, (hold.event,), "event").await?;
    if let Err(refusal) = http.shop.payments.check_payable(event.test) {
        http.refuse_unless_answered(&caller, refusal).await?;
    }
    let cx = &http.shop.cx;
    let mut purchase = start_purchase(cx, &caller, new).await?;
    if purchase.amount() == Won::ZERO && purchase.state == PurchaseState::AwaitingPayment {
        purchase = settle_payment(cx, purchase.id, Settled::Free).await?;
    }
    let address = PurchaseView::address(purchase.id);
    let purchase = PurchaseView::load(&http, purchase).await?;
    Ok((StatusCode::CREATED, [(LOCATION, address)], Json(purchase)))
}

impl Order {
    fn checked(self) -> Result<NewPurchase, Refusal> {
        let length = self.buyer.as_ref().map_or(1, |name| name.chars().count());
        if (1..=limits::BUYER_CHARS_MAX).contains(&length) {
            return Ok(NewPurchase {
                hold: self.hold,
                buyer: self.buyer,
                consents: self.consents,
            });
        }
        Err(Refusal::field("buyer", "must have 1 to 100 characters"))
    }
}
