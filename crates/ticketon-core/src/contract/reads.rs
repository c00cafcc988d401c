//! What is read back.

use std::time::Duration;

use super::sample::{
    NOW, allowance, changes, event, event_id, fact, hold, hold_id, job, job_run, performance_id, purchase,
    sale_id, seat, ticket, user, views,
};
use super::subject::Subject;
use crate::chain::Chain;
use crate::fact::{Position, Recorded, Stream};
use crate::figures::{Figures, Minute};
use crate::hold::HoldState;
use crate::money::Won;
use crate::payment::{Payment, PaymentState};
use crate::plan::{Plan, SeatNumber};
use crate::purchase::PurchaseState;
use crate::row::{Cursor, Reader, Row, RowId, Table, UniqueKey};
use crate::seat::SeatState;
use crate::store::{Changes, Engine, Freshness, Reads, Version};
use crate::ticket::TicketState;

pub(super) async fn rows_come_in_the_order_asked<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    store
        .must_commit(
            changes(1)
                .create(seat(1, SeatState::Free))
                .create(allowance(2, 2))
                .record(fact()),
        )
        .await;
    let ids = [
        Row::from(allowance(2, 0)).id(),
        Row::from(allowance(3, 0)).id(),
        RowId::Seat(performance_id(), SeatNumber(1)),
        RowId::Sale(sale_id()),
        RowId::Seat(performance_id(), SeatNumber(1)),
    ];
    for freshness in [Freshness::Cached, Freshness::Fresh] {
        let rows = store.reads.rows(&ids, freshness).await.expect("reads answer");
        let names: Vec<Option<RowId>> = rows.into_iter().map(|row| row.map(|(row, _)| row.id())).collect();
        let found = [Some(&ids[0]), None, Some(&ids[2]), Some(&ids[3]), Some(&ids[4])];
        assert_eq!(names, found.map(Option::<&RowId>::cloned));
    }
}

pub(super) async fn a_key_leads_to_its_holder<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    let email = Row::from(user(1, "ana@example.com"))
        .unique_key()
        .expect("users hold their address");
    assert_eq!(store.reads.holder(&email).await, Ok(None));
    store
        .must_commit(changes(1).create(user(1, "ana@example.com")).record(fact()))
        .await;
    assert_eq!(
        store.reads.holder(&email).await,
        Ok(Some(Row::from(user(1, "ana@example.com")).id()))
    );
    let slug = UniqueKey::EventSlug(event(1, "recital").slug);
    assert_eq!(
        store.reads.holder(&slug).await,
        Ok(Some(RowId::Event(event_id())))
    );
}

pub(super) async fn what_is_due_comes_longest_due_first<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    let ending = |n: u32, minutes: u64| hold(n, NOW + Duration::from_mins(minutes), HoldState::Active);
    let holds = [(1, 30), (2, 10), (3, 20), (4, 10)].map(|(n, minutes)| ending(n, minutes));
    let last = holds[0].due_at().expect("an active hold ends");
    let first = holds[1].due_at().expect("an active hold ends");
    store
        .must_commit(holds.into_iter().fold(changes(1), Changes::create).record(fact()))
        .await;
    let ids = |numbers: &[u32]| {
        Ok(numbers
            .iter()
            .map(|n| RowId::Hold(hold_id(*n)))
            .collect::<Vec<_>>())
    };
    let sorted = |n: u32, other: u32| {
        if due(&ending(n, 10)) <= due(&ending(other, 10)) {
            [n, other]
        } else {
            [other, n]
        }
    };
    let [one, other] = sorted(2, 4);
    assert_eq!(
        store.reads.due(Table::Hold, last, 10).await,
        ids(&[one, other, 3, 1])
    );
    assert_eq!(
        store.reads.due(Table::Hold, last, 2).await,
        ids(&[one, other]),
        "at most so many"
    );
    assert_eq!(
        store
            .reads
            .due(Table::Hold, first - Duration::from_mins(1), 10)
            .await,
        ids(&[]),
        "nothing is due yet"
    );
    assert_eq!(
        store.reads.due(Table::Purchase, last, 10).await,
        ids(&[]),
        "no other table's rows"
    );
    let released = ending(one, 10).becoming(HoldState::Released);
    store
        .must_commit(changes(2).write(released, Version(1)).record(fact()))
        .await;
    assert_eq!(
        store.reads.due(Table::Hold, last, 10).await,
        ids(&[other, 3, 1]),
        "what has ended is due no more"
    );
}

