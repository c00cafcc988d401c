//! A store on SQLite whose log is as long as wanted: buyers who hold, pay and now and then give back, in many minutes.

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use ticketon_core::Context;
use ticketon_core::contract::sample::{self, NOW};
use ticketon_core::fact::{Fact, Stream, What};
use ticketon_core::money::Won;
use ticketon_core::plan::SeatNumber;
use ticketon_core::purchase::PurchaseState;
use ticketon_core::store::{Changes, Store as _, Version};
use ticketon_core::ticket::TicketState;
use ticketon_server::adapter::sql::{SqlStore, StoreAddress};
use ticketon_server::adapter::system::{SystemClock, SystemEntropy};
use ticketon_server::committer::{Committers, Committing};

use super::Outcome;

/// Facts recorded in one commit.
const AT_ONCE: u32 = 1_000;

/// Seats of the facts: a buyer's two.
const SEATS: u32 = 50_000;

/// A store with a log.
pub(crate) struct Logged {
    /// What follows and relays.
    pub(crate) cx: Context,
    pub(crate) committing: Committing,
    _folder: TempDir,
}

/// Makes a store whose log has `count` facts more than an opened shop's.
pub(crate) async fn logged(count: u32) -> Outcome<Logged> {
    let folder = tempfile::tempdir()?;
    let address = StoreAddress::File(folder.path().join("log.db"));
    let store = SqlStore::open_or_create(&address).await?;
    let (committers, committing) = Committers::start(store.engines);
    committers.commit(sample::opening()).await?;
    for n in 0..count.div_ceil(AT_ONCE) {
        let facts = n * AT_ONCE..((n + 1) * AT_ONCE).min(count);
        let changes = facts.map(fact).fold(sample::changes(1 + n), Changes::record);
        committers.commit(changes).await?;
    }
    let cx = Context::over(
        Arc::new(committers.in_background()),
        Arc::new(store.reads),
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    );
    Ok(Logged {
        cx,
        committing,
        _folder: folder,
    })
}

/// A hundred facts a second, each as large as a sale's.
fn fact(n: u32) -> Fact {
    let what = match n % 10 {
        0..=3 => held(n),
        4..=6 => started(n),
        7..=8 => paid(n),
        _ => ended(n),
    };
    Fact {
        stream: Stream::Event(sample::event_id()),
        at: NOW + Duration::from_millis(10) * n,
        what,
    }
}

fn held(n: u32) -> What {
    What::SeatsHeld {
        hold: sample::hold_id(n),
        performance: sample::performance_id(),
        sale: sample::sale_id(),
        person: sample::person(n),
        seats: seats(n),
    }
}

fn started(n: u32) -> What {
    What::PurchaseStarted {
        purchase: sample::purchase(n, PurchaseState::Paid).id,
        hold: sample::hold_id(n),
        amount: Won(110_000),
    }
}

fn paid(n: u32) -> What {
    let ticket = sample::ticket(n, n, TicketState::Issued);
    What::PurchasePaid {
        purchase: ticket.purchase,
        sale: sample::sale_id(),
        performance: sample::performance_id(),
        order_id: sample::purchase(1, PurchaseState::Paid).order_id(),
        amount: Won(110_000),
        spent: None,
        tickets: vec![ticket.id, ticket.id],
        prices: vec![(ticket.price.clone(), Won(55_000)), (ticket.price, Won(55_000))],
        seats: seats(n),
    }
}

fn ended(n: u32) -> What {
    What::HoldEnded {
        hold: sample::hold_id(n),
        performance: sample::performance_id(),
        sale: sample::sale_id(),
        expired: true,
        spent: None,
        seats: seats(n),
    }
}

fn seats(n: u32) -> Vec<(SeatNumber, Version)> {
    let first = n * 2 % SEATS;
    let version = Version(u64::from(n / SEATS) + 2);
    vec![(SeatNumber(first), version), (SeatNumber(first + 1), version)]
}
