//! What the provider's ledger says, as a plain value: whoever knows the provider fills it in.

use std::collections::BTreeMap;

use crate::ids::OrderId;
use crate::money::Won;
use crate::time::Timestamp;

/// What the provider's ledger said at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderBooks {
    /// When reading it began: what the books know from later on it need not show.
    pub read_at: Timestamp,
    /// By the shop's order id.
    pub accounts: BTreeMap<OrderId, Account>,
}

/// One payment's money.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Each charge; there should be one.
    pub taken: Vec<Won>,
    /// Each time that money went back.
    pub given_back: Vec<Won>,
}

impl ProviderBooks {
    /// No money has moved yet.
    pub fn empty(read_at: Timestamp) -> Self {
        Self {
            read_at,
            accounts: BTreeMap::new(),
        }
    }

    /// Enters a charge.
    pub fn took(&mut self, order_id: OrderId, amount: Won) {
        self.accounts.entry(order_id).or_default().taken.push(amount);
    }

    /// Enters money that went back.
    pub fn gave_back(&mut self, order_id: OrderId, amount: Won) {
        self.accounts.entry(order_id).or_default().given_back.push(amount);
    }
}