pub(super) async fn seats_come_in_number_order<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    assert_eq!(
        store.reads.seats(performance_id()).await,
        Ok((Vec::new(), Position(1)))
    );
    let seats = [
        seat(300, SeatState::Free),
        seat(2, SeatState::OffSale),
        seat(0, SeatState::Held(hold_id(1))),
    ];
    store
        .must_commit(seats.into_iter().fold(changes(1), Changes::create).record(fact()))
        .await;
    let (seats, head) = store.reads.seats(performance_id()).await.expect("reads answer");
    let first = |number: u32, state: SeatState| (seat(number, state), Version(1));
    let expected = [
        first(0, SeatState::Held(hold_id(1))),
        first(2, SeatState::OffSale),
        first(300, SeatState::Free),
    ];
    assert_eq!(seats, expected);
    assert_eq!(head, Position(2));
}

pub(super) async fn every_kind_of_row_is_read_as_it_was_written<E: Engine, R: Reads>(
    mut store: Subject<E, R>,
) {
    let plan = Plan::from_csv("zone,row,seat,grade\nStalls,A,1,R\n").expect("a plan written by hand");
    let payment = Payment {
        order_id: purchase(1, PurchaseState::Paid).order_id(),
        purchase: purchase(1, PurchaseState::Paid).id,
        amount: Won(55_000),
        made_at: NOW,
        state: PaymentState::Declined {
            code: "NO_MONEY".to_owned(),
            message: "잔액이 \"부족\"\u{7f}\u{1}".to_owned(),
        },
    };
    let rows: Vec<Row> = vec![
        user(1, "ana@example.com").into(),
        plan.into(),
        allowance(1, 2).into(),
        hold(1, NOW, HoldState::Taken(purchase(1, PurchaseState::Paid).id)).into(),
        purchase(1, PurchaseState::Approving).into(),
        payment.into(),
        ticket(1, 1, TicketState::Issued).into(),
        seat(1, SeatState::Sold(ticket(1, 1, TicketState::Issued).id)).into(),
        views(7).into(),
        Figures::none(event_id()).into(),
        Minute::quiet(event_id(), NOW.minute()).into(),
        Chain::begun(Stream::System).into(),
        Chain::begun(Stream::Event(event_id())).into(),
        Recorded {
            position: Position(3),
            fact: fact(),
            act: None,
        }
        .into(),
        job(Some(1)).into(),
        job_run(1, NOW, false).into(),
        job_run(2, NOW, true).into(),
        Cursor {
            reader: Reader::Figures,
            position: Position(7),
        }
        .into(),
    ];
    store
        .must_commit(
            rows.iter()
                .cloned()
                .fold(changes(1), Changes::create)
                .record(fact()),
        )
        .await;
    for row in rows {
        assert_eq!(store.row(&row.id()).await, Some((row, Version(1))));
    }
}

pub(super) async fn facts_come_page_by_page<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    for n in 1..=5 {
        store
            .must_commit(changes(n).create(seat(n, SeatState::Free)).record(fact()))
            .await;
    }
    let page = store.reads.facts(Position(2), 3).await.expect("reads answer");
    assert_eq!(
        page.iter()
            .map(|recorded| recorded.position.0)
            .collect::<Vec<_>>(),
        [3, 4, 5]
    );
    assert_eq!(page[0].fact, fact());
    assert_eq!(store.reads.facts(Position(6), 3).await, Ok(Vec::new()));
}

pub(super) async fn a_snapshot_stands_still<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    let seats = (0..5).map(|number| seat(number, SeatState::Free));
    store
        .must_commit(seats.fold(changes(1), Changes::create).record(fact()))
        .await;
    let mut snapshot = store.reads.snapshot().await.expect("reads answer");
    store
        .must_commit(
            changes(2)
                .write(seat(4, SeatState::OffSale), Version(1))
                .record(fact()),
        )
        .await;
    let (mut seen, mut last) = (Vec::new(), None);
    loop {
        let page = snapshot
            .rows(Table::Seat, last.as_ref(), 2)
            .await
            .expect("the snapshot answers");
        let Some((row, _)) = page.last() else { break };
        last = Some(row.id());
        seen.extend(page);
    }
    let expected: Vec<_> = (0..5)
        .map(|number| (seat(number, SeatState::Free).into(), Version(1)))
        .collect();
    assert_eq!(seen, expected, "page by page, in order, as it stood");
    let facts = snapshot
        .facts(Position(0), 10)
        .await
        .expect("the snapshot answers");
    assert_eq!(facts.len(), 2);
}

fn due(hold: &crate::hold::Hold) -> Option<crate::time::Timestamp> {
    hold.due_at()
}
