//! The promises by name, as reports and documents write them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the shop promises; each is a check by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// A seat of a performance has at most one live ticket, and seat rows, tickets and holds agree.
    NoSeatSoldTwice,
    /// What was taken is what lines and refunds say, and what the provider's ledger says.
    MoneyAddsUp,
    /// No attempt is *approving* past its horizon; no money was taken without tickets or refund.
    NoPaymentWithoutOutcome,
    /// No admission took the active above the capacity in force. The queue's own audit finds it.
    AdmittedWithinCapacity,
    /// People are admitted in the order of their receipts. The queue's own audit finds it.
    ServedInOrder,
    /// No seats stay unavailable past a deadline, its spread and one sweep.
    NoHoldOutlivesDeadline,
    /// Nobody has more seats than one may have, and the guard row counts right.
    LimitsKept,
    /// The log's positions are dense, and no reader is ahead of it.
    EveryFactPublishedInOrder,
    /// What is rebuilt from facts equals what the rows say.
    ReplayGivesSameState,
}

impl Promise {
    /// Every promise, in the order of reports.
    pub const ALL: &[Self] = &[
        Self::NoSeatSoldTwice,
        Self::MoneyAddsUp,
        Self::NoPaymentWithoutOutcome,
        Self::AdmittedWithinCapacity,
        Self::ServedInOrder,
        Self::NoHoldOutlivesDeadline,
        Self::LimitsKept,
        Self::EveryFactPublishedInOrder,
        Self::ReplayGivesSameState,
    ];

    /// Those that a store can show.
    pub const OF_THE_STORE: &[Self] = &[
        Self::NoSeatSoldTwice,
        Self::MoneyAddsUp,
        Self::NoPaymentWithoutOutcome,
        Self::NoHoldOutlivesDeadline,
        Self::LimitsKept,
        Self::EveryFactPublishedInOrder,
        Self::ReplayGivesSameState,
    ];

    /// As JSON writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoSeatSoldTwice => "no_seat_sold_twice",
            Self::MoneyAddsUp => "money_adds_up",
            Self::NoPaymentWithoutOutcome => "no_payment_without_outcome",
            Self::AdmittedWithinCapacity => "admitted_within_capacity",
            Self::ServedInOrder => "served_in_order",
            Self::NoHoldOutlivesDeadline => "no_hold_outlives_deadline",
            Self::LimitsKept => "limits_kept",
            Self::EveryFactPublishedInOrder => "every_fact_published_in_order",
            Self::ReplayGivesSameState => "replay_gives_same_state",
        }
    }

    /// What one of the things that it checks is called.
    pub fn unit(self) -> &'static str {
        match self {
            Self::NoSeatSoldTwice => "tickets",
            Self::MoneyAddsUp => "purchases",
            Self::NoPaymentWithoutOutcome => "payments",
            Self::AdmittedWithinCapacity => "admissions",
            Self::ServedInOrder => "entries",
            Self::NoHoldOutlivesDeadline => "holds",
            Self::LimitsKept => "people",
            Self::EveryFactPublishedInOrder => "facts",
            Self::ReplayGivesSameState => "rows",
        }
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_has_one_name_everywhere() {
        for promise in Promise::ALL {
            assert_eq!(serde_json::to_value(promise).unwrap(), promise.as_str());
        }
    }
}
