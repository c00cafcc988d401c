//! What was sold: of an event in all, and in each minute by grade. Projections, made of facts alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fact::{Fact, Stream, What};
use crate::ids::EventId;
use crate::money::Won;
use crate::plan::Grade;
use crate::time::Timestamp;

/// What was sold of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Which event.
    pub event: EventId,
    /// Purchases paid.
    pub paid: u64,
    /// Tickets issued and not given back.
    pub tickets: u64,
    /// What was taken.
    pub taken: Won,
    /// What goes or went back.
    pub refunded: Won,
    /// Attempts that the provider refused or never charged.
    pub declined: u64,
}

/// What was sold of an event within one minute, by grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minute {
    /// Of which event.
    pub event: EventId,
    /// When the minute began.
    pub minute: Timestamp,
    /// What happened in it.
    pub grades: BTreeMap<Grade, Sold>,
}

/// What was sold of a grade.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sold {
    /// Tickets issued.
    pub tickets: u64,
    /// What was paid for them.
    pub taken: Won,
    /// Tickets given back, whenever they were issued.
    pub returned: u64,
    /// What goes back for them.
    pub refunded: Won,
}

impl Figures {
    /// Nothing sold yet.
    pub fn none(event: EventId) -> Self {
        Self {
            event,
            paid: 0,
            tickets: 0,
            taken: Won::ZERO,
            refunded: Won::ZERO,
            declined: 0,
        }
    }

    /// The event whose figures a fact changes, if any.
    pub fn event_of(fact: &Fact) -> Option<EventId> {
        let Stream::Event(event) = fact.stream else {
            return None;
        };
        let counts = matches!(
            fact.what,
            What::PurchasePaid { .. }
                | What::PaidTwice { .. }
                | What::RefundRequested { .. }
                | What::PaymentFailed { .. }
        );
        counts.then_some(event)
    }

    /// Counts one more fact.
    pub fn count(&mut self, fact: &Fact) {
        match &fact.what {
            What::PurchasePaid { amount, tickets, .. } => {
                self.paid += 1;
                self.tickets += tickets.len() as u64;
                self.taken = self.taken + *amount;
            }
            What::PaidTwice { amount, .. } => {
                self.taken = self.taken + *amount;
                self.refunded = self.refunded + *amount;
            }
            What::RefundRequested { amount, tickets, .. } => {
                // A log with holes must still be countable, so that a verification can say so.
                self.tickets = self.tickets.saturating_sub(tickets.len() as u64);
                self.refunded = self.refunded + *amount;
            }
            What::PaymentFailed { .. } => self.declined += 1,
            _ => {}
        }
    }
}

impl Minute {
    /// A minute in which nothing happened yet.
    pub fn quiet(event: EventId, minute: Timestamp) -> Self {
        Self {
            event,
            minute,
            grades: BTreeMap::new(),
        }
    }

    /// The event and the minute whose row a fact changes, if any.
    pub fn of(fact: &Fact) -> Option<(EventId, Timestamp)> {
        let Stream::Event(event) = fact.stream else {
            return None;
        };
        let counts = matches!(
            fact.what,
            What::PurchasePaid { .. } | What::RefundRequested { .. }
        );
        counts.then(|| (event, fact.at.minute()))
    }

    /// Counts one more fact.
    pub fn count(&mut self, fact: &Fact) {
        match &fact.what {
            What::PurchasePaid { prices, .. } => {
                for (price, amount) in prices {
                    let sold = self.grades.entry(price.grade.clone()).or_default();
                    sold.tickets += 1;
                    sold.taken = sold.taken + *amount;
                }
            }
            What::RefundRequested { prices, .. } => {
                for (price, amount) in prices {
                    let sold = self.grades.entry(price.grade.clone()).or_default();
                    sold.returned += 1;
                    sold.refunded = sold.refunded + *amount;
                }
            }
            _ => {}
        }
    }
}
