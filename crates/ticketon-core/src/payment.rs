//! One attempt at paying a purchase.

use serde::{Deserialize, Serialize};

use crate::ids::{OrderId, PurchaseId, RefundId};
use crate::money::Won;
use crate::time::Timestamp;

/// One attempt at paying a purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Its name at the provider.
    pub order_id: OrderId,
    /// What it pays.
    pub purchase: PurchaseId,
    /// How much.
    pub amount: Won,
    /// When it was made.
    pub made_at: Timestamp,
    /// Where it stands.
    pub state: PaymentState,
}

/// Where a payment stands. Each state holds what is known in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// The buyer may go to the provider's window.
    Ready,
    /// The provider is being asked; what is needed to ask again is kept.
    Approving(Approving),
    /// Money was taken.
    Paid(PaidBy),
    /// The provider said no.
    Declined {
        /// The provider's code.
        code: String,
        /// The provider's words.
        message: String,
    },
    /// The provider never charged it.
    NotCharged,
    /// A newer attempt stands in its place.
    Replaced,
}

/// An attempt that the provider is being asked about. The key that makes asking again harmless follows from
/// its order id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approving {
    /// The provider's key of the payment.
    pub payment_key: String,
    /// Since when.
    pub since: Timestamp,
    /// When the worker looks it up, if nobody was told until then.
    pub look_up_at: Timestamp,
    /// How often it was looked up.
    pub look_ups: u32,
}

/// Money that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidBy {
    /// By the provider.
    Provider {
        /// The provider's key of the payment.
        payment_key: String,
        /// When the provider approved it.
        approved_at: Timestamp,
    },
    /// Over the counter.
    Cash {
        /// Where.
        till: String,
        /// When.
        paid_at: Timestamp,
    },
    /// Nothing was owed.
    Free,
}

/// Money back from one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The identifier; with `tries` the key that makes asking the provider again harmless.
    pub id: RefundId,
    /// The purchase.
    pub purchase: PurchaseId,
    /// The payment that gives the money back.
    pub payment: OrderId,
    /// The provider's key of that payment; `None` for cash.
    pub payment_key: Option<String>,
    /// How much.
    pub amount: Won,
    /// Why, in the words of who asked.
    pub reason: String,
    /// When it was asked for.
    pub made_at: Timestamp,
    /// Which try at the provider this is, from 1; raised only once the provider has refused, for it answers a try
    /// that it has seen as it did before.
    pub tries: u32,
    /// Where it stands.
    pub state: RefundState,
}

/// Where a refund stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// The provider is being asked.
    Requested {
        /// When it is asked (again).
        ask_at: Timestamp,
        /// How often it was asked.
        asked: u32,
    },
    /// The money went back.
    Done {
        /// When.
        at: Timestamp,
    },
    /// The provider refused: a person must look.
    Failed {
        /// The provider's code.
        code: String,
        /// The provider's words.
        message: String,
    },
}

impl Payment {
    /// The payment in another state.
    #[must_use]
    pub fn becoming(self, state: PaymentState) -> Self {
        Self { state, ..self }
    }

    /// What was taken through it.
    pub fn taken(&self) -> Won {
        match &self.state {
            PaymentState::Paid(_) => self.amount,
            PaymentState::Ready
            | PaymentState::Approving(_)
            | PaymentState::Declined { .. }
            | PaymentState::NotCharged
            | PaymentState::Replaced => Won::ZERO,
        }
    }

    /// When the worker looks it up.
    pub fn due_at(&self) -> Option<Timestamp> {
        match &self.state {
            PaymentState::Approving(approving) => Some(approving.look_up_at),
            PaymentState::Ready
            | PaymentState::Paid(_)
            | PaymentState::Declined { .. }
            | PaymentState::NotCharged
            | PaymentState::Replaced => None,
        }
    }
}

impl Refund {
    /// The refund in another state.
    #[must_use]
    pub fn becoming(self, state: RefundState) -> Self {
        Self { state, ..self }
    }

    /// When the provider is asked.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.state {
            RefundState::Requested { ask_at, .. } => Some(ask_at),
            RefundState::Done { .. } | RefundState::Failed { .. } => None,
        }
    }
}
