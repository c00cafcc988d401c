//! The payment window, as the buyer's side of the sandbox: opening it (`READY`) and choosing a card
//! (`IN_PROGRESS`). It charges nothing: that is the confirm.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Sandbox;
use super::card::Card;
use super::payment::{Payment, State};
use super::record::{Change, Record};
use super::render::payment_key;
use crate::code::Code;
use crate::id::{OrderId, PaymentKey};
use crate::limits;
use crate::won::Won;

/// What a window is opened with. The same order may be opened again while nothing is decided: the buyer
/// reloads the page, or comes back with another card.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Open {
    /// Of the seller.
    pub order_id: OrderId,
    /// To pay.
    pub amount: Won,
    /// Shown to the buyer.
    pub order_name: String,
    /// The card's number, once the buyer has typed it: see [`Card`].
    pub card: Option<String>,
}

/// An open window.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// For the seller's confirm.
    pub payment_key: PaymentKey,
    /// What must be durable before the buyer hears of it.
    pub records: Vec<Record>,
}

/// What the browser hears.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenedBody {
    pub(super) payment_key: PaymentKey,
}

impl Sandbox {
    /// Opens the window of an order, or finds it open, and takes the buyer's card.
    pub fn open(&mut self, open: Open, now: Timestamp, entropy: u64) -> Result<Opened, Code> {
        let card = open
            .card
            .clone()
            .map(Card::try_from)
            .transpose()
            .map_err(|_| Code::InvalidCardNumber)?;
        let mut changes = Vec::new();
        let payment_key = match self.payment_of(open.order_id.as_str()) {
            Some(payment) if is_open_for(payment, &open, now) => payment.key.clone(),
            Some(_) => return Err(Code::DuplicatedOrderId),
            None => {
                self.may_open(&open)?;
                let payment_key = payment_key(now, self.payments.len(), entropy);
                changes.push(Change::Opened {
                    payment_key: payment_key.clone(),
                    order_id: open.order_id,
                    order_name: open.order_name,
                    amount: open.amount,
                });
                payment_key
            }
        };
        changes.extend(card.map(|card| Change::Authenticated {
            payment_key: payment_key.clone(),
            card,
        }));
        let mut records = Vec::with_capacity(changes.len());
        for change in changes {
            let record = Record {
                at: now,
                change: Some(change),
                answer: None,
            };
            self.apply_decided(&record);
            records.push(record);
        }
        Ok(Opened { payment_key, records })
    }

    fn may_open(&self, open: &Open) -> Result<(), Code> {
        if self.payments.len() >= limits::SANDBOX_KEPT_MAX {
            return Err(Code::FailedInternalSystemProcessing);
        }
        if open.amount < Won(limits::CARD_AMOUNT_MIN) {
            return Err(Code::BelowMinimumAmount);
        }
        if !(1..=limits::ORDER_NAME_MAX).contains(&open.order_name.chars().count()) {
            return Err(Code::InvalidRequest);
        }
        Ok(())
    }
}

fn is_open_for(payment: &Payment, open: &Open, now: Timestamp) -> bool {
    let is_undecided = matches!(payment.state, State::Ready | State::Authenticated { .. });
    is_undecided && !payment.has_expired(now) && payment.amount == open.amount
}
