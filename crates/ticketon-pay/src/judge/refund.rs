//! Replies to a cancel, and look-ups after it.

use super::Read;
use crate::call::Reply;
use crate::code::{Class, Code};
use crate::outcome::{OurFault, RefundOutcome, Refunded, Unknown};
use crate::payment::{Payment, Status};
use crate::refund::Refund;
use crate::won::Won;

impl Refund {
    /// What a reply to this refund's cancel means. A code of [`Class::AlreadyCancelled`] is unknown until
    /// the payment has been looked up: see [`Refund::judge_already_cancelled`].
    pub fn judge_reply(&self, reply: &Reply) -> RefundOutcome {
        match super::read(reply) {
            Read::Payment(payment) => self.judge_cancelled(payment),
            Read::Refusal { code, message } => judge_refusal(code, message),
            Read::Unknown(unknown) => RefundOutcome::Unknown(unknown),
        }
    }

    /// Whether the payment shows that this refund has happened: by its own cancel, or, where all that is
    /// left should go back, by nothing being left.
    pub fn judge_payment(&self, payment: &Payment) -> Option<RefundOutcome> {
        let cancel = payment
            .cancels
            .iter()
            .find(|cancel| self.is_named_by(&cancel.cancel_reason));
        let is_cancelled = matches!(payment.status, Status::Canceled | Status::PartialCanceled);
        let is_spent = is_cancelled && payment.balance_amount == Won::ZERO;
        if cancel.is_none() && !(is_spent && self.amount().is_none()) {
            return None;
        }
        let refunded = Refunded {
            cancel: cancel.cloned(),
            payment: payment.clone(),
        };
        Some(RefundOutcome::Refunded(Box::new(refunded)))
    }

    /// What it means that the provider said "already cancelled" with this code, now that the payment has
    /// been looked up.
    pub fn judge_already_cancelled(&self, code: Code, message: String, payment: &Payment) -> RefundOutcome {
        self.judge_payment(payment)
            .unwrap_or(RefundOutcome::Refused { code, message })
    }

    /// A yes must name this refund and its amount: a key that was used for something else is replayed.
    fn judge_cancelled(&self, payment: Box<Payment>) -> RefundOutcome {
        let cancel = payment
            .cancels
            .iter()
            .rev()
            .find(|cancel| self.is_named_by(&cancel.cancel_reason));
        match cancel {
            Some(cancel) if self.amount().is_none_or(|asked| asked == cancel.cancel_amount) => {
                let refunded = Refunded {
                    cancel: Some(cancel.clone()),
                    payment: *payment,
                };
                RefundOutcome::Refunded(Box::new(refunded))
            }
            Some(_) | None => RefundOutcome::OurFault(OurFault::Mismatch { payment }),
        }
    }
}

fn judge_refusal(code: Code, message: String) -> RefundOutcome {
    match code.class() {
        Class::CancelRefused => RefundOutcome::Refused { code, message },
        // A payment of our books that the provider does not know is a fault too.
        Class::OurFault | Class::SessionGone => RefundOutcome::OurFault(OurFault::Refused { code, message }),
        // Words about charges do not answer a cancel.
        Class::Unclear | Class::AlreadyCancelled | Class::Declined | Class::DeclinedForGood => {
            RefundOutcome::Unknown(Unknown::Unclear { code, message })
        }
    }
}
