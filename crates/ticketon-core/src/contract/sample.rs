//! A small shop to write about, for the suites and for tests of whatever stands on a store: every row names parents
//! that exist.

use std::collections::BTreeMap;

use crate::event::{Currency, Event, EventState, Performance, PriceName};
use crate::fact::{Fact, Stream, What};
use crate::hold::{Hold, HoldItem, HoldState};
use crate::ids::{
    ChangesId, Email, EventId, HoldId, IdempotencyKey, JobName, JobRunId, OrganizationId, PerformanceId,
    Person, PurchaseCode, PurchaseId, SaleId, Slug, TicketId, UserId,
};
use crate::job::{Ending, Job, JobRun, Line, Outcome, Progress};
use crate::money::Won;
use crate::organization::Organization;
use crate::plan::{SeatKey, SeatNumber};
use crate::policy::Policy;
use crate::purchase::{Purchase, PurchaseState};
use crate::row::RowId;
use crate::sale::{Allowance, QueueSettings, Sale, SaleLimits};
use crate::seat::{Seat, SeatState};
use crate::store::{AnswerKey, Answered, Changes};
use crate::ticket::{Ticket, TicketState};
use crate::time::Timestamp;
use crate::user::User;
use crate::views::Views;

/// When everything of this shop was made.
pub const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// The one organization.
pub fn organization_id() -> OrganizationId {
    OrganizationId::from_bytes(numbered(1, 1))
}

/// The event that the shop opens with.
pub fn event_id() -> EventId {
    EventId::from_bytes(numbered(2, 1))
}

/// Its one performance.
pub fn performance_id() -> PerformanceId {
    PerformanceId::from_bytes(numbered(3, 1))
}

/// Its one sale.
pub fn sale_id() -> SaleId {
    SaleId::from_bytes(numbered(4, 1))
}

/// The first changes of every test: an organization, and its event with a performance and a sale.
pub fn opening() -> Changes {
    let organization = Organization {
        id: organization_id(),
        slug: slug("seoul-opera"),
        name: "Seoul Opera".to_owned(),
    };
    let performance = Performance {
        id: performance_id(),
        event: event_id(),
        starts_at: NOW,
        venue: "Opera House".to_owned(),
        plan: None,
        seats: 0,
    };
    let sale = Sale {
        id: sale_id(),
        event: event_id(),
        name: "general".to_owned(),
        opens_at: NOW,
        closes_at: NOW,
        lobby: std::time::Duration::from_mins(30),
        queue: QueueSettings::default(),
        limits: SaleLimits::default(),
    };
    changes(0)
        .create(organization)
        .create(event(1, "recital"))
        .create(performance)
        .create(sale)
        .record(fact())
}

/// Changes that write nothing yet; each number is another id.
pub fn changes(n: u32) -> Changes {
    Changes::new(ChangesId::from_bytes(numbered(9, n)))
}

/// Something that happened.
pub fn fact() -> Fact {
    Fact {
        stream: Stream::Event(event_id()),
        at: NOW,
        what: What::EventCreated { event: event_id() },
    }
}

/// Event `n` under this name; event 1 is the one that the shop opens with.
pub fn event(n: u32, name: &str) -> Event {
    Event {
        id: EventId::from_bytes(numbered(2, n)),
        organization: organization_id(),
        slug: slug(name),
        title: "겨울 \"리사이틀\" \\ 🎻".to_owned(),
        category: "classical".to_owned(),
        age_limit: Some(8),
        time_zone: "Asia/Seoul".to_owned(),
        currency: Currency::Krw,
        test: true,
        state: EventState::Draft,
        policy: Policy::default(),
        prices: Vec::new(),
        performances: vec![performance_id()],
        sales: vec![sale_id()],
    }
}

/// A user with this address.
pub fn user(n: u32, email: &str) -> User {
    User {
        id: UserId::from_bytes(numbered(5, n)),
        email: Email::new(email).expect("an address written by hand"),
        name: "Ana".to_owned(),
        password_hash: String::new(),
        birth_date: None,
        roles: BTreeMap::new(),
        is_admin: false,
        is_suspended: false,
        made_at: NOW,
    }
}

/// A seat of the performance.
pub fn seat(number: u32, state: SeatState) -> Seat {
    Seat {
        performance: performance_id(),
        number: SeatNumber(number),
        state,
    }
}

