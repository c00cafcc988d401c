//! What happened, one line of the ledger each: enough to do it again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::answers::Kept;
use super::card::Card;
use crate::id::{OrderId, PaymentKey};
use crate::won::Won;

/// One decision: what it changed, and the answer to keep for its idempotency key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub(super) at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<Change>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<Kept>,
}

/// A record that does not follow from those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it does not follow from what went before")]
pub struct Misfit;

/// What becomes of one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Change {
    /// The window was opened.
    Opened {
        payment_key: PaymentKey,
        order_id: OrderId,
        order_name: String,
        amount: Won,
    },
    /// The buyer chose a card.
    Authenticated { payment_key: PaymentKey, card: Card },
    /// A confirm failed before anything was decided.
    Stumbled { payment_key: PaymentKey },
    /// Money was taken.
    Charged {
        payment_key: PaymentKey,
        order_id: OrderId,
        amount: Won,
        transaction_key: String,
    },
    /// The card was refused.
    Declined { payment_key: PaymentKey, code: String },
    /// Money was given back: all of it at once, or a part.
    GivenBack {
        payment_key: PaymentKey,
        order_id: OrderId,
        amount: Won,
        is_whole: bool,
        reason: String,
        transaction_key: String,
    },
}

impl Change {
    pub(super) fn payment_key(&self) -> &PaymentKey {
        match self {
            Self::Opened { payment_key, .. }
            | Self::Authenticated { payment_key, .. }
            | Self::Stumbled { payment_key }
            | Self::Charged { payment_key, .. }
            | Self::Declined { payment_key, .. }
            | Self::GivenBack { payment_key, .. } => payment_key,
        }
    }
}
