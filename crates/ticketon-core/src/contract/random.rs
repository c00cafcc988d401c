//! The same random work on an engine and in memory: whatever can be seen must be equal.

use std::time::Duration;

use super::sample::{
    NOW, allowance, answered, changes, event, event_id, fact, hold, job, job_run, performance_id, purchase,
    seat, ticket, user, views,
};
use super::subject::Subject;
use crate::entropy::split_mix;
use crate::fact::Position;
use crate::hold::HoldState;
use crate::purchase::PurchaseState;
use crate::row::{Cursor, Reader, Row, RowId, Table, UniqueKey};
use crate::seat::SeatState;
use crate::store::{Changes, Engine, Freshness, Memory, Reads, Version, Versioned};
use crate::ticket::TicketState;

/// Few rows, so that decisions meet.
const ROWS_EACH: u32 = 4;

/// Does `batches` batches of random changes, the same for the same seed, on an empty engine and in memory.
///
/// # Panics
/// If anything that can be seen differs; the seed and the batch are named.
pub async fn store_like_memory<E: Engine, R: Reads>(engine: E, reads: R, seed: u64, batches: usize) {
    let memory = Memory::new();
    let mut model = Subject::open(memory.clone(), memory).await;
    let mut store = Subject::open(engine, reads).await;
    for subject_opened in [prepare(&mut model).await, prepare(&mut store).await] {
        assert_eq!(subject_opened, Ok(super::Applied::Now));
    }
    let mut work = Work {
        state: seed,
        sent: Vec::new(),
    };
    for n in 0..batches {
        let batch = work.batch(&model).await;
        let expected = model.commit_all(&batch).await;
        assert_eq!(
            store.commit_all(&batch).await,
            expected,
            "seed {seed}, batch {n}: {batch:#?}"
        );
        let ids: Vec<RowId> = batch
            .iter()
            .flat_map(|changes| &changes.writes)
            .map(|(row, _)| row.id())
            .collect();
        let expected = model.reads.rows(&ids, Freshness::Cached).await;
        assert_eq!(
            store.reads.rows(&ids, Freshness::Cached).await,
            expected,
            "seed {seed}, batch {n}: cached rows"
        );
        work.sent.extend(batch);
    }
    assert_eq!(
        seen(&store).await,
        seen(&model).await,
        "seed {seed}: what is in the store at the end"
    );
}

/// The parents of the random rows.
async fn prepare<E: Engine, R: Reads>(subject: &mut Subject<E, R>) -> super::Verdict {
    let parents = changes(1)
        .create(hold(1, NOW, HoldState::Active))
        .create(purchase(1, PurchaseState::Paid));
    subject.commit(parents.record(fact())).await
}

/// A source of random changes.
struct Work {
    state: u64,
    sent: Vec<Changes>,
}

impl Work {
    async fn batch(&mut self, model: &Subject<Memory, Memory>) -> Vec<Changes> {
        let mut batch = Vec::new();
        for _ in 0..=self.below(7) {
            let again = self.one_in(12) && !self.sent.is_empty();
            batch.push(if again {
                self.sent_before()
            } else {
                self.changes(model).await
            });
        }
        batch
    }

    fn sent_before(&mut self) -> Changes {
        let n = self.below(u32::try_from(self.sent.len()).expect("few"));
        self.sent[n as usize].clone()
    }

    async fn changes(&mut self, model: &Subject<Memory, Memory>) -> Changes {
        let n = u32::try_from(self.state >> 34).expect("thirty bits");
        let mut made = changes(n + 2);
        for _ in 0..=self.below(3) {
            let row = self.row();
            let is_new = made.writes.iter().all(|(written, _)| written.id() != row.id());
            if is_new {
                let version = self.expected(model, &row.id()).await;
                made = made.write(row, version);
            }
        }
        if self.one_in(2) {
            let id = self.row().id();
            let version = self.expected(model, &id).await;
            made = made.rely(id, version);
        }
        for _ in 0..self.below(3) {
            made = made.record(fact());
        }
        if self.one_in(3) {
            let (key, print) = (
                format!("key-{}", self.below(20)),
                format!("print-{}", self.below(2)),
            );
            made = made.answer(Some(answered(&key, &print, RowId::Event(event_id()))));
        }
        made
    }

    /// Mostly what the row is at.
    async fn expected(&mut self, model: &Subject<Memory, Memory>, id: &RowId) -> Version {
        let version = model.version(id).await;
        if self.one_in(8) {
            Version(u64::from(self.below(3)))
        } else {
            version
        }
    }

    fn row(&mut self) -> Row {
        let n = self.below(ROWS_EACH);
        match self.below(11) {
            0 => user(
                n,
                ["ana@example.com", "bob@example.com", "eve@example.com"][self.below(3) as usize],
            )
            .into(),
            1 => event(n + 1, ["recital", "drop", "match"][self.below(3) as usize]).into(),
            2 => allowance(n, self.below(5)).into(),
            3 => {
                let until = NOW + Duration::from_mins(u64::from(self.below(30)));
                let state =
                    [HoldState::Active, HoldState::Released, HoldState::Expired][self.below(3) as usize];
                hold(n, until, state).into()
            }
            4 => purchase(
                1,
                [PurchaseState::AwaitingPayment, PurchaseState::Paid][self.below(2) as usize],
            )
            .into(),
            5 => ticket(
                n,
                n % 2,
                [TicketState::Issued, TicketState::Void][self.below(2) as usize],
            )
            .into(),
            6 => Cursor {
                reader: Reader::Queue,
                position: Position(u64::from(n)),
            }
            .into(),
            7 => job((n > 0).then_some(n)).into(),
            8 => {
                let begun = NOW + Duration::from_mins(u64::from(self.below(30)));
                job_run(n, begun, self.one_in(2)).into()
            }
            9 => views(u64::from(n)).into(),
            _ => seat(n, [SeatState::Free, SeatState::OffSale][self.below(2) as usize]).into(),
        }
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(split_mix(&mut self.state) % u64::from(bound)).expect("below a bound that fits")
    }
}

/// Whatever can be seen of a store.
#[derive(Debug, PartialEq)]
struct Seen {
    rows: Vec<Versioned<Row>>,
    facts: Vec<crate::fact::Recorded>,
    head: Position,
    due: Vec<RowId>,
    holders: Vec<Option<RowId>>,
    seats: Vec<Versioned<crate::seat::Seat>>,
}

async fn seen<E: Engine, R: Reads>(subject: &Subject<E, R>) -> Seen {
    const ALL: usize = 100_000;
    let mut snapshot = subject.reads.snapshot().await.expect("reads answer");
    let mut rows = Vec::new();
    let mut due = Vec::new();
    for table in Table::ALL {
        rows.extend(
            snapshot
                .rows(*table, None, ALL)
                .await
                .expect("the snapshot answers"),
        );
        due.extend(
            subject
                .reads
                .due(*table, NOW + Duration::from_hours(1), ALL)
                .await
                .expect("reads answer"),
        );
    }
    let keys: Vec<UniqueKey> = rows.iter().filter_map(|(row, _)| row.unique_key()).collect();
    let mut holders = Vec::new();
    for key in &keys {
        holders.push(subject.reads.holder(key).await.expect("reads answer"));
    }
    let facts = snapshot
        .facts(Position(0), ALL)
        .await
        .expect("the snapshot answers");
    let (seats, head) = subject.reads.seats(performance_id()).await.expect("reads answer");
    Seen {
        rows,
        facts,
        head,
        due,
        holders,
        seats,
    }
}