/// What person `n` has of the sale.
pub fn allowance(n: u32, seats: u32) -> Allowance {
    Allowance {
        seats,
        ..Allowance::none(sale_id(), person(n))
    }
}

/// How often the event was looked at.
pub fn views(count: u64) -> Views {
    Views {
        event: event_id(),
        count,
    }
}

/// The name of hold `n`.
pub fn hold_id(n: u32) -> HoldId {
    HoldId::from_bytes(numbered(6, n))
}

/// A hold of one seat that ends at `until`.
pub fn hold(n: u32, until: Timestamp, state: HoldState) -> Hold {
    let item = HoldItem {
        number: SeatNumber(n),
        seat: seat_key(n),
        price: price_name(),
        amount: Won(55_000),
    };
    Hold {
        id: hold_id(n),
        event: event_id(),
        performance: performance_id(),
        sale: sale_id(),
        person: person(n),
        entry: None,
        items: vec![item],
        made_at: NOW,
        until,
        state,
    }
}

/// The purchase of hold `n`.
pub fn purchase(n: u32, state: PurchaseState) -> Purchase {
    Purchase {
        id: PurchaseId::from_bytes(numbered(7, n)),
        code: PurchaseCode::new(format!("TEST{n:04}")).expect("four letters and four digits"),
        hold: hold_id(n),
        event: event_id(),
        performance: performance_id(),
        sale: sale_id(),
        person: person(n),
        entry: None,
        buyer: None,
        consents: ["terms-2026-12".parse().expect("a name of what one agrees to")].into(),
        state,
        lines: Vec::new(),
        made_at: NOW,
        pay_until: NOW,
        attempts: 1,
        paid_by: None,
        tickets: Vec::new(),
        refunds: Vec::new(),
        policy: Policy::default(),
        test: true,
    }
}

/// A ticket of purchase 1.
pub fn ticket(n: u32, number: u32, state: TicketState) -> Ticket {
    Ticket {
        id: TicketId::from_bytes(numbered(8, n)),
        event: event_id(),
        performance: performance_id(),
        purchase: PurchaseId::from_bytes(numbered(7, 1)),
        person: person(1),
        number: SeatNumber(number),
        seat: seat_key(number),
        price: price_name(),
        issued_at: NOW,
        state,
        test: true,
    }
}

/// The same request whenever `key` is the same; its answer is `outcome`.
pub fn answered(key: &str, fingerprint: &str, outcome: RowId) -> Answered {
    let key = AnswerKey {
        caller: "ana \"the\" caller".to_owned(),
        operation: "POST /holds".to_owned(),
        key: IdempotencyKey::new(key).expect("a key written by hand"),
    };
    Answered {
        key,
        fingerprint: fingerprint.to_owned(),
        outcome,
        at: NOW,
    }
}

/// Person `n`.
pub fn person(n: u32) -> Person {
    Person::new(format!("person-{n}")).expect("a short text")
}

fn seat_key(n: u32) -> SeatKey {
    SeatKey::new(format!("A-{n}")).expect("a short text")
}

fn price_name() -> PriceName {
    "R/adult".parse().expect("a price written by hand")
}

fn slug(text: &str) -> Slug {
    Slug::new(text).expect("a slug written by hand")
}

/// The one job, with its latest run.
pub fn job(latest: Option<u32>) -> Job {
    Job {
        latest: latest.map(job_run_id),
        ..Job::new(job_name(), NOW)
    }
}

/// Run `n` of the job, begun at a moment, and over or not.
pub fn job_run(n: u32, begun: Timestamp, is_over: bool) -> JobRun {
    let run = JobRun::due(job_run_id(n), job_name(), NOW, "process \"one\"", begun);
    let mut progress = Progress::default();
    progress.add(Line {
        step: "seat".to_owned(),
        outcome: Outcome::Failed,
        message: "Table 'seat' doesn't exist".to_owned(),
        took_ms: 7,
    });
    if is_over {
        let failed = Ending::Failed("1 of 1 failed".to_owned());
        return run.ended(progress, failed, begun).expect("it has begun");
    }
    run
}

fn job_run_id(n: u32) -> JobRunId {
    JobRunId::from_bytes(numbered(10, n))
}

fn job_name() -> JobName {
    JobName::new("analyze").expect("a short word")
}

/// Sixteen bytes that sort by number.
fn numbered(kind: u8, n: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[0] = kind;
    bytes[12..].copy_from_slice(&n.to_be_bytes());
    bytes
}
