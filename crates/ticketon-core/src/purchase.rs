//! An order for the seats of one hold: what is owed, how it stands, who paid it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Code, Refusal};
use crate::event::PriceName;
use crate::ids::{
    Consent, EntryId, EventId, HoldId, OrderId, PerformanceId, Person, PurchaseCode, PurchaseId, RefundId,
    SaleId, TicketId,
};
use crate::money::Won;
use crate::plan::{SeatKey, SeatNumber};
use crate::policy::Policy;
use crate::time::Timestamp;

/// An order for the seats of one hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// The identifier.
    pub id: PurchaseId,
    /// Its short name.
    pub code: PurchaseCode,
    /// The hold whose seats it takes.
    pub hold: HoldId,
    /// The event.
    pub event: EventId,
    /// The performance.
    pub performance: PerformanceId,
    /// The sale.
    pub sale: SaleId,
    /// Who buys.
    pub person: Person,
    /// The admission it was made with.
    pub entry: Option<EntryId>,
    /// What to call the buyer; never part of a fact.
    pub buyer: Option<String>,
    /// What the buyer agreed to when it was made.
    pub consents: BTreeSet<Consent>,
    /// Where it stands.
    pub state: PurchaseState,
    /// What is owed: only ever added to.
    pub lines: Vec<Line>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it must be paid.
    pub pay_until: Timestamp,
    /// How many attempts at paying it there are; their order ids are `CODE-1` to `CODE-attempts`.
    pub attempts: u32,
    /// The attempt that paid it.
    pub paid_by: Option<OrderId>,
    /// The tickets it got.
    pub tickets: Vec<TicketId>,
    /// What was or shall be given back.
    pub refunds: Vec<RefundId>,
    /// The terms of the moment in which it was made.
    pub policy: Policy,
    /// Play money.
    pub test: bool,
}

/// Where a purchase stands: *`awaiting_payment` ⇄ approving → paid → refunded*, or *cancelled*, *expired*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// Nobody has paid yet.
    AwaitingPayment,
    /// The provider is being asked; never expires.
    Approving,
    /// Paid, with tickets.
    Paid,
    /// Ended by the buyer before paying.
    Cancelled,
    /// Ended by its deadline.
    Expired,
    /// All its tickets were given back.
    Refunded,
}

/// One line of what is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The seat it is about.
    pub seat: SeatKey,
    /// The seat's number.
    pub number: SeatNumber,
    /// The price's name.
    pub price: PriceName,
    /// Why it is owed.
    pub kind: LineKind,
    /// How much; negative where something is given back.
    pub amount: Won,
}

/// Why something is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// The seat's price.
    Seat,
    /// The price given back.
    Refund,
    /// The fee of giving it back.
    RefundFee,
}

impl PurchaseState {
    /// Whether it may still be paid, and keeps its hold's seats.
    pub fn is_open(self) -> bool {
        match self {
            Self::AwaitingPayment | Self::Approving => true,
            Self::Paid | Self::Cancelled | Self::Expired | Self::Refunded => false,
        }
    }
}

impl Purchase {
    /// What is owed.
    pub fn amount(&self) -> Won {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// The latest attempt's order id.
    pub fn order_id(&self) -> OrderId {
        self.code.order_id(self.attempts)
    }

    /// All attempts' order ids, oldest first.
    pub fn order_ids(&self) -> impl Iterator<Item = OrderId> {
        (1..=self.attempts).map(|attempt| self.code.order_id(attempt))
    }

    /// The numbers of the seats it was made for.
    pub fn numbers(&self) -> impl Iterator<Item = SeatNumber> {
        self.lines
            .iter()
            .filter(|line| line.kind == LineKind::Seat)
            .map(|line| line.number)
    }

    /// The refusal of what only an open purchase can do.
    pub(crate) fn ended(&self) -> Refusal {
        let how = match self.state {
            PurchaseState::AwaitingPayment | PurchaseState::Approving => "open",
            PurchaseState::Paid => "paid",
            PurchaseState::Cancelled => "cancelled",
            PurchaseState::Expired => "expired",
            PurchaseState::Refunded => "refunded",
        };
        let message = format!("purchase `{}` is {how}", self.code);
        Refusal::new(Code::PurchaseEnded, message)
    }

    /// Until when an attempt made in time may be confirmed.
    pub fn confirm_until(&self) -> Timestamp {
        self.pay_until + self.policy.confirm_grace()
    }

    /// When it expires by itself.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.state {
            PurchaseState::AwaitingPayment => Some(self.confirm_until()),
            PurchaseState::Approving
            | PurchaseState::Paid
            | PurchaseState::Cancelled
            | PurchaseState::Expired
            | PurchaseState::Refunded => None,
        }
    }
}
