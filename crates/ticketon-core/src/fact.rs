//! Something that happened, recorded with the change that made it happen.
//!
//! A fact carries ids and amounts, never a name, an e-mail address or a phone number. Whoever rebuilds
//! something from facts (the availability map, the sales figures) must be able to do so from these alone.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::event::PriceName;
use crate::ids::{
    EntryId, EventId, HoldId, JobName, JobRunId, OrderId, OrganizationId, PerformanceId, Person, PurchaseId,
    RefundId, SaleId, TicketId, UserId,
};
use crate::job::RunEnd;
use crate::money::Won;
use crate::organization::Role;
use crate::plan::{PlanId, SeatNumber};
use crate::store::Version;
use crate::time::Timestamp;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Whose order of facts it belongs to.
    pub stream: Stream,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
}

/// A fact in the log, at its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its place: dense, from 1; a gap is corruption.
    pub position: Position,
    /// The fact.
    pub fact: Fact,
    /// Whose act it was. Left out where nobody's is known, so that what was hashed before it was kept hashes the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
}

/// Whose act a fact is, where it is somebody's: facts of before this was kept, and what the shop did by itself, have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Who: a person's id, or `system:` and which part of the shop; never a name or an address.
    pub by: String,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A place in the log; 0 is before the first fact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub u64);

/// Facts of one stream keep their order everywhere: all facts of a sale go to its event, those of a person to
/// the user, all else to its organization, or to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Of the shop itself.
    System,
    /// Of an organization.
    Organization(OrganizationId),
    /// Of a user.
    User(UserId),
    /// Of an event.
    Event(EventId),
}

/// A seat as a decision left it: its number and the version of its row, so that whoever applies facts twice,
/// or late, is not misled.
pub type SeatMark = (SeatNumber, Version);

/// A price's name, and how much money that is of one ticket.
pub type Priced = (PriceName, Won);

