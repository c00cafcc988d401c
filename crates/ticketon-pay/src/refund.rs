//! One refund of one payment: what is saved before the provider is called. The refund's own id makes its
//! idempotency key and is written into the cancel's reason, so that a look-up can tell whether this very
//! refund happened even after the provider has forgotten the key.

use serde::Serialize;

use crate::call::Call;
use crate::id::{IdempotencyKey, Invalid, PaymentKey, is_word};
use crate::limits;
use crate::won::Won;

/// Money to give back, from one's own books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    payment_key: PaymentKey,
    id: String,
    number: u32,
    amount: Option<Won>,
    refundable: Option<Won>,
    reason: String,
}

impl Refund {
    /// Gives back everything that is left.
    pub fn whole(payment_key: PaymentKey, id: impl Into<String>, reason: &str) -> Result<Self, Invalid> {
        let id = id.into();
        if id.is_empty() || id.len() > limits::REFUND_ID_MAX || !id.bytes().all(is_word) {
            return Err(Invalid::RefundId(id));
        }
        let marked = format!("{reason} {}", mark(&id));
        if reason.is_empty() || marked.chars().count() > limits::CANCEL_REASON_MAX {
            return Err(Invalid::Reason);
        }
        Ok(Self {
            payment_key,
            id,
            number: 1,
            amount: None,
            refundable: None,
            reason: marked,
        })
    }

    /// Gives back a part.
    pub fn part(
        payment_key: PaymentKey,
        amount: Won,
        id: impl Into<String>,
        reason: &str,
    ) -> Result<Self, Invalid> {
        if amount <= Won::ZERO {
            return Err(Invalid::Amount(amount.0));
        }
        Ok(Self {
            amount: Some(amount),
            ..Self::whole(payment_key, id, reason)?
        })
    }

    /// Only if exactly this much can still be given back: refused when somebody else refunded meanwhile.
    #[must_use]
    pub fn while_refundable(self, balance: Won) -> Self {
        Self {
            refundable: Some(balance),
            ..self
        }
    }

    /// The try with this number, from 1. Raise it only after [`Refused`](crate::RefundOutcome::Refused):
    /// the provider replays the answer of a number that it has seen.
    #[must_use]
    pub fn numbered(self, number: u32) -> Self {
        Self { number, ..self }
    }

    /// The payment that was charged.
    pub fn payment_key(&self) -> &PaymentKey {
        &self.payment_key
    }

    /// What is given back; none = everything that is left.
    pub fn amount(&self) -> Option<Won> {
        self.amount
    }

    /// The key under which this try is sent, however often: `cancel:{payment key}:{id}:1`.
    pub fn idempotency_key(&self) -> IdempotencyKey {
        IdempotencyKey::from_parts(format!("cancel:{}:{}:{}", self.payment_key, self.id, self.number))
    }

    /// The call that gives the money back.
    pub fn cancel(&self) -> Call {
        let body = CancelBody {
            cancel_reason: &self.reason,
            cancel_amount: self.amount,
            refundable_amount: self.refundable,
        };
        Call::post(
            format!("/v1/payments/{}/cancel", self.payment_key),
            self.idempotency_key(),
            &body,
        )
    }

    /// Whether a cancel with this reason is this refund.
    pub(crate) fn is_named_by(&self, reason: &str) -> bool {
        reason.ends_with(&mark(&self.id))
    }
}

fn mark(id: &str) -> String {
    format!("({id})")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancelBody<'a> {
    cancel_reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_amount: Option<Won>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refundable_amount: Option<Won>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PaymentKey {
        PaymentKey::new("tsand_1").unwrap()
    }

    #[test]
    fn a_refund_rebuilt_from_the_books_has_the_same_key() {
        let refund = Refund::part(key(), Won(30_000), "R1", "a friend is ill").unwrap();
        assert_eq!(refund.idempotency_key().as_str(), "cancel:tsand_1:R1:1");
        assert_eq!(
            refund.clone().numbered(2).idempotency_key().as_str(),
            "cancel:tsand_1:R1:2"
        );
        assert_eq!(
            String::from_utf8(refund.cancel().body).unwrap(),
            r#"{"cancelReason":"a friend is ill (R1)","cancelAmount":30000}"#
        );
    }

    #[test]
    fn the_longest_parts_still_make_a_key() {
        let longest = PaymentKey::new("k".repeat(200)).unwrap();
        let refund = Refund::whole(longest, "i".repeat(64), "ill")
            .unwrap()
            .numbered(u32::MAX);
        assert!(refund.idempotency_key().as_str().len() <= limits::IDEMPOTENCY_KEY_MAX);
    }

    #[test]
    fn a_refund_is_told_from_one_whose_id_ends_alike() {
        let refund = Refund::whole(key(), "R1", "ill").unwrap();
        assert!(refund.is_named_by("ill (R1)"));
        assert!(!refund.is_named_by("ill (XR1)"));
        assert!(!refund.is_named_by("R1"));
    }

    #[test]
    fn what_cannot_be_sent_is_refused_before() {
        assert_eq!(Refund::part(key(), Won(0), "R1", "ill"), Err(Invalid::Amount(0)));
        assert_eq!(
            Refund::whole(key(), "R 1", "ill"),
            Err(Invalid::RefundId("R 1".to_owned()))
        );
        assert_eq!(Refund::whole(key(), "R1", ""), Err(Invalid::Reason));
        assert_eq!(Refund::whole(key(), "R1", &"x".repeat(200)), Err(Invalid::Reason));
    }
}
