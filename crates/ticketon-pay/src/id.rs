//! Names of things that cross the wire, parsed once: whoever holds one need not check it again, and each
//! may stand in a URL path as it is (a payment key comes from the buyer's browser).

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits;

/// Why a value cannot be sent. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Not 6 to 64 of `[A-Za-z0-9_-]`.
    #[error("order id `{0}` is not 6 to 64 letters, digits, `_` or `-`")]
    OrderId(String),
    /// Not 1 to 200 of `[A-Za-z0-9_=-]`.
    #[error("payment key is not 1 to 200 letters, digits, `_`, `=` or `-`")]
    PaymentKey,
    /// Not 1 to 64 of `[A-Za-z0-9_-]`.
    #[error("refund id `{0}` is not 1 to 64 letters, digits, `_` or `-`")]
    RefundId(String),
    /// Nothing to charge or to give back.
    #[error("amount `{0}` is not above zero")]
    Amount(i64),
    /// Empty, or together with the refund's id over 200 characters.
    #[error("reason of a refund is empty, or over 200 characters with its id")]
    Reason,
}

/// The order id of one attempt at paying, from one's own books. Toss allows one payment for each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct OrderId(String);

impl OrderId {
    /// Parses 6 to 64 of `[A-Za-z0-9_-]`.
    pub fn new(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        let length = limits::ORDER_ID_MIN..=limits::ORDER_ID_MAX;
        if length.contains(&text.len()) && text.bytes().all(is_word) {
            Ok(Self(text))
        } else {
            Err(Invalid::OrderId(text))
        }
    }

    /// As it goes over the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Toss's name of a payment: made by its window, handed over by the buyer's browser.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct PaymentKey(String);

impl PaymentKey {
    /// Parses 1 to 200 of `[A-Za-z0-9_=-]`.
    pub fn new(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        let length = 1..=limits::PAYMENT_KEY_MAX;
        if length.contains(&text.len()) && text.bytes().all(|byte| is_word(byte) || byte == b'=') {
            Ok(Self(text))
        } else {
            Err(Invalid::PaymentKey)
        }
    }

    /// As it goes over the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What makes a repeated POST harmless. Made by [`Attempt`](crate::Attempt) and [`Refund`](crate::Refund)
/// from what the books hold, never at random for each try.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The caller keeps the parts short enough: see the limits of ids.
    pub(crate) fn from_parts(text: String) -> Self {
        debug_assert!(text.len() <= limits::IDEMPOTENCY_KEY_MAX, "{text}");
        Self(text)
    }

    /// As it goes over the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

impl TryFrom<String> for OrderId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl TryFrom<String> for PaymentKey {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl Borrow<str> for OrderId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for PaymentKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PaymentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_ids_are_six_to_sixty_four_safe_characters() {
        assert!(OrderId::new("T7K3Q9-1").is_ok());
        for bad in ["short", "with space", "umlaut-ä", "slash/slash", &"x".repeat(65)] {
            assert!(OrderId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_payment_key_cannot_leave_its_place_in_the_path() {
        assert!(PaymentKey::new("tviva20260301193000Ab_1=").is_ok());
        for bad in [
            "",
            "../orders/T7K3Q9-1",
            "a/cancel",
            "a?b",
            "a%2Fb",
            &"x".repeat(201),
        ] {
            assert!(PaymentKey::new(bad).is_err(), "{bad}");
        }
    }
}