/// An admission that was used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Whose.
    pub person: Person,
    /// By which entry of the sale's queue.
    pub entry: EntryId,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// An organization was made.
    OrganizationCreated {
        /// Which.
        organization: OrganizationId,
    },
    /// A user became a member of the stream's organization, in another role, or is none any more.
    MemberNamed {
        /// Who.
        user: UserId,
        /// As what; nothing takes the role away.
        role: Option<Role>,
    },
    /// A user registered or was made by staff.
    UserCreated {
        /// Who.
        user: UserId,
    },
    /// A user changed what is known of them.
    UserChanged {
        /// Who.
        user: UserId,
    },
    /// A user logged in.
    SessionStarted {
        /// Who.
        user: UserId,
    },
    /// A user's refresh token was used.
    SessionRefreshed {
        /// Who.
        user: UserId,
    },
    /// A login ended.
    SessionEnded {
        /// Who.
        user: UserId,
        /// An old refresh token was shown again: somebody may have stolen it.
        token_reused: bool,
    },
    /// A signing key was made.
    KeyCreated {
        /// Which.
        key: crate::ids::KeyId,
    },
    /// Somebody asked for a run of a job.
    JobRunRequested {
        /// Of which.
        job: JobName,
        /// Which.
        run: JobRunId,
    },
    /// A process began the run of a job that somebody had asked for.
    JobRunStarted {
        /// Of which.
        job: JobName,
        /// Which.
        run: JobRunId,
    },
    /// A run of a job is over that somebody had asked for, or that is not *done*. The others stand in the history alone.
    JobRunEnded {
        /// Of which.
        job: JobName,
        /// Which.
        run: JobRunId,
        /// How.
        end: RunEnd,
        /// How many of its steps failed.
        failed: u64,
    },
    /// An event was drafted, with its performances and sales.
    EventCreated {
        /// Which.
        event: EventId,
    },
    /// An event went on the shelf.
    EventPublished {
        /// Which.
        event: EventId,
    },
    /// What an event's file says of it was changed.
    EventChanged {
        /// Which.
        event: EventId,
        /// Under which keys of its file: `title`, `sale`.
        fields: Vec<String>,
    },
    /// A draft was taken away; its slug is free.
    EventDeleted {
        /// Which.
        event: EventId,
    },
    /// Events were looked at, as counted since the last time: one fact of them all, since the log is kept for ever and
    /// people look all the time.
    EventsViewed {
        /// How often each since.
        views: BTreeMap<EventId, u64>,
    },
    /// A seat plan was stored.
    PlanStored {
        /// Which.
        plan: PlanId,
    },
    /// Seats came into being, all free.
    SeatsSeeded {
        /// Of which performance.
        performance: PerformanceId,
        /// The first number.
        first: SeatNumber,
        /// How many.
        count: u32,
    },
    /// Seats were kept for a person.
    SeatsHeld {
        /// By which hold.
        hold: HoldId,
        /// Of which performance.
        performance: PerformanceId,
        /// In which sale.
        sale: SaleId,
        /// For whom.
        person: Person,
        /// Which.
        seats: Vec<SeatMark>,
    },
    /// A hold ended and its seats are free.
    HoldEnded {
        /// Which.
        hold: HoldId,
        /// Of which performance.
        performance: PerformanceId,
        /// In which sale.
        sale: SaleId,
        /// It ran out; otherwise it was let go.
        expired: bool,
        /// The admission that ends with it, when it ran out.
        spent: Option<Spent>,
        /// Which seats.
        seats: Vec<SeatMark>,
    },
    /// An order was made of a hold, with its first payment.
    PurchaseStarted {
        /// Which.
        purchase: PurchaseId,
        /// Of which hold.
        hold: HoldId,
        /// What is owed.
        amount: Won,
    },
    /// A new attempt at paying.
    PaymentStarted {
        /// Of what.
        purchase: PurchaseId,
        /// Which.
        order_id: OrderId,
    },
    /// The provider is being asked.
    PaymentApproving {
        /// Of what.
        purchase: PurchaseId,
        /// Which.
        order_id: OrderId,
    },
    /// The provider said no, or never charged.
    PaymentFailed {
        /// Of what.
        purchase: PurchaseId,
        /// Which.
        order_id: OrderId,
        /// The provider's code.
        code: String,
    },
    /// Paid: tickets were issued and the seats are sold.
    PurchasePaid {
        /// Which.
        purchase: PurchaseId,
        /// In which sale.
        sale: SaleId,
        /// Of which performance.
        performance: PerformanceId,
        /// Through which payment.
        order_id: OrderId,
        /// How much.
        amount: Won,
        /// The admission that ends with it.
        spent: Option<Spent>,
        /// The tickets, by seat.
        tickets: Vec<TicketId>,
        /// At which price each, in no order of theirs.
        #[serde(default)]
        prices: Vec<Priced>,
        /// The seats.
        seats: Vec<SeatMark>,
    },
    /// Money came for a purchase that could take none.
    PaidTwice {
        /// Which.
        purchase: PurchaseId,
        /// Through which payment.
        order_id: OrderId,
        /// How much.
        amount: Won,
        /// The refund that gives it back.
        refund: RefundId,
    },
    /// An order ended unpaid.
    PurchaseEnded {
        /// Which.
        purchase: PurchaseId,
        /// In which sale.
        sale: SaleId,
        /// Of which performance.
        performance: PerformanceId,
        /// Its deadline passed; otherwise the buyer cancelled.
        expired: bool,
        /// The admission that ends with it, where its hold does.
        spent: Option<Spent>,
        /// The seats that are free again; empty where the hold lives on.
        seats: Vec<SeatMark>,
    },
    /// Tickets were given back; their seats are free.
    RefundRequested {
        /// Of which purchase.
        purchase: PurchaseId,
        /// Of which performance.
        performance: PerformanceId,
        /// Which.
        refund: RefundId,
        /// How much goes back.
        amount: Won,
        /// How much stays as fee.
        fee: Won,
        /// The void tickets.
        tickets: Vec<TicketId>,
        /// Of which price each, and how much goes back.
        #[serde(default)]
        prices: Vec<Priced>,
        /// The seats.
        seats: Vec<SeatMark>,
    },
    /// The money went back.
    RefundDone {
        /// Of which purchase.
        purchase: PurchaseId,
        /// Which.
        refund: RefundId,
        /// How much.
        amount: Won,
    },
    /// Somebody had the provider asked again after it had refused.
    RefundRetried {
        /// Of which purchase.
        purchase: PurchaseId,
        /// Which.
        refund: RefundId,
    },
    /// The provider refused to give money back.
    RefundFailed {
        /// Of which purchase.
        purchase: PurchaseId,
        /// Which.
        refund: RefundId,
        /// The provider's code.
        code: String,
    },
}

/// What a log keeps of a fact, beside its stream and its moment.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    what: &'a What,
    act: &'a Act,
}

#[derive(Deserialize)]
struct Acted {
    act: Option<Act>,
}

