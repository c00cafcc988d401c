//! POST `/v1/payments/confirm`: the charge.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use super::Sandbox;
use super::card::{Card, Effect};
use super::payment::{Payment, State};
use super::record::Change;
use super::render::transaction_key;
use super::request::{Decided, Delivery, Request};
use crate::code::Code;
use crate::limits;
use crate::won::Won;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Confirm {
    payment_key: String,
    order_id: String,
    amount: Won,
}

impl Sandbox {
    /// The order of the checks, and the code for a foreign amount, are *assumed*.
    pub(super) fn confirm(&self, body: &[u8], now: Timestamp, entropy: u64) -> Decided {
        let Ok(asked) = serde_json::from_slice::<Confirm>(body) else {
            return Decided::Refused(Code::InvalidRequest);
        };
        let Some(payment) = self.payment(&asked.payment_key) else {
            return Decided::Refused(Code::NotFoundPayment);
        };
        if payment.order_id.as_str() != asked.order_id || payment.has_expired(now) {
            return Decided::Refused(Code::NotFoundPaymentSession);
        }
        match &payment.state {
            State::Ready => Decided::Refused(Code::NotFoundPaymentSession),
            State::Charged(_) | State::Aborted { .. } => Decided::Refused(Code::AlreadyProcessedPayment),
            State::Authenticated { .. } if payment.amount != asked.amount => {
                Decided::Refused(Code::ForbiddenRequest)
            }
            State::Authenticated {
                card, has_stumbled, ..
            } => charge(payment, *card, *has_stumbled, entropy),
        }
    }

    /// How much longer than usual a request will take: the slow card's confirm.
    pub(super) fn slowness(&self, request: &Request) -> Duration {
        let is_slow = request.path == "/v1/payments/confirm"
            && serde_json::from_slice::<Confirm>(&request.body).is_ok_and(|asked| {
                let payment = self.payment(&asked.payment_key);
                payment.is_some_and(|payment| {
                    matches!(payment.state, State::Authenticated { card: Card::Slow, .. })
                })
            });
        if is_slow {
            limits::SLOW_CARD
        } else {
            Duration::ZERO
        }
    }
}

fn charge(payment: &Payment, card: Card, has_stumbled: bool, entropy: u64) -> Decided {
    let charged = Change::Charged {
        payment_key: payment.key.clone(),
        order_id: payment.order_id.clone(),
        amount: payment.amount,
        transaction_key: transaction_key(entropy),
    };
    match card.effect() {
        Effect::Pays => Decided::Changed(charged, Delivery::Prompt),
        Effect::PaysUnheard => Decided::Changed(charged, Delivery::Cut),
        Effect::PaysTooLate => Decided::Changed(charged, Delivery::Late),
        Effect::Stumbles if has_stumbled => Decided::Changed(charged, Delivery::Prompt),
        Effect::Stumbles => Decided::RefusedFor(
            Change::Stumbled {
                payment_key: payment.key.clone(),
            },
            Code::FailedInternalSystemProcessing,
        ),
        Effect::Declines(code) => {
            let declined = Change::Declined {
                payment_key: payment.key.clone(),
                code: code.as_str().to_owned(),
            };
            Decided::RefusedFor(declined, code)
        }
    }
}
