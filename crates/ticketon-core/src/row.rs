//! The rows of the shop: a closed enum of the domain's types.
//!
//! An aggregate is one row. The order of [`Table`]'s variants is the one order in which every engine writes
//! and locks: parents first, so that two batches cannot lock each other out.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use crate::chain::Chain;
use crate::event::{Event, Performance};
use crate::fact::{Position, Recorded, Stream};
use crate::figures::{Figures, Minute};
use crate::hold::Hold;
use crate::ids::{
    Email, EventId, HoldId, JobName, JobRunId, KeyId, OrderId, OrganizationId, PerformanceId, Person,
    PurchaseCode, PurchaseId, RefundId, SaleId, SessionId, Slug, TicketId, UserId,
};
use crate::job::{Job, JobRun};
use crate::organization::Organization;
use crate::payment::{Payment, Refund};
use crate::plan::{Plan, PlanId, SeatNumber};
use crate::purchase::Purchase;
use crate::sale::{Allowance, Numbering, Sale};
use crate::seat::Seat;
use crate::ticket::{Ticket, TicketState};
use crate::time::Timestamp;
use crate::user::{Session, SigningKey, User};
use crate::views::Views;

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident($row:ty) by ($($key:ident: $key_type:ty),+) = |$it:ident| ($($get:expr),+);)*) => {
        /// The tables, in the order of writing and locking.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Table {
            $($(#[$doc])* $name,)*
        }

        /// A row: one aggregate as it stands.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Row {
            $($(#[$doc])* $name($row),)*
        }

        /// A row's name.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RowId {
            $($(#[$doc])* $name($($key_type),+),)*
        }

        impl Table {
            /// Every table, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }

        impl RowId {
            /// The table it is in.
            pub fn table(&self) -> Table {
                match self { $(Self::$name(..) => Table::$name,)* }
            }
        }

        impl fmt::Display for RowId {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$name($($key),+) => write_key(f, &[$($key as &dyn fmt::Display),+]),)* }
            }
        }

        impl Row {
            /// The table it is in.
            pub fn table(&self) -> Table {
                match self { $(Self::$name(_) => Table::$name,)* }
            }

            /// Its name.
            pub fn id(&self) -> RowId {
                match self { $(Self::$name($it) => RowId::$name($($get),+),)* }
            }

            /// The whole row as JSON, as stores keep it.
            pub fn to_json(&self) -> serde_json::Result<String> {
                match self { $(Self::$name(row) => serde_json::to_string(row),)* }
            }

            /// The row of this table that a store kept as JSON.
            pub fn from_json(table: Table, json: &str) -> serde_json::Result<Self> {
                match table { $(Table::$name => serde_json::from_str(json).map(Self::$name),)* }
            }
        }

        $(impl Stored for $row {
            type Key = ($($key_type,)+);
            const TABLE: Table = Table::$name;

            fn row_id(($($key,)+): Self::Key) -> RowId {
                RowId::$name($($key),+)
            }

            fn from_row(row: Row) -> Option<Self> {
                match row {
                    Row::$name(row) => Some(row),
                    _ => None,
                }
            }
        }

        impl From<$row> for Row {
            fn from(row: $row) -> Row {
                Row::$name(row)
            }
        })*
    };
}

rows! {
    /// Who sells.
    Organization(Organization) by (id: OrganizationId) = |it| (it.id);
    /// Who may log in.
    User(User) by (id: UserId) = |it| (it.id);
    /// Open logins.
    Session(Session) by (id: SessionId) = |it| (it.id);
    /// Keys that sign tokens.
    SigningKey(SigningKey) by (id: KeyId) = |it| (it.id);
    /// Seat plans, by content.
    Plan(Plan) by (id: PlanId) = |it| (it.id());
    /// Something to attend.
    Event(Event) by (id: EventId) = |it| (it.id);
    /// Its dates.
    Performance(Performance) by (id: PerformanceId) = |it| (it.id);
    /// Rounds of selling.
    Sale(Sale) by (id: SaleId) = |it| (it.id);
    /// What a person has of a sale.
    Allowance(Allowance) by (sale: SaleId, person: Person) = |it| (it.sale, it.person.clone());
    /// Seats kept for a person.
    Hold(Hold) by (id: HoldId) = |it| (it.id);
    /// Orders.
    Purchase(Purchase) by (id: PurchaseId) = |it| (it.id);
    /// Attempts at paying.
    Payment(Payment) by (order_id: OrderId) = |it| (it.order_id.clone());
    /// Money back.
    Refund(Refund) by (id: RefundId) = |it| (it.id);
    /// Rights to seats.
    Ticket(Ticket) by (id: TicketId) = |it| (it.id);
    /// Places of performances.
    Seat(Seat) by (performance: PerformanceId, number: SeatNumber) = |it| (it.performance, it.number);
    /// How often an event was looked at: a row beside the event's, so that nobody who relies on the event waits for it.
    Views(Views) by (event: EventId) = |it| (it.event);
    /// What was sold, by event: a projection.
    Figures(Figures) by (event: EventId) = |it| (it.event);
    /// What was sold, by event, minute and grade: a projection.
    Minute(Minute) by (event: EventId, minute: Timestamp) = |it| (it.event, it.minute);
    /// What must be accounted for, fact by fact: a projection.
    Trail(Recorded) by (position: Position) = |it| (it.position);
    /// Each stream's facts, hashed one after the other: a projection.
    Chain(Chain) by (stream: Stream) = |it| (it.stream);
    /// How far queues have numbered their visitors.
    Numbering(Numbering) by (sale: SaleId) = |it| (it.sale);
    /// Jobs that run by the clock.
    Job(Job) by (name: JobName) = |it| (it.name.clone());
    /// Their runs.
    JobRun(JobRun) by (id: JobRunId) = |it| (it.id);
    /// How far each reader of the log has come.
    Cursor(Cursor) by (reader: Reader) = |it| (it.reader);
}