/// What happened and whose act it was, as JSON for a log.
///
/// # Errors
/// None that a fact can cause.
pub fn to_body(what: &What, act: Option<&Act>) -> serde_json::Result<String> {
    match act {
        Some(act) => serde_json::to_string(&Body { what, act }),
        None => serde_json::to_string(what),
    }
}

/// What a log kept of a fact.
///
/// # Errors
/// If it is none.
pub fn from_body(body: &str) -> serde_json::Result<(What, Option<Act>)> {
    let what = serde_json::from_str(body)?;
    // Few facts are acts, and none is read twice for want of one.
    let act = if body.contains("\"act\"") {
        serde_json::from_str::<Acted>(body)?.act
    } else {
        None
    };
    Ok((what, act))
}

impl Spent {
    /// The admission that a hold or purchase was made with, if the sale has a queue.
    pub fn of(person: &Person, entry: Option<&EntryId>) -> Option<Self> {
        Some(Self {
            person: person.clone(),
            entry: entry?.clone(),
        })
    }
}

impl What {
    /// Every kind.
    pub const KINDS: &[&str] = &[
        "organization_created",
        "member_named",
        "user_created",
        "user_changed",
        "session_started",
        "session_refreshed",
        "session_ended",
        "key_created",
        "job_run_requested",
        "job_run_started",
        "job_run_ended",
        "event_created",
        "event_published",
        "event_changed",
        "event_deleted",
        "events_viewed",
        "plan_stored",
        "seats_seeded",
        "seats_held",
        "hold_ended",
        "purchase_started",
        "payment_started",
        "payment_approving",
        "payment_failed",
        "purchase_paid",
        "paid_twice",
        "purchase_ended",
        "refund_requested",
        "refund_done",
        "refund_retried",
        "refund_failed",
    ];

