//! The promises of a sale, checked: anyone can look whether a seat was sold twice or money got lost.
//!
//! One snapshot of the store is gone through page by page, beside what the provider's ledger said before it was
//! taken. Whatever time or the provider may have overtaken meanwhile is looked up once more before it counts as
//! broken, so that a sale that goes on gives no false alarm. Nothing is mended here, and nothing is written.
//!
//! Memory holds ids and sums, never whole tables; halls are rebuilt a few at a time.

mod allowances;
mod changed;
mod deadlines;
mod facts;
mod halls;
mod ledger;
mod log;
mod money;
mod projections;
mod promise;
mod provider;
mod report;
mod seats;
mod some_events;

use std::collections::BTreeSet;
use std::time::Duration;

use self::report::Findings;
use self::some_events::SomeEvents;
use crate::context::Context;
use crate::ids::EventId;
use crate::limits;
use crate::store::{Reads, Snapshot, Unavailable};
use crate::time::Timestamp;

pub use changed::changed_since;
pub use promise::Promise;
pub use provider::{Account, ProviderBooks};
pub use report::{Checked, Lag, Report, Violation};

/// What the promises are checked against, beside the store itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// What the provider's ledger said, read before; without it the books are checked against themselves alone.
    pub provider: Option<ProviderBooks>,
    /// How long an attempt may stay without an outcome.
    pub payment_horizon: Duration,
    /// The events whose sales are looked at; all of them otherwise. The log, and what is counted from it, are the same
    /// for all and always looked at whole; money at the provider that belongs to no order is told only of all.
    pub events: Option<BTreeSet<EventId>>,
}

impl Default for Basis {
    fn default() -> Self {
        Self {
            provider: None,
            payment_horizon: limits::PAYMENT_HORIZON,
            events: None,
        }
    }
}

/// Checks every promise that the store alone can show.
pub async fn verify(cx: &Context) -> Result<Report, Unavailable> {
    verify_against(&*cx.reads, cx.now(), &Basis::default()).await
}

/// Checks every promise that the store and the provider's ledger can show. What is due only after `now`, which is
/// before the call, is not late.
pub async fn verify_against(reads: &dyn Reads, now: Timestamp, basis: &Basis) -> Result<Report, Unavailable> {
    let mut snapshot = reads.snapshot().await?;
    let mut basis = basis.clone();
    if let Some(events) = &basis.events {
        let some = SomeEvents::of(snapshot, events).await?;
        basis.provider = basis.provider.map(|books| some.books(&books));
        snapshot = Box::new(some);
    }
    let mut audit = Audit {
        reads,
        basis: &basis,
        now,
        snapshot,
        findings: Findings::default(),
    };
    audit.check_seats().await?;
    audit.check_allowances().await?;
    audit.check_deadlines().await?;
    audit.check_money().await?;
    audit.check_facts().await?;
    audit.check_halls().await?;
    audit.check_projections().await?;
    Ok(audit.findings.into_report())
}

/// One going-through of everything.
struct Audit<'a> {
    reads: &'a dyn Reads,
    basis: &'a Basis,
    now: Timestamp,
    snapshot: Box<dyn Snapshot>,
    findings: Findings,
}
