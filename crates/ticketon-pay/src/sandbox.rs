//! A Toss Payments that moves no money, faithful enough to fool a foreign client of the real one.
//!
//! [`Sandbox`] is a pure state machine: time and entropy are arguments, and a simulation calls it directly.
//! [`router`] puts it behind HTTP; [`Ledger`] keeps what it did in a file, synced before anybody hears of
//! it, so that a sandbox that was killed goes on where it was and a checker can read what was taken.
//!
//! Promises: one key is charged or given back once, and its answer is replayed to the byte for 15 days; two
//! requests with one key never run at once; taken less given back is the balance; an order is paid once.
//! Left out: everything but cards, settlements, billing, webhooks. What the documents leave open is decided
//! here, beside the rule, with the word *assumed*.

mod answers;
mod auth;
mod books;
mod cancel;
mod card;
mod confirm;
mod http;
mod latency;
mod ledger;
mod payment;
mod record;
mod refusal;
mod render;
mod request;
mod window;

use std::collections::BTreeMap;

use crate::id::{OrderId, PaymentKey};
use crate::keys::Keys;
use answers::Answers;
use payment::Payment;
use record::Change;
use request::Decided;

pub use books::{Account, Books};
pub use card::Card;
pub use http::{Surroundings, router};
pub use jiff::Timestamp;
pub use latency::Latency;
pub use ledger::{Ledger, LedgerError, Position};
pub use record::{Misfit, Record};
pub use request::{Answer, Begun, Delivery, Finished, Request, Running};
pub use window::{Open, Opened};

/// The provider's whole state.
#[derive(Debug, Clone, PartialEq)]
pub struct Sandbox {
    keys: Keys,
    payments: BTreeMap<PaymentKey, Payment>,
    orders: BTreeMap<OrderId, PaymentKey>,
    answers: Answers,
}

impl Sandbox {
    /// With no payment yet, for the merchant of these keys.
    pub fn new(keys: &Keys) -> Self {
        Self {
            keys: keys.clone(),
            payments: BTreeMap::new(),
            orders: BTreeMap::new(),
            answers: Answers::default(),
        }
    }

    /// Takes a request in. One that must run is finished by [`Sandbox::finish`], after the time that the
    /// provider takes; until then its key answers 409.
    pub fn begin(&mut self, request: Request, now: Timestamp, entropy: u64) -> Begun {
        let admitted = auth::check(&self.keys.basic_auth(), request.authorization.as_deref())
            .and_then(|()| self.answers.begin(&request, now));
        match admitted {
            Err(code) => Begun::Answered(Answer::refused(&request, &code, entropy)),
            Ok(Some(kept)) => Begun::Answered(kept.replayed(entropy)),
            Ok(None) => {
                let slowness = self.slowness(&request);
                Begun::Running(Running {
                    request,
                    entropy,
                    slowness,
                })
            }
        }
    }

    /// Decides what was taken in. The record, if any, must be durable before the answer is given.
    pub fn finish(&mut self, running: Running, now: Timestamp) -> Finished {
        let Running { request, entropy, .. } = running;
        let (answer, change) = match self.decide(&request, now, entropy) {
            Decided::Refused(code) => (Answer::refused(&request, &code, entropy), None),
            Decided::RefusedFor(change, code) => (Answer::refused(&request, &code, entropy), Some(change)),
            Decided::Shown(payment) => (Answer::shown(&request, &payment, now, entropy), None),
            Decided::Changed(change, delivery) => {
                let answer = Answer::shown(&request, &self.decided(&change, now), now, entropy);
                (Answer { delivery, ..answer }, Some(change))
            }
        };
        let kept = self.answers.finish(&request, &answer);
        let record = (change.is_some() || kept.is_some()).then_some(Record {
            at: now,
            change,
            answer: kept,
        });
        if let Some(record) = &record {
            self.apply_decided(record);
        }
        Finished { answer, record }
    }

    /// Does again what a record says was done.
    pub fn apply(&mut self, record: &Record) -> Result<(), Misfit> {
        if let Some(change) = &record.change {
            let payment = self.after(change, record.at).ok_or(Misfit)?;
            self.orders.insert(payment.order_id.clone(), payment.key.clone());
            self.payments.insert(payment.key.clone(), payment);
        }
        if let Some(kept) = &record.answer {
            self.answers.keep(record.at, kept.clone());
        }
        Ok(())
    }

    /// The test code comes before everything: any payment key will do with it.
    fn decide(&self, request: &Request, now: Timestamp, entropy: u64) -> Decided {
        match &request.test_code {
            Some(code) => Decided::Refused(code.clone().into()),
            None => request::route(self, request, now, entropy),
        }
    }

    fn apply_decided(&mut self, record: &Record) {
        self.apply(record).expect("decided on this very state");
    }

    fn decided(&self, change: &Change, at: Timestamp) -> Payment {
        self.after(change, at).expect("decided on this very state")
    }

    fn after(&self, change: &Change, at: Timestamp) -> Option<Payment> {
        let before = self.payments.get(change.payment_key()).cloned();
        Payment::after(before, at, change)
    }

    fn payment(&self, key: &str) -> Option<&Payment> {
        self.payments.get(key)
    }

    fn payment_of(&self, order_id: &str) -> Option<&Payment> {
        self.payments.get(self.orders.get(order_id)?)
    }
}
