//! One payment of the sandbox: its states, and the one place where they change.

use jiff::{SignedDuration, Timestamp};

use super::card::Card;
use super::record::Change;
use crate::id::{OrderId, PaymentKey};
use crate::limits;
use crate::won::Won;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Payment {
    pub(super) key: PaymentKey,
    pub(super) order_id: OrderId,
    pub(super) order_name: String,
    pub(super) amount: Won,
    pub(super) opened_at: Timestamp,
    pub(super) state: State,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    Ready,
    Authenticated {
        at: Timestamp,
        card: Card,
        has_stumbled: bool,
    },
    Charged(Charge),
    Aborted {
        code: String,
    },
}

/// Money that was taken, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Charge {
    pub(super) at: Timestamp,
    pub(super) card: Card,
    pub(super) transaction_key: String,
    pub(super) cancels: Vec<Cancel>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cancel {
    pub(super) at: Timestamp,
    pub(super) amount: Won,
    pub(super) is_whole: bool,
    pub(super) reason: String,
    pub(super) transaction_key: String,
}

impl Payment {
    /// The payment after a change, or nothing if the change cannot follow from it.
    pub(super) fn after(before: Option<Self>, at: Timestamp, change: &Change) -> Option<Self> {
        let Some(payment) = before else {
            return opened(at, change);
        };
        let state = match (payment.state, change) {
            (State::Ready | State::Authenticated { .. }, Change::Authenticated { card, .. }) => {
                State::Authenticated {
                    at,
                    card: *card,
                    has_stumbled: false,
                }
            }
            (State::Authenticated { at, card, .. }, Change::Stumbled { .. }) => State::Authenticated {
                at,
                card,
                has_stumbled: true,
            },
            (
                State::Authenticated { card, .. },
                Change::Charged {
                    amount,
                    transaction_key,
                    ..
                },
            ) if *amount == payment.amount => State::Charged(Charge {
                at,
                card,
                transaction_key: transaction_key.clone(),
                cancels: Vec::new(),
            }),
            (State::Authenticated { .. }, Change::Declined { code, .. }) => {
                State::Aborted { code: code.clone() }
            }
            (State::Charged(charge), Change::GivenBack { .. }) => {
                State::Charged(charge.given_back(payment.amount, at, change)?)
            }
            _ => return None,
        };
        Some(Self { state, ..payment })
    }

    /// What can still be given back. Nothing has been taken before a charge; the provider shows the amount
    /// then.
    pub(super) fn balance(&self) -> Won {
        match &self.state {
            State::Charged(charge) => self.amount - charge.given_back_so_far(),
            State::Ready | State::Authenticated { .. } | State::Aborted { .. } => self.amount,
        }
    }

    /// Whether its time ran out before it was decided.
    pub(super) fn has_expired(&self, now: Timestamp) -> bool {
        let (since, limit) = match &self.state {
            State::Ready => (self.opened_at, limits::WINDOW_OPEN),
            State::Authenticated { at, .. } => (*at, limits::AUTHENTICATED),
            State::Charged(_) | State::Aborted { .. } => return false,
        };
        now.duration_since(since) >= SignedDuration::try_from(limit).unwrap_or(SignedDuration::MAX)
    }
}

impl Charge {
    pub(super) fn given_back_so_far(&self) -> Won {
        self.cancels.iter().map(|cancel| cancel.amount).sum()
    }

    fn given_back(mut self, taken: Won, at: Timestamp, change: &Change) -> Option<Self> {
        let Change::GivenBack {
            amount,
            is_whole,
            reason,
            transaction_key,
            ..
        } = change
        else {
            return None;
        };
        let is_covered = *amount > Won::ZERO && self.given_back_so_far() + *amount <= taken;
        self.cancels.push(Cancel {
            at,
            amount: *amount,
            is_whole: *is_whole,
            reason: reason.clone(),
            transaction_key: transaction_key.clone(),
        });
        is_covered.then_some(self)
    }
}

fn opened(at: Timestamp, change: &Change) -> Option<Payment> {
    let Change::Opened {
        payment_key,
        order_id,
        order_name,
        amount,
    } = change
    else {
        return None;
    };
    Some(Payment {
        key: payment_key.clone(),
        order_id: order_id.clone(),
        order_name: order_name.clone(),
        amount: *amount,
        opened_at: at,
        state: State::Ready,
    })
}
