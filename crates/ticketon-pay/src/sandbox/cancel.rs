//! POST `/v1/payments/{paymentKey}/cancel`: money back, whole or in part.

use serde::Deserialize;

use super::Sandbox;
use super::card::Card;
use super::payment::{Charge, Payment, State};
use super::record::Change;
use super::render::transaction_key;
use super::request::{Decided, Delivery};
use crate::code::Code;
use crate::limits;
use crate::won::Won;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CancelAsked {
    cancel_reason: String,
    cancel_amount: Option<Won>,
    refundable_amount: Option<Won>,
    currency: Option<String>,
}

impl CancelAsked {
    fn is_well_formed(&self) -> bool {
        let reason_length = self.cancel_reason.chars().count();
        (1..=limits::CANCEL_REASON_MAX).contains(&reason_length)
            && self.cancel_amount.is_none_or(|amount| amount > Won::ZERO)
            && self.currency.as_deref().is_none_or(|currency| currency == "KRW")
    }
}

impl Sandbox {
    pub(super) fn cancel(&self, payment_key: &str, body: &[u8], entropy: u64) -> Decided {
        let Some(payment) = self.payment(payment_key) else {
            return Decided::Refused(Code::NotFoundPayment);
        };
        let State::Charged(charge) = &payment.state else {
            return Decided::Refused(Code::NotCancelablePayment);
        };
        match serde_json::from_slice::<CancelAsked>(body) {
            Ok(asked) if asked.is_well_formed() => give_back(payment, charge, asked, entropy),
            Ok(_) | Err(_) => Decided::Refused(Code::InvalidRequest),
        }
    }
}

fn give_back(payment: &Payment, charge: &Charge, asked: CancelAsked, entropy: u64) -> Decided {
    let balance = payment.balance();
    if charge.cancels.last().is_some_and(|cancel| cancel.is_whole) {
        return Decided::Refused(Code::AlreadyCanceledPayment);
    }
    if asked
        .refundable_amount
        .is_some_and(|expected| expected != balance)
    {
        return Decided::Refused(Code::NotMatchesRefundableAmount);
    }
    let amount = asked.cancel_amount.unwrap_or(balance);
    if amount == Won::ZERO || amount > balance {
        return Decided::Refused(Code::NotCancelableAmount);
    }
    let is_answer_lost = charge.card == Card::RefundAnswerLost && charge.cancels.is_empty();
    let given_back = Change::GivenBack {
        payment_key: payment.key.clone(),
        order_id: payment.order_id.clone(),
        amount,
        // Parts that add up to the total leave PARTIAL_CANCELED; what "everything left" leaves is assumed.
        is_whole: asked.cancel_amount.is_none() || amount == payment.amount,
        reason: asked.cancel_reason,
        transaction_key: transaction_key(entropy),
    };
    Decided::Changed(
        given_back,
        if is_answer_lost {
            Delivery::Cut
        } else {
            Delivery::Prompt
        },
    )
}
