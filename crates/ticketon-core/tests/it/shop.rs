//! A shop with one hall of twelve seats, its buyers, and the bank they pay through.

mod bank;
mod buyer;
mod reads;
mod stores;

use std::time::Duration;

use ticketon_core::projection::Projection;
use ticketon_core::row::{Row, RowId, Stored};
use ticketon_core::store::{Changes, Engine, Freshness, Version};
use ticketon_core::verify::{Basis, Report};
use ticketon_core::{
    Caller, Context, FixedClock, Memory, NewEvent, Plan, SeededEntropy, Won, create_event, follow, publish,
    sweep, verify_against,
};

pub(crate) use bank::Bank;
pub(crate) use buyer::{Buyer, key};
pub(crate) use reads::OddReads;
pub(crate) use stores::{FailingStore, MeddledStore, PairingStore, RecordingStore, YieldingStore};

/// Two rows of six: A of grade R, B of grade S, whose price no fee divides evenly.
const HALL: &str = "zone,row,seat,grade
Stalls,A,1,R\nStalls,A,2,R\nStalls,A,3,R\nStalls,A,4,R\nStalls,A,5,R\nStalls,A,6,R
Stalls,B,1,S\nStalls,B,2,S\nStalls,B,3,S\nStalls,B,4,S\nStalls,B,5,S\nStalls,B,6,S
";

pub(crate) const R: Won = Won(55_000);
pub(crate) const S: Won = Won(33_335);

pub(crate) struct Shop {
    pub(crate) cx: Context,
    pub(crate) clock: FixedClock,
    pub(crate) memory: Memory,
    pub(crate) event: ticketon_core::Created,
    pub(crate) bank: Bank,
}

impl Shop {
    /// On sale without a queue, four seats a person, 23 days before the performance.
    pub(crate) async fn open() -> Self {
        Self::selling(recital().no_queue()).await
    }

    /// The published event on sale.
    pub(crate) async fn selling(new: NewEvent) -> Self {
        let memory = Memory::new();
        let clock = FixedClock::at("2026-12-01T11:00:00Z");
        let cx = Context::new(memory.clone(), clock.clone(), SeededEntropy::new(7));
        let staff = staff();
        let event = create_event(&cx, &staff, new).await.unwrap();
        publish(&cx, &staff, event.id).await.unwrap();
        let bank = Bank::default();
        Self {
            cx,
            clock,
            memory,
            event,
            bank,
        }
    }

    pub(crate) fn buyer(&self, name: &str) -> Buyer<'_> {
        Buyer::new(self, Caller::user(name))
    }

    /// Time passes, and nobody looks after what ends.
    pub(crate) fn wait(&self, length: Duration) {
        self.clock.advance(length);
    }

    pub(crate) fn wait_minutes(&self, minutes: u64) {
        self.wait(Duration::from_mins(minutes));
    }

    /// Ends whatever ran out.
    pub(crate) async fn sweep(&self) {
        let nothing = ticketon_core::Swept::default();
        while sweep(&self.cx, 100).await.unwrap() != nothing {}
    }

    /// A row as it stands.
    pub(crate) async fn row<T: Stored>(&self, key: T::Key) -> T {
        let row = self.cx.load::<T>(key, Freshness::Fresh).await.unwrap();
        row.expect("the row is there").0
    }

    /// A seat as anybody sees it.
    pub(crate) async fn shown(&self, seat: u32) -> ticketon_core::availability::Shown {
        let hall = self.cx.hall(self.event.performance()).await.unwrap();
        hall.shown(ticketon_core::plan::SeatNumber(seat)).unwrap()
    }

    /// What the promises say beside the bank's ledger, with every reader of the log run to its end.
    pub(crate) async fn report(&self) -> Report {
        for projection in Projection::ALL {
            while follow(&self.cx, projection, 100).await.unwrap() > 0 {}
        }
        self.report_as_it_stands().await
    }

    pub(crate) async fn report_as_it_stands(&self) -> Report {
        verify_against(&*self.cx.reads, self.cx.now(), &self.basis())
            .await
            .unwrap()
    }

    /// The bank's ledger, read later than anything happened, so that nothing is excused.
    pub(crate) fn basis(&self) -> Basis {
        let read_at = self.cx.now() + Duration::from_hours(1);
        Basis {
            provider: Some(self.bank.books(read_at)),
            ..Basis::default()
        }
    }

    pub(crate) async fn keeps_its_promises(&self) {
        self.report().await.assert_kept();
    }

    /// Changes a row behind everybody's back, past every rule.
    pub(crate) async fn tamper<T: Stored>(&self, key: T::Key, change: impl FnOnce(&mut T)) {
        let row = self.cx.load::<T>(key, Freshness::Fresh).await.unwrap();
        let (mut row, version) = row.expect("the row is there");
        change(&mut row);
        self.force(row, version).await;
    }

    /// Writes a row past every rule, as a broken store would.
    pub(crate) async fn force(&self, row: impl Into<Row>, version: Version) {
        let changes = self.changes().write(row, version);
        self.memory.clone().finish(&[&changes], &[]).await.unwrap();
    }

    pub(crate) fn changes(&self) -> Changes {
        Changes::new(ticketon_core::ids::ChangesId::new(
            self.cx.now(),
            &*self.cx.entropy,
        ))
    }

    /// The row that a promise must name.
    pub(crate) fn seat(&self, number: u32) -> RowId {
        RowId::Seat(self.event.performance(), ticketon_core::plan::SeatNumber(number))
    }
}

/// The event of most tests, still without a word about its queue.
pub(crate) fn recital() -> NewEvent {
    NewEvent::single("Recital", "2026-12-24T10:00:00Z")
        .plan(Plan::from_csv(HALL).unwrap())
        .price("R", "adult", R)
        .price("S", "adult", S)
}

pub(crate) fn staff() -> Caller {
    Caller::system("test")
}
