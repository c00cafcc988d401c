//! One description of each table: its name, its key, and the columns that are searched.
//!
//! Every statement is made from it, and every row is taken apart by it. A row is its key, its version, what is
//! searched, and its whole self as JSON in `body`; only seats, many and small, have no body. The schema is written
//! by hand (`schema.rs`); a test holds the two together.

use sqlx::Error;
use ticketon_core::fact::{Position, Stream};
use ticketon_core::ids::{
    EventId, HoldId, JobName, JobRunId, KeyId, OrderId, OrganizationId, PerformanceId, Person, PurchaseId,
    RefundId, SaleId, SessionId, TicketId, UserId,
};
use ticketon_core::plan::{PlanId, SeatNumber};
use ticketon_core::row::{Reader, Row, RowId, Table, UniqueKey};
use ticketon_core::ticket::{Ticket, TicketState};
use ticketon_core::time::Timestamp;

use super::states;
use super::value::{Columns, Kind, Part, Value};

/// A table as SQL knows it.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) table: Table,
    pub(super) name: &'static str,
    pub(super) key: &'static [Column],
    /// Written once: an update leaves them, and the indexes and references they are in, alone.
    pub(super) fixed: &'static [Column],
    /// Written by every update.
    pub(super) changing: &'static [Column],
    /// The columns of what one row alone may hold; none for most tables.
    pub(super) unique: &'static [&'static str],
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

macro_rules! tables {
    ($(
        $table:ident $name:ident ($($key:ident: $key_type:ty),+) $(unique($($unique:ident),+))?
        |$it:ident| { $($fixed:ident: $fixed_kind:ident = $fixed_value:expr),* }
                    { $($changing:ident: $changing_kind:ident = $changing_value:expr),* }
    )*) => {
        /// Every table, in the order of writing and locking.
        pub(super) const TABLES: &[Shape] = &[$(Shape {
            table: Table::$table,
            name: stringify!($name),
            key: &[$(Column { name: stringify!($key), kind: <$key_type as Part>::KIND }),+],
            fixed: &[$(Column { name: stringify!($fixed), kind: Kind::$fixed_kind }),*],
            changing: &[$(Column { name: stringify!($changing), kind: Kind::$changing_kind }),*],
            unique: &[$($(stringify!($unique)),+)?],
        }),*];

        /// What stands in the key's columns.
        pub(super) fn key(id: &RowId) -> Vec<Value<'_>> {
            match id { $(RowId::$table($($key),+) => vec![$($key.value()),+],)* }
        }

        /// The name of a row of `table` whose key's columns begin at `at`.
        pub(super) fn read_key(table: Table, row: &dyn Columns, at: usize) -> Result<RowId, Error> {
            let mut column = at..;
            let mut next = || column.next().expect("an open range does not end");
            match table { $(Table::$table => Ok(RowId::$table($(<$key_type>::read(row, next())?),+)),)* }
        }

        /// What stands in the fixed and the changing columns.
        pub(super) fn searched(row: &Row) -> Vec<Value<'_>> {
            match row { $(Row::$table($it) => vec![$($fixed_value,)* $($changing_value),*],)* }
        }
    };
}

