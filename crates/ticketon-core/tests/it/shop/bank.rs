//! A bank that does what it is told, and keeps a ledger.

use std::collections::BTreeMap;
use std::sync::Mutex;

use ticketon_core::Timestamp;
use ticketon_core::Won;
use ticketon_core::ids::OrderId;
use ticketon_core::verify::ProviderBooks;

#[derive(Default)]
pub(crate) struct Bank(Mutex<BTreeMap<OrderId, ticketon_core::verify::Account>>);

impl Bank {
    pub(crate) fn take(&self, order_id: &OrderId, amount: Won) {
        let mut accounts = self.0.lock().unwrap();
        accounts.entry(order_id.clone()).or_default().taken.push(amount);
    }

    pub(crate) fn give_back(&self, order_id: &OrderId, amount: Won) {
        let mut accounts = self.0.lock().unwrap();
        accounts
            .entry(order_id.clone())
            .or_default()
            .given_back
            .push(amount);
    }

    /// What it took, less what it gave back.
    pub(crate) fn kept(&self) -> Won {
        let accounts = self.0.lock().unwrap();
        let each = accounts.values().map(|account| {
            let taken: Won = account.taken.iter().copied().sum();
            let back: Won = account.given_back.iter().copied().sum();
            taken - back
        });
        each.sum()
    }

    pub(crate) fn books(&self, read_at: Timestamp) -> ProviderBooks {
        ProviderBooks {
            read_at,
            accounts: self.0.lock().unwrap().clone(),
        }
    }
}
