//! Replies to a confirm, and look-ups after it.

use super::Read;
use crate::attempt::Attempt;
use crate::call::Reply;
use crate::code::{Class, Code};
use crate::id::PaymentKey;
use crate::outcome::{Declined, LookedUp, OurFault, Outcome, Unknown};
use crate::payment::{Payment, Status};

/// What a look-up says about an attempt whose outcome was unknown.
#[derive(Debug, Clone, PartialEq)]
pub enum Judged {
    /// It is known now.
    Settled(Outcome),
    /// The provider has decided nothing: send this very confirm, with its key, once more.
    ConfirmAgain(PaymentKey),
    /// Still unknown: look up again.
    AskLater(Unknown),
}

impl Attempt {
    /// What a reply to this attempt's confirm means.
    pub fn judge_reply(&self, reply: &Reply) -> Outcome {
        match super::read(reply) {
            Read::Payment(payment) => match self.judge_payment(payment) {
                Judged::Settled(outcome) => outcome,
                Judged::ConfirmAgain(_) => Outcome::Unknown(Unknown::Undecided(Status::InProgress)),
                Judged::AskLater(unknown) => Outcome::Unknown(unknown),
            },
            Read::Refusal { code, message } => judge_refusal(code, message),
            Read::Unknown(unknown) => Outcome::Unknown(unknown),
        }
    }

    /// What a look-up of this attempt's order means, and what to do next.
    pub fn judge(&self, looked_up: LookedUp) -> Judged {
        match looked_up {
            LookedUp::Found(payment) => self.judge_payment(payment),
            LookedUp::NotFound => Judged::Settled(Outcome::NotCharged),
            LookedUp::Refused { code, message } => Judged::AskLater(Unknown::Unclear { code, message }),
            LookedUp::Unknown(unknown) => Judged::AskLater(unknown),
        }
    }

    fn judge_payment(&self, payment: Box<Payment>) -> Judged {
        match &payment.status {
            Status::Done => Judged::Settled(self.charged(payment)),
            Status::Canceled | Status::PartialCanceled => {
                Judged::Settled(Outcome::OurFault(OurFault::GivenBack { payment }))
            }
            Status::WaitingForDeposit => self.awaiting(payment),
            Status::Ready | Status::InProgress => Judged::ConfirmAgain(payment.payment_key),
            Status::Aborted | Status::Expired => Judged::Settled(Outcome::NotCharged),
            Status::Unknown(_) => Judged::AskLater(Unknown::Undecided(payment.status)),
        }
    }

    fn charged(&self, payment: Box<Payment>) -> Outcome {
        if !self.is_what_was_asked(&payment) {
            Outcome::OurFault(OurFault::Mismatch { payment })
        } else if payment.balance_amount != payment.total_amount {
            Outcome::OurFault(OurFault::GivenBack { payment })
        } else {
            Outcome::Paid(payment)
        }
    }

    fn awaiting(&self, payment: Box<Payment>) -> Judged {
        if !self.is_what_was_asked(&payment) {
            return Judged::Settled(Outcome::OurFault(OurFault::Mismatch { payment }));
        }
        match payment.virtual_account {
            Some(account) => Judged::Settled(Outcome::AwaitingDeposit(Box::new(account))),
            None => Judged::AskLater(Unknown::Undecided(Status::WaitingForDeposit)),
        }
    }

    fn is_what_was_asked(&self, payment: &Payment) -> bool {
        payment.order_id == *self.order_id()
            && payment.total_amount == self.amount()
            && payment.currency == "KRW"
    }
}

fn judge_refusal(code: Code, message: String) -> Outcome {
    match code.class() {
        Class::Declined => Outcome::Declined(Declined {
            code,
            message,
            may_retry: true,
        }),
        Class::DeclinedForGood => Outcome::Declined(Declined {
            code,
            message,
            may_retry: false,
        }),
        Class::SessionGone => Outcome::NotCharged,
        Class::OurFault => Outcome::OurFault(OurFault::Refused { code, message }),
        // Words about cancels do not answer a confirm.
        Class::Unclear | Class::AlreadyCancelled | Class::CancelRefused => {
            Outcome::Unknown(Unknown::Unclear { code, message })
        }
    }
}
