//! The five breaks: a server that is composed without one safeguard, and without those behind it that would hide
//! it. No rule knows of them; each is another engine, provider or decider, and its promise must turn red by its own
//! check.

mod cancels;
mod guard;
mod looks;
mod seats;

use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use ticketon_core::claims::ClaimsInMemory;
use ticketon_core::store::Engine;
use ticketon_core::verify::{Basis, Promise};
use ticketon_server::adapter::sql::{SqlStore, SqliteStore, Statistics, StoreAddress};
use ticketon_server::data_folder::DataFolder;
use ticketon_server::jobs::Schedules;
use ticketon_server::pay::{self, Keys, Toss};
use ticketon_server::queue::{Counters, Decision, Policy, decide_admission};
use ticketon_server::roles::Roles;
use ticketon_server::server::{Composition, Server, StartError};
use ticketon_server::shared::Shared;

use crate::failure::Failure;

/// A safeguard that is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Break {
    /// The index of a seat's one live ticket, the seats' versions and the claims
    SeatUniqueKey,
    /// The idempotency key of refunds: a lost answer gives the money back twice
    RefundKey,
    /// The limit of people inside
    Capacity,
    /// The row that counts a person's seats
    Allowance,
    /// Looking up payments whose answer was lost
    LookUp,
}

/// An attempt without an outcome is late after this, where nobody looks it up.
const HORIZON_WITHOUT_LOOK_UPS: Duration = Duration::from_secs(4);

impl Break {
    /// As it is typed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SeatUniqueKey => "seat-unique-key",
            Self::RefundKey => "refund-key",
            Self::Capacity => "capacity",
            Self::Allowance => "allowance",
            Self::LookUp => "look-up",
        }
    }

    /// What it is without, for people.
    pub(crate) fn is_without(self) -> &'static str {
        match self {
            Self::SeatUniqueKey => {
                "no index of live tickets, no versions of seats, no claims; reads are slow"
            }
            Self::RefundKey => "each try at a refund is sent under a key of its own",
            Self::Capacity => "a tick lets in as many as come",
            Self::Allowance => "nobody writes down how many seats a person has",
            Self::LookUp => "nobody looks up what became of a payment",
        }
    }

    /// The promise that must turn red.
    pub(crate) fn promise(self) -> Promise {
        match self {
            Self::SeatUniqueKey => Promise::NoSeatSoldTwice,
            Self::RefundKey => Promise::MoneyAddsUp,
            Self::Capacity => Promise::AdmittedWithinCapacity,
            Self::Allowance => Promise::LimitsKept,
            Self::LookUp => Promise::NoPaymentWithoutOutcome,
        }
    }

    /// What its promises are checked against.
    pub(crate) fn basis(self) -> Basis {
        match self {
            Self::LookUp => Basis {
                payment_horizon: HORIZON_WITHOUT_LOOK_UPS,
                ..Basis::default()
            },
            Self::SeatUniqueKey | Self::RefundKey | Self::Capacity | Self::Allowance => Basis::default(),
        }
    }

    /// Whether payments stay without an outcome, so that waiting for it is in vain.
    pub(crate) fn leaves_payments_open(self) -> bool {
        self == Self::LookUp
    }

    /// Changes a prepared folder that nobody has open.
    pub(crate) async fn prepare(self, folder: &std::path::Path) -> Result<(), Failure> {
        match self {
            Self::SeatUniqueKey => {
                let dropped = SqliteStore::drop_live_ticket_index(&DataFolder::store_in(folder)).await;
                dropped.map_err(|error| StartError::from(error).into())
            }
            Self::RefundKey | Self::Capacity | Self::Allowance | Self::LookUp => Ok(()),
        }
    }

    /// The server without it.
    pub(crate) async fn compose(self, folder: &std::path::Path, sandbox: &str) -> Result<Server, StartError> {
        let folder = DataFolder::lock(folder).await?;
        let file = StoreAddress::File(DataFolder::store_in(folder.path()));
        let statistics = Statistics::of(&file, None)?;
        let store = SqlStore::open(&file).await?;
        let toss = Toss::with(&Keys::sandbox(), pay::Settings::at(sandbox))?;
        let whole = Composition {
            folder: Some(folder),
            roles: Roles::all(),
            engines: store.engines,
            rows: store.reads.row_counts(),
            reads: Arc::new(store.reads),
            lists: store.lists,
            upkeep: store.upkeep,
            statistics,
            provider: Arc::new(toss),
            shared: Shared::in_memory(),
            schedules: Schedules::default(),
        };
        match self {
            Self::SeatUniqueKey => {
                let broken = Composition {
                    engines: without(whole.engines, seats::Unversioned::new),
                    reads: Arc::new(seats::SlowSeats::new(whole.reads)),
                    shared: Shared::InMemory {
                        decider: decide_admission,
                        claims: ClaimsInMemory::kept_for(Duration::ZERO),
                    },
                    ..whole
                };
                Server::composed(broken).await
            }
            Self::Allowance => {
                let engines = without(whole.engines, guard::Unguarded::new);
                Server::composed(Composition { engines, ..whole }).await
            }
            Self::RefundKey => {
                let provider = Arc::new(cancels::FreshKeys::new(Arc::clone(&whole.provider)));
                Server::composed(Composition { provider, ..whole }).await
            }
            Self::LookUp => {
                let provider = Arc::new(looks::NeverLooks::new(Arc::clone(&whole.provider)));
                Server::composed(Composition { provider, ..whole }).await
            }
            Self::Capacity => {
                let shared = Shared::InMemory {
                    decider: without_capacity,
                    claims: ClaimsInMemory::new(),
                };
                Server::composed(Composition { shared, ..whole }).await
            }
        }
    }
}

/// What writes, each with something around it.
fn without<E: Engine + 'static>(
    engines: Vec<Box<dyn Engine>>,
    around: impl Fn(Box<dyn Engine>) -> E,
) -> Vec<Box<dyn Engine>> {
    let around = |engine| Box::new(around(engine)) as Box<dyn Engine>;
    engines.into_iter().map(around).collect()
}

/// The usual decision, of a room that has no end.
fn without_capacity(counters: &Counters, policy: &Policy, sellable: u64) -> Decision {
    let endless = policy.capacity(u32::MAX).per_minute(u32::MAX);
    let counters = Counters {
        budget: counters.waiting,
        ..*counters
    };
    decide_admission(&counters, &endless, sellable)
}
