//! A hall of 200,000 seats on sale, and the holds that are made in it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ticketon_core::contract::sample::{self, NOW};
use ticketon_core::fact::{Fact, Position, Stream, What};
use ticketon_core::hold::{Hold, HoldState};
use ticketon_core::ids::{ChangesId, EventId, HoldId, Person};
use ticketon_core::plan::SeatNumber;
use ticketon_core::row::{Row, RowId, Table};
use ticketon_core::sale::Allowance;
use ticketon_core::seat::SeatState;
use ticketon_core::store::{Changes, Reads, Store as _, Version};
use ticketon_server::adapter::sql::{SqlReads, SqlStore};
use ticketon_server::committer::Committers;

use super::Outcome;

const SEATS: u32 = 200_000;
const PAIRS: u32 = SEATS / 2;
/// Has no factor in common with the number of pairs, so that steps of it come by every pair once.
const STEP: u32 = 61_803;

/// A hall whose pairs of seats are held one after another, far from each other.
pub(crate) struct Hall(AtomicU32);

/// Makes the seats of a new store, all free.
pub(crate) async fn seed(store: SqlStore) -> Outcome<()> {
    let (committer, committing) = Committers::start(store.engines);
    committer.commit(sample::opening()).await?;
    for chunk in 0..SEATS / 1_000 {
        let seats = (chunk * 1_000..(chunk + 1) * 1_000).map(|number| sample::seat(number, SeatState::Free));
        let seeding = seats.fold(sample::changes(1 + chunk), Changes::create);
        committer.commit(seeding.record(sample::fact())).await?;
    }
    committing.shutdown().await;
    while store.upkeep.number_facts().await? > 0 {}
    Ok(())
}

impl Hall {
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// The next pair's hold, or nothing once all are held.
    pub(crate) fn next_hold(&self) -> Option<Changes> {
        let n = self.0.fetch_add(1, Ordering::Relaxed);
        (n < PAIRS).then(|| hold_two(n))
    }

    /// What was acknowledged is in the store, and nothing else.
    pub(crate) async fn check(&self, reads: &SqlReads, acknowledged: usize) -> Outcome<()> {
        let asked = self.0.load(Ordering::Relaxed).min(PAIRS);
        assert_eq!(
            usize::try_from(asked)?,
            acknowledged,
            "every hold asked for was acknowledged"
        );
        let (seats, head) = reads.seats(sample::performance_id()).await?;
        let mut expected = vec![SeatState::Free; SEATS as usize];
        for n in 0..asked {
            for number in pair(n) {
                expected[number.0 as usize] = SeatState::Held(hold_id(n));
            }
        }
        let states: Vec<SeatState> = seats.into_iter().map(|(seat, _)| seat.state).collect();
        assert_eq!(
            states, expected,
            "the seats are whose they were acknowledged to be"
        );
        let seeded = 1 + SEATS / 1_000;
        assert_eq!(head, Position(u64::from(seeded + asked)), "a fact for each");
        let mut snapshot = reads.snapshot().await?;
        for table in [Table::Hold, Table::Allowance] {
            let rows = snapshot.rows(table, None, usize::MAX >> 1).await?;
            assert_eq!(rows.len(), acknowledged, "a row of {table:?} for each");
        }
        Ok(())
    }
}

/// The changes of holding pair `n`, as the use case makes them.
fn hold_two(n: u32) -> Changes {
    let hold = hold(n);
    let allowance = Allowance {
        seats: 2,
        ..Allowance::none(sample::sale_id(), hold.person.clone())
    };
    let held = What::SeatsHeld {
        hold: hold.id,
        performance: hold.performance,
        sale: hold.sale,
        person: hold.person.clone(),
        seats: pair(n).map(|number| (number, Version(2))).to_vec(),
    };
    let answer = sample::answered(
        &format!("key-{n}"),
        "0123456789abcdef0123456789abcdef",
        RowId::Hold(hold.id),
    );
    let seats = pair(n).map(|number| sample::seat(number.0, SeatState::Held(hold.id)));
    let changes = seats
        .into_iter()
        .fold(Changes::new(ChangesId::from_bytes(id(n))), |changes, seat| {
            changes.write(seat, Version(1))
        });
    changes
        .create(allowance)
        .create(hold)
        .rely(RowId::Event(sample::event_id()), Version(1))
        .rely(RowId::Performance(sample::performance_id()), Version(1))
        .rely(RowId::Sale(sample::sale_id()), Version(1))
        .record(Fact {
            stream: Stream::Event(stream(n)),
            at: NOW,
            what: held,
        })
        .answer(Some(answer))
}

/// Facts of two events, so that two committers have something to do.
fn stream(n: u32) -> EventId {
    let mut id = *sample::event_id().as_bytes();
    id[15] ^= u8::from(n % 2 == 1);
    EventId::from_bytes(id)
}

fn hold(n: u32) -> Hold {
    let [one, other] =
        pair(n).map(|number| sample::hold(number.0, NOW + Duration::from_mins(7), HoldState::Active));
    let items = one.items.into_iter().chain(other.items).collect();
    let person = Person::new(Row::from(sample::user(n, "ana@example.com")).id().to_string());
    Hold {
        id: hold_id(n),
        person: person.expect("an id is short"),
        items,
        ..one
    }
}

/// Two neighbours.
fn pair(n: u32) -> [SeatNumber; 2] {
    let first =
        u32::try_from(u64::from(n) * u64::from(STEP) % u64::from(PAIRS)).expect("below the number of pairs");
    [SeatNumber(2 * first), SeatNumber(2 * first + 1)]
}

fn hold_id(n: u32) -> HoldId {
    HoldId::from_bytes(id(n))
}

/// As ids of version 7 are: sorted by the time they were made.
fn id(n: u32) -> [u8; 16] {
    let mut bytes = [0x77; 16];
    bytes[..6].copy_from_slice(&(1_800_000_000_000 + u64::from(n)).to_be_bytes()[2..]);
    bytes
}
