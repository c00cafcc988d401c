//! One attempt at charging one order: what is saved before the provider is called, and rebuilt after a
//! crash. Its idempotency key follows from it alone, so that no repeat can charge a second time.

use serde::Serialize;

use crate::call::Call;
use crate::id::{IdempotencyKey, Invalid, OrderId, PaymentKey};
use crate::won::Won;

/// What shall be charged, from one's own books: never from the buyer's browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    order_id: OrderId,
    amount: Won,
    number: u32,
}

impl Attempt {
    /// The first try at this order. An amount of zero needs no provider and is refused.
    pub fn new(order_id: impl Into<String>, amount: Won) -> Result<Self, Invalid> {
        Self::numbered(OrderId::new(order_id)?, amount, 1)
    }

    /// Rebuilds the try with this number. Raise the number only once a look-up has shown that nothing was
    /// charged: the provider replays the answer of a number that it has seen.
    pub fn numbered(order_id: OrderId, amount: Won, number: u32) -> Result<Self, Invalid> {
        if amount > Won::ZERO {
            Ok(Self {
                order_id,
                amount,
                number,
            })
        } else {
            Err(Invalid::Amount(amount.0))
        }
    }

    /// The order that is paid.
    pub fn order_id(&self) -> &OrderId {
        &self.order_id
    }

    /// What is asked for it.
    pub fn amount(&self) -> Won {
        self.amount
    }

    /// Which try this is, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The key under which this try is confirmed, however often: `confirm:T7K3Q9-1:1`.
    pub fn idempotency_key(&self) -> IdempotencyKey {
        IdempotencyKey::from_parts(format!("confirm:{}:{}", self.order_id, self.number))
    }

    /// The call that confirms this try.
    pub fn confirm(&self, payment_key: &PaymentKey) -> Call {
        let body = ConfirmBody {
            payment_key,
            order_id: &self.order_id,
            amount: self.amount,
        };
        Call::post("/v1/payments/confirm".to_owned(), self.idempotency_key(), &body)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConfirmBody<'a> {
    payment_key: &'a PaymentKey,
    order_id: &'a OrderId,
    amount: Won,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_rebuilt_from_the_books_has_the_same_key() {
        let before = Attempt::new("T7K3Q9-1", Won(110_000)).unwrap();
        let after = Attempt::numbered(OrderId::new("T7K3Q9-1").unwrap(), Won(110_000), 1).unwrap();
        assert_eq!(before, after);
        assert_eq!(before.idempotency_key().as_str(), "confirm:T7K3Q9-1:1");
    }

    #[test]
    fn nothing_is_no_amount_to_charge() {
        assert_eq!(Attempt::new("T7K3Q9-1", Won::ZERO), Err(Invalid::Amount(0)));
    }
}