tables! {
    Organization organization (id: OrganizationId) unique(slug)
        |it| {} { slug: Text = Value::Text(it.slug.as_str()) }
    User user (id: UserId) unique(email)
        |it| {} { email: Text = Value::Text(it.email.as_str()) }
    Session session (id: SessionId)
        |_it| {} {}
    SigningKey signing_key (id: KeyId)
        |_it| {} {}
    Plan plan (id: PlanId)
        |_it| {} {}
    Event event (id: EventId) unique(slug)
        |it| { organization: Bytes = it.organization.value() }
             { slug: Text = Value::Text(it.slug.as_str()), state: Text = states::event(it.state) }
    Performance performance (id: PerformanceId)
        |it| { event: Bytes = it.event.value() }
             { starts_at: Integer = Value::moment(it.starts_at), plan: Bytes = optional(it.plan.as_ref()) }
    Sale sale (id: SaleId)
        |it| { event: Bytes = it.event.value() } {}
    Allowance allowance (sale: SaleId, person: Person)
        |_it| {} {}
    Hold hold (id: HoldId)
        |it| { performance: Bytes = it.performance.value(), sale: Bytes = it.sale.value(),
               person: Text = it.person.value(), made_at: Integer = Value::moment(it.made_at) }
             { state: Text = states::hold(it.state), due_at: Integer = due(it.due_at()) }
    Purchase purchase (id: PurchaseId) unique(code)
        |it| { code: Text = Value::Text(it.code.as_str()), hold: Bytes = it.hold.value(), event: Bytes = it.event.value(),
               person: Text = it.person.value(), made_at: Integer = Value::moment(it.made_at) }
             { state: Text = states::purchase(it.state), due_at: Integer = due(it.due_at()) }
    Payment payment (order_id: OrderId)
        |it| { purchase: Bytes = it.purchase.value(), made_at: Integer = Value::moment(it.made_at) }
             { state: Text = states::payment(&it.state), due_at: Integer = due(it.due_at()) }
    Refund refund (id: RefundId)
        |it| { purchase: Bytes = it.purchase.value(), made_at: Integer = Value::moment(it.made_at) }
             { state: Text = states::refund(&it.state), due_at: Integer = due(it.due_at()) }
    Ticket ticket (id: TicketId) unique(performance, live_seat)
        |it| { performance: Bytes = it.performance.value(), purchase: Bytes = it.purchase.value(),
               person: Text = it.person.value(), issued_at: Integer = Value::moment(it.issued_at) }
             { state: Text = states::ticket(it.state), live_seat: Integer = live_seat(it) }
    Seat seat (performance: PerformanceId, number: SeatNumber)
        |it| {} { state: Text = states::seat(it.state), holder: Bytes = states::seat_holder(&it.state) }
    Views views (event: EventId)
        |it| {} { count: Integer = Value::number(it.count) }
    Figures figures (event: EventId)
        |_it| {} {}
    Minute minute (event: EventId, minute: Timestamp)
        |_it| {} {}
    Trail trail (position: Position)
        |it| { stream: Text = it.fact.stream.value(), happened_at: Integer = Value::moment(it.fact.at) } {}
    Chain chain (stream: Stream)
        |_it| {} {}
    Numbering numbering (sale: SaleId)
        |_it| {} {}
    Job job (name: JobName)
        |_it| {} {}
    JobRun job_run (id: JobRunId)
        |it| { job: Text = it.job.value() }
             { state: Text = Value::Text(it.state.name()), due_at: Integer = due(it.due_at()) }
    Cursor cursor (reader: Reader)
        |_it| {} {}
}

impl Shape {
    /// The description of a table.
    pub(super) fn of(table: Table) -> &'static Self {
        &TABLES[table as usize]
    }

    /// The key's columns.
    pub(super) fn names(&self) -> String {
        let names: Vec<&str> = self.key.iter().map(|column| column.name).collect();
        names.join(", ")
    }

    /// What a row is, beside its key and version: two columns.
    pub(super) fn what(&self) -> &'static str {
        if self.has_body() {
            "body, NULL"
        } else {
            "state, holder"
        }
    }

    /// The columns that are searched.
    pub(super) fn searched(&self) -> impl Iterator<Item = &'static Column> {
        self.fixed.iter().chain(self.changing)
    }

    /// Whether rows keep their whole self as JSON.
    pub(super) fn has_body(&self) -> bool {
        self.table != Table::Seat
    }

    /// Whether rows can be due.
    pub(super) fn has_due(&self) -> bool {
        self.changing.iter().any(|column| column.name == "due_at")
    }

    /// What a column holds.
    pub(super) fn kind(&self, name: &str) -> Kind {
        let column = self
            .key
            .iter()
            .chain(self.searched())
            .find(|column| column.name == name);
        column.expect("the description names its own columns").kind
    }
}

/// The table whose rows hold keys of this kind, and what stands in its unique columns.
pub(super) fn unique(key: &UniqueKey) -> (Table, Vec<Value<'_>>) {
    match key {
        UniqueKey::OrganizationSlug(slug) => (Table::Organization, vec![Value::Text(slug.as_str())]),
        UniqueKey::EventSlug(slug) => (Table::Event, vec![Value::Text(slug.as_str())]),
        UniqueKey::Email(email) => (Table::User, vec![Value::Text(email.as_str())]),
        UniqueKey::PurchaseCode(code) => (Table::Purchase, vec![Value::Text(code.as_str())]),
        UniqueKey::LiveTicket(performance, number) => {
            (Table::Ticket, vec![performance.value(), number.value()])
        }
    }
}

fn optional(part: Option<&impl Part>) -> Value<'_> {
    part.map_or(Value::Null, Part::value)
}

fn due(moment: Option<Timestamp>) -> Value<'static> {
    moment.map_or(Value::Null, Value::moment)
}

/// The seat that a ticket alone may hold; none once it is void.
fn live_seat(ticket: &Ticket) -> Value<'_> {
    match ticket.state {
        TicketState::Issued => ticket.number.value(),
        TicketState::Void => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_names_every_table_in_the_order_of_writing() {
        let described: Vec<Table> = TABLES.iter().map(|shape| shape.table).collect();
        assert_eq!(described, Table::ALL);
    }
}
