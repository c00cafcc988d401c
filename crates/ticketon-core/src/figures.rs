//! What was sold of an event: a projection, rebuilt from facts alone.

use serde::{Deserialize, Serialize};

use crate::fact::{Fact, Stream, What};
use crate::ids::EventId;
use crate::money::Won;

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
