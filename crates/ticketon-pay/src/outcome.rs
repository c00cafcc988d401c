//! What became of a charge, a refund or a look-up. These are no `Result`s, so that `?` cannot turn "nobody
//! knows" into "failed".

use crate::code::Code;
use crate::payment::{Cancel, Payment, Status, VirtualAccount};
use crate::won::Won;

/// What became of an attempt at charging.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "an outcome that nobody reads is money that nobody books"]
pub enum Outcome {
    /// The money that was asked has been taken for the order that was asked.
    Paid(Box<Payment>),
    /// A virtual account waits for the buyer's transfer.
    AwaitingDeposit(Box<VirtualAccount>),
    /// Nothing was charged: the buyer's means of payment was refused.
    Declined(Declined),
    /// Nothing was charged, and this attempt never will be.
    NotCharged,
    /// A person must look.
    OurFault(OurFault),
    /// Charged or not: look up, or let [`settle`](crate::Toss::settle) do it.
    Unknown(Unknown),
}

/// A refusal of the buyer's means of payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// Why, for a program.
    pub code: Code,
    /// Why, for the buyer, in the language that the client asked for.
    pub message: String,
    /// Whether another card may pay the same purchase (with a new order id).
    pub may_retry: bool,
}

/// What a person must look at.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OurFault {
    /// The provider did not take the request: keys, rights or fields are wrong. Nothing was charged by it.
    #[error("the provider refused the request: {code} ({message})")]
    Refused {
        /// Why, for a program.
        code: Code,
        /// Why, for a person.
        message: String,
    },
    /// Money was taken, and it is not what was asked: another order, amount or currency.
    #[error(
        "money was taken, but not as asked: `{0}` for order `{1}`",
        payment.total_amount, payment.order_id
    )]
    Mismatch {
        /// What the provider says.
        payment: Box<Payment>,
    },
    /// The money was taken, and some or all of it has been given back since.
    #[error("the payment of order `{0}` was cancelled: `{1}` is left", payment.order_id, payment.balance_amount)]
    GivenBack {
        /// What the provider says.
        payment: Box<Payment>,
    },
}

/// Why nobody knows yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No connection came about: this call did nothing.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Sent, and no whole answer came.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// An answer that says nothing we understand.
    #[error("unreadable answer with status {status}: {reason}")]
    Unreadable {
        /// HTTP status.
        status: u16,
        /// What could not be read.
        reason: String,
    },
    /// An error that leaves open what happened.
    #[error("unclear answer: {code} ({message})")]
    Unclear {
        /// Which.
        code: Code,
        /// The provider's words.
        message: String,
    },
    /// The provider has not decided: the payment is in this state.
    #[error("undecided: the payment is {0}")]
    Undecided(Status),
}

/// What became of a refund.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "an outcome that nobody reads is money that nobody books"]
pub enum RefundOutcome {
    /// The money goes back to the buyer.
    Refunded(Box<Refunded>),
    /// Nothing was given back by this try; another one needs the next number.
    Refused {
        /// Why, for a program.
        code: Code,
        /// Why, for a person.
        message: String,
    },
    /// A person must look.
    OurFault(OurFault),
    /// Given back or not: send the same refund again, or let [`settle_refund`](crate::Toss::settle_refund)
    /// do it.
    Unknown(Unknown),
}

/// Money that went back.
#[derive(Debug, Clone, PartialEq)]
pub struct Refunded {
    /// This refund's cancel; none if the whole payment had been given back without it.
    pub cancel: Option<Cancel>,
    /// How the payment stands now.
    pub payment: Payment,
}

impl Refunded {
    /// What this refund gave back.
    pub fn amount(&self) -> Won {
        self.cancel
            .as_ref()
            .map_or(Won::ZERO, |cancel| cancel.cancel_amount)
    }
}

/// What a look-up found.
#[derive(Debug, Clone, PartialEq)]
pub enum LookedUp {
    /// This.
    Found(Box<Payment>),
    /// The provider knows no such payment.
    NotFound,
    /// Nothing: we asked wrongly or may not ask. Page a person.
    Refused {
        /// Why, for a program.
        code: Code,
        /// Why, for a person.
        message: String,
    },
    /// Nothing yet: ask again.
    Unknown(Unknown),
}
