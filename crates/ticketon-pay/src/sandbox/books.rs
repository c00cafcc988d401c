//! The ledger read as books: what was taken for each order and what was given back. For whoever checks that
//! the money adds up, while the sandbox runs or after.

use std::collections::BTreeMap;

use super::record::{Change, Record};
use crate::id::{OrderId, PaymentKey};
use crate::won::Won;

/// Every order that money was taken for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    /// By the seller's order id.
    pub accounts: BTreeMap<OrderId, Account>,
}

/// One payment's money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The provider's name for the payment.
    pub payment_key: PaymentKey,
    /// Once for each charge: more than one is a broken promise of the provider.
    pub taken: Vec<Won>,
    /// Once for each cancel, with its reason.
    pub given_back: Vec<(Won, String)>,
}

impl Account {
    /// All that was taken.
    pub fn taken_total(&self) -> Won {
        self.taken.iter().copied().sum()
    }

    /// All that was given back.
    pub fn given_back_total(&self) -> Won {
        self.given_back.iter().map(|(amount, _)| *amount).sum()
    }
}

impl Books {
    /// All that was taken.
    pub fn taken_total(&self) -> Won {
        self.accounts.values().map(Account::taken_total).sum()
    }

    /// All that was given back.
    pub fn given_back_total(&self) -> Won {
        self.accounts.values().map(Account::given_back_total).sum()
    }

    /// Enters a record; those that move no money change nothing.
    pub fn enter(&mut self, record: Record) {
        match record.change {
            Some(Change::Charged {
                payment_key,
                order_id,
                amount,
                ..
            }) => {
                self.account(order_id, payment_key).taken.push(amount);
            }
            Some(Change::GivenBack {
                payment_key,
                order_id,
                amount,
                reason,
                ..
            }) => {
                self.account(order_id, payment_key)
                    .given_back
                    .push((amount, reason));
            }
            Some(
                Change::Opened { .. }
                | Change::Authenticated { .. }
                | Change::Stumbled { .. }
                | Change::Declined { .. },
            )
            | None => {}
        }
    }

    fn account(&mut self, order_id: OrderId, payment_key: PaymentKey) -> &mut Account {
        let empty = Account {
            payment_key,
            taken: Vec::new(),
            given_back: Vec::new(),
        };
        self.accounts.entry(order_id).or_insert(empty)
    }
}