    /// Its kind, as it is written.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OrganizationCreated { .. } => "organization_created",
            Self::MemberNamed { .. } => "member_named",
            Self::UserCreated { .. } => "user_created",
            Self::UserChanged { .. } => "user_changed",
            Self::SessionStarted { .. } => "session_started",
            Self::SessionRefreshed { .. } => "session_refreshed",
            Self::SessionEnded { .. } => "session_ended",
            Self::KeyCreated { .. } => "key_created",
            Self::JobRunRequested { .. } => "job_run_requested",
            Self::JobRunStarted { .. } => "job_run_started",
            Self::JobRunEnded { .. } => "job_run_ended",
            Self::EventCreated { .. } => "event_created",
            Self::EventPublished { .. } => "event_published",
            Self::EventChanged { .. } => "event_changed",
            Self::EventDeleted { .. } => "event_deleted",
            Self::EventsViewed { .. } => "events_viewed",
            Self::PlanStored { .. } => "plan_stored",
            Self::SeatsSeeded { .. } => "seats_seeded",
            Self::SeatsHeld { .. } => "seats_held",
            Self::HoldEnded { .. } => "hold_ended",
            Self::PurchaseStarted { .. } => "purchase_started",
            Self::PaymentStarted { .. } => "payment_started",
            Self::PaymentApproving { .. } => "payment_approving",
            Self::PaymentFailed { .. } => "payment_failed",
            Self::PurchasePaid { .. } => "purchase_paid",
            Self::PaidTwice { .. } => "paid_twice",
            Self::PurchaseEnded { .. } => "purchase_ended",
            Self::RefundRequested { .. } => "refund_requested",
            Self::RefundDone { .. } => "refund_done",
            Self::RefundRetried { .. } => "refund_retried",
            Self::RefundFailed { .. } => "refund_failed",
        }
    }

    /// Whether the audit trail keeps it: what staff or the shop itself did that somebody may have to answer for, and
    /// money that goes back.
    pub fn is_accountable(&self) -> bool {
        match self {
            Self::OrganizationCreated { .. }
            | Self::MemberNamed { .. }
            | Self::KeyCreated { .. }
            | Self::JobRunRequested { .. }
            | Self::EventCreated { .. }
            | Self::EventPublished { .. }
            | Self::EventChanged { .. }
            | Self::EventDeleted { .. }
            | Self::PlanStored { .. }
            | Self::SeatsSeeded { .. }
            | Self::PaidTwice { .. }
            | Self::RefundRequested { .. }
            | Self::RefundDone { .. }
            | Self::RefundRetried { .. }
            | Self::RefundFailed { .. } => true,
            Self::SessionEnded { token_reused, .. } => *token_reused,
            Self::JobRunEnded { end, .. } => *end != RunEnd::Done,
            Self::JobRunStarted { .. }
            | Self::UserCreated { .. }
            | Self::UserChanged { .. }
            | Self::SessionStarted { .. }
            | Self::SessionRefreshed { .. }
            | Self::EventsViewed { .. }
            | Self::SeatsHeld { .. }
            | Self::HoldEnded { .. }
            | Self::PurchaseStarted { .. }
            | Self::PaymentStarted { .. }
            | Self::PaymentApproving { .. }
            | Self::PaymentFailed { .. }
            | Self::PurchasePaid { .. }
            | Self::PurchaseEnded { .. } => false,
        }
    }

    /// Whether it changes what everybody is shown of an event: the event with its dates, sales and views, or its line in a
    /// list. Seats are shown apart.
    pub fn changes_the_shelf(&self) -> bool {
        match self {
            Self::OrganizationCreated { .. }
            | Self::EventCreated { .. }
            | Self::EventPublished { .. }
            | Self::EventChanged { .. }
            | Self::EventDeleted { .. }
            | Self::EventsViewed { .. }
            | Self::SeatsSeeded { .. } => true,
            Self::MemberNamed { .. }
            | Self::UserCreated { .. }
            | Self::UserChanged { .. }
            | Self::SessionStarted { .. }
            | Self::SessionRefreshed { .. }
            | Self::SessionEnded { .. }
            | Self::KeyCreated { .. }
            | Self::PlanStored { .. }
            | Self::JobRunRequested { .. }
            | Self::JobRunStarted { .. }
            | Self::JobRunEnded { .. }
            | Self::SeatsHeld { .. }
            | Self::HoldEnded { .. }
            | Self::PurchaseStarted { .. }
            | Self::PaymentStarted { .. }
            | Self::PaymentApproving { .. }
            | Self::PaymentFailed { .. }
            | Self::PurchasePaid { .. }
            | Self::PaidTwice { .. }
            | Self::PurchaseEnded { .. }
            | Self::RefundRequested { .. }
            | Self::RefundDone { .. }
            | Self::RefundRetried { .. }
            | Self::RefundFailed { .. } => false,
        }
    }

    /// The admission that it ends, and why it ended: it was bought with, or ran out.
    pub fn spent(&self) -> Option<(SaleId, &Spent, bool)> {
        match self {
            Self::PurchasePaid { sale, spent, .. } => Some((*sale, spent.as_ref()?, true)),
            Self::HoldEnded { sale, spent, .. } | Self::PurchaseEnded { sale, spent, .. } => {
                Some((*sale, spent.as_ref()?, false))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Stream {
    /// Its kind, and which: `event 019a…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::System => Ok(()),
            Self::Organization(id) => write!(f, " {id}"),
            Self::User(id) => write!(f, " {id}"),
            Self::Event(id) => write!(f, " {id}"),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Position {
    /// The place after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_listed_as_it_is_written() {
        // Whoever reads an unknown kind is told of all that there are.
        let unknown = serde_json::from_str::<What>("{\"kind\": \"unknown\"}")
            .unwrap_err()
            .to_string();
        let known = unknown.split("expected one of ").nth(1).unwrap();
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        assert_eq!(known, What::KINDS);
    }

    #[test]
    fn whose_act_it_was_comes_back_and_is_left_out_where_it_is_nobodys() {
        let what = What::EventPublished {
            event: "019a8b5e-7c00-7000-8000-000000000001".parse().unwrap(),
        };
        let act = Act {
            by: "019a8b5e-7c00-7000-8000-000000000002".to_owned(),
            reason: Some("\"act\": 오페라".to_owned()),
        };
        let body = to_body(&what, Some(&act)).unwrap();
        assert_eq!(from_body(&body).unwrap(), (what.clone(), Some(act)));
        let body = to_body(&what, None).unwrap();
        assert_eq!(body, serde_json::to_string(&what).unwrap());
        assert_eq!(from_body(&body).unwrap(), (what, None));
    }

    #[test]
    fn a_kind_is_what_is_written() {
        let user = "019a8b5e-7c00-7000-8000-000000000001".parse().unwrap();
        let what = What::SessionEnded {
            user,
            token_reused: true,
        };
        assert_eq!(serde_json::to_value(&what).unwrap()["kind"], what.kind());
        assert!(What::KINDS.contains(&what.kind()));
    }
}