impl fmt::Display for Table {
    /// In words: `signing key`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in format!("{self:?}").char_indices() {
            if letter.is_ascii_uppercase() && place > 0 {
                f.write_char(' ')?;
            }
            f.write_char(letter.to_ascii_lowercase())?;
        }
        Ok(())
    }
}

fn write_key(f: &mut fmt::Formatter<'_>, parts: &[&dyn fmt::Display]) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        let separator = if index == 0 { "" } else { "/" };
        write!(f, "{separator}{part}")?;
    }
    Ok(())
}

/// What a store keeps: a type that is a row.
pub trait Stored: Sized + Into<Row> {
    /// What names it.
    type Key;
    /// Where it is kept.
    const TABLE: Table;
    /// The row's name.
    fn row_id(key: Self::Key) -> RowId;
    /// The row as this type, if it is one.
    fn from_row(row: Row) -> Option<Self>;
}

/// A reader of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// Hashes each stream's facts.
    Chains,
    /// Keeps the sales figures.
    Figures,
    /// Keeps what was sold in each minute.
    Minutes,
    /// Ends passes in the queue.
    Queue,
    /// Publishes facts for others.
    Relay,
    /// Keeps the audit trail.
    Trail,
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chains => "chains",
            Self::Figures => "figures",
            Self::Minutes => "minutes",
            Self::Queue => "queue",
            Self::Relay => "relay",
            Self::Trail => "trail",
        })
    }
}

/// How far a reader of the log has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Whose.
    pub reader: Reader,
    /// The last fact it went through.
    pub position: Position,
}

/// What at most one row may hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UniqueKey {
    /// An organization's name in addresses.
    OrganizationSlug(Slug),
    /// An event's name in addresses.
    EventSlug(Slug),
    /// A user's address.
    Email(Email),
    /// A purchase's short name.
    PurchaseCode(PurchaseCode),
    /// The one live ticket of a seat.
    LiveTicket(PerformanceId, SeatNumber),
}

impl Row {
    /// What this row alone may hold.
    pub fn unique_key(&self) -> Option<UniqueKey> {
        match self {
            Self::Organization(it) => Some(UniqueKey::OrganizationSlug(it.slug.clone())),
            Self::User(it) => Some(UniqueKey::Email(it.email.clone())),
            Self::Event(it) => Some(UniqueKey::EventSlug(it.slug.clone())),
            Self::Purchase(it) => Some(UniqueKey::PurchaseCode(it.code.clone())),
            Self::Ticket(it) => match it.state {
                TicketState::Issued => Some(UniqueKey::LiveTicket(it.performance, it.number)),
                TicketState::Void => None,
            },
            Self::Session(_)
            | Self::SigningKey(_)
            | Self::Plan(_)
            | Self::Performance(_)
            | Self::Sale(_)
            | Self::Allowance(_)
            | Self::Hold(_)
            | Self::Payment(_)
            | Self::Refund(_)
            | Self::Seat(_)
            | Self::Views(_)
            | Self::Figures(_)
            | Self::Minute(_)
            | Self::Trail(_)
            | Self::Chain(_)
            | Self::Numbering(_)
            | Self::Job(_)
            | Self::JobRun(_)
            | Self::Cursor(_) => None,
        }
    }

    /// When somebody must look at it again, if ever: a hold that runs out, an order nobody pays, a payment
    /// without an answer, a refund to be asked for, a run that nobody hears of.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self {
            Self::Hold(it) => it.due_at(),
            Self::Purchase(it) => it.due_at(),
            Self::Payment(it) => it.due_at(),
            Self::Refund(it) => it.due_at(),
            Self::JobRun(it) => it.due_at(),
            Self::Organization(_)
            | Self::User(_)
            | Self::Session(_)
            | Self::SigningKey(_)
            | Self::Plan(_)
            | Self::Event(_)
            | Self::Performance(_)
            | Self::Sale(_)
            | Self::Allowance(_)
            | Self::Ticket(_)
            | Self::Seat(_)
            | Self::Views(_)
            | Self::Figures(_)
            | Self::Minute(_)
            | Self::Trail(_)
            | Self::Chain(_)
            | Self::Numbering(_)
            | Self::Job(_)
            | Self::Cursor(_) => None,
        }
    }
}

impl Stream {
    /// The kind of stream, as the log keeps it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Organization(_) => "organization",
            Self::User(_) => "user",
            Self::Event(_) => "event",
        }
    }
}
