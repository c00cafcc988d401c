//! What a batch does: versions, keys, answers, facts.

use super::sample::{
    NOW, allowance, answered, changes, event, event_id, fact, hold, performance_id, purchase, sale_id, seat,
    ticket, user,
};
use super::subject::{Applied, Subject};
use crate::fact::Position;
use crate::hold::HoldState;
use crate::plan::SeatNumber;
use crate::purchase::PurchaseState;
use crate::row::{Row, RowId, UniqueKey};
use crate::seat::SeatState;
use crate::store::{Changes, Conflict, Engine, Reads, Version};
use crate::ticket::TicketState;

const FIRST: Version = Version(1);
const SECOND: Version = Version(2);

pub(super) async fn a_row_counts_how_often_it_was_written<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    let id = Row::from(seat(7, SeatState::Free)).id();
    assert_eq!(store.version(&id).await, Version::ABSENT);
    store
        .must_commit(changes(1).create(seat(7, SeatState::Free)).record(fact()))
        .await;
    assert_eq!(
        store.row(&id).await,
        Some((seat(7, SeatState::Free).into(), FIRST))
    );
    store
        .must_commit(
            changes(2)
                .write(seat(7, SeatState::OffSale), FIRST)
                .record(fact()),
        )
        .await;
    assert_eq!(
        store.row(&id).await,
        Some((seat(7, SeatState::OffSale).into(), SECOND))
    );
}

pub(super) async fn a_row_that_changed_since_it_was_read_is_stale<E: Engine, R: Reads>(
    mut store: Subject<E, R>,
) {
    let stale = |row: RowId| Err(Conflict::Stale(row));
    let id = Row::from(allowance(1, 0)).id();
    let unread = changes(1).write(allowance(1, 2), FIRST).record(fact());
    assert_eq!(store.commit(unread).await, stale(id.clone()), "it does not exist");
    store
        .must_commit(changes(2).create(allowance(1, 2)).record(fact()))
        .await;
    let again = changes(3).create(allowance(1, 4)).record(fact());
    assert_eq!(store.commit(again).await, stale(id.clone()), "it exists");
    let ahead = changes(4).write(allowance(1, 4), SECOND).record(fact());
    assert_eq!(
        store.commit(ahead).await,
        stale(id.clone()),
        "it was not written so often"
    );
    assert_eq!(
        store.row(&id).await,
        Some((allowance(1, 2).into(), FIRST)),
        "a refusal changes nothing"
    );
}

pub(super) async fn what_a_decision_relies_on_must_still_stand<E: Engine, R: Reads>(
    mut store: Subject<E, R>,
) {
    let event_row = RowId::Event(event_id());
    let relying = |n: u32, version: Version| {
        let changes = changes(n)
            .rely(RowId::Sale(sale_id()), FIRST)
            .rely(event_row.clone(), version);
        changes.create(seat(n, SeatState::Free)).record(fact())
    };
    assert_eq!(store.commit(relying(1, FIRST)).await, Ok(Applied::Now));
    store
        .must_commit(changes(2).write(event(1, "recital"), FIRST).record(fact()))
        .await;
    assert_eq!(
        store.commit(relying(3, FIRST)).await,
        Err(Conflict::Stale(event_row.clone()))
    );
    assert_eq!(store.commit(relying(4, SECOND)).await, Ok(Applied::Now));
    let absent = Row::from(allowance(1, 0)).id();
    let relies_on_absence = changes(5)
        .rely(absent.clone(), Version::ABSENT)
        .create(seat(5, SeatState::Free));
    assert_eq!(
        store.commit(relies_on_absence.record(fact())).await,
        Ok(Applied::Now)
    );
    assert_eq!(
        store.version(&absent).await,
        Version::ABSENT,
        "relying writes nothing"
    );
}

pub(super) async fn changes_are_refused_whole<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    store
        .must_commit(changes(1).create(seat(1, SeatState::Free)).record(fact()))
        .await;
    let head = store.reads.head().await.expect("reads answer");
    let half = changes(2)
        .create(seat(2, SeatState::Free))
        .create(seat(1, SeatState::Free))
        .record(fact())
        .answer(Some(answered("key", "print", RowId::Event(event_id()))));
    let id = Row::from(seat(1, SeatState::Free)).id();
    assert_eq!(store.commit(half).await, Err(Conflict::Stale(id)));
    assert_eq!(
        store.version(&RowId::Seat(performance_id(), SeatNumber(2))).await,
        Version::ABSENT
    );
    assert_eq!(store.reads.head().await, Ok(head), "no fact of it was kept");
    let key = answered("key", "print", RowId::Event(event_id())).key;
    assert_eq!(store.reads.answered(&key).await, Ok(None), "it answers nothing");
}

pub(super) async fn a_row_is_written_at_most_once_in_a_batch<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    let taking = |n: u32, seats: &[u32]| {
        let free = seats.iter().map(|number| seat(*number, SeatState::Free));
        free.fold(changes(n), Changes::create).record(fact())
    };
    let relying = changes(4).rely(RowId::Seat(performance_id(), SeatNumber(1)), Version::ABSENT);
    let batch = [
        taking(1, &[1, 2]),
        taking(2, &[2, 3]),
        taking(3, &[3, 4]),
        relying.create(seat(9, SeatState::Free)).record(fact()),
    ];
    let stale = |number: u32| Err(Conflict::Stale(RowId::Seat(performance_id(), SeatNumber(number))));
    let expected = [Ok(Applied::Now), stale(2), Ok(Applied::Now), stale(1)];
    assert_eq!(
        store.commit_all(&batch).await,
        expected,
        "who is refused stands in nobody's way"
    );
}

pub(super) async fn a_key_has_one_holder<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    store
        .must_commit(changes(1).create(user(1, "ana@example.com")).record(fact()))
        .await;
    let email = Row::from(user(1, "ana@example.com"))
        .unique_key()
        .expect("users hold their address");
    let other = changes(2).create(user(2, "ana@example.com")).record(fact());
    assert_eq!(
        store.commit(other).await,
        Err(Conflict::Taken(email.clone())),
        "held elsewhere"
    );
    let same = changes(3).write(user(1, "ana@example.com"), FIRST).record(fact());
    assert_eq!(
        store.commit(same).await,
        Ok(Applied::Now),
        "one's own key is no hindrance"
    );
    let batch = [
        changes(4).create(user(3, "bob@example.com")).record(fact()),
        changes(5).create(user(4, "bob@example.com")).record(fact()),
        changes(6)
            .write(user(1, "eve@example.com"), SECOND)
            .record(fact()),
        changes(7).create(user(5, "ana@example.com")).record(fact()),
    ];
    let bob = Row::from(user(3, "bob@example.com"))
        .unique_key()
        .expect("users hold their address");
    let expected = [
        Ok(Applied::Now),
        Err(Conflict::Taken(bob)),
        Ok(Applied::Now),
        Err(Conflict::Taken(email)),
    ];
    assert_eq!(
        store.commit_all(&batch).await,
        expected,
        "in a batch a key is taken once, and freed for the next"
    );
    let twice = changes(8)
        .create(user(6, "tim@example.com"))
        .create(user(7, "tim@example.com"))
        .record(fact());
    assert!(
        matches!(store.commit(twice).await, Err(Conflict::Taken(_))),
        "nobody gives a key twice"
    );
}

pub(super) async fn a_key_is_handed_to_a_new_row<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    store.must_commit(selling()).await;
    store
        .must_commit(
            changes(2)
                .create(ticket(1, 5, TicketState::Issued))
                .record(fact()),
        )
        .await;
    let second = changes(3)
        .create(ticket(2, 5, TicketState::Issued))
        .record(fact());
    let live = UniqueKey::LiveTicket(performance_id(), SeatNumber(5));
    assert_eq!(
        store.commit(second).await,
        Err(Conflict::Taken(live.clone())),
        "a seat has one live ticket"
    );
    let reissue = changes(4)
        .create(ticket(2, 5, TicketState::Issued))
        .write(ticket(1, 5, TicketState::Void), FIRST);
    store.must_commit(reissue.record(fact())).await;
    assert_eq!(
        store.reads.holder(&live).await,
        Ok(Some(Row::from(ticket(2, 5, TicketState::Issued)).id()))
    );
    store
        .must_commit(
            changes(5)
                .create(user(1, "ana@example.com"))
                .create(user(2, "bob@example.com")),
        )
        .await;
    let swap = changes(6)
        .write(user(1, "bob@example.com"), FIRST)
        .write(user(2, "ana@example.com"), FIRST);
    assert!(
        matches!(store.commit(swap.record(fact())).await, Err(Conflict::Taken(_))),
        "old rows swap no keys"
    );
}

pub(super) async fn a_key_given_up_is_free_in_the_next_batch<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    store.must_commit(selling()).await;
    store
        .must_commit(
            changes(2)
                .create(ticket(1, 5, TicketState::Issued))
                .record(fact()),
        )
        .await;
    store
        .must_commit(
            changes(3)
                .write(ticket(1, 5, TicketState::Void), FIRST)
                .record(fact()),
        )
        .await;
    store
        .must_commit(
            changes(4)
                .create(ticket(2, 5, TicketState::Issued))
                .record(fact()),
        )
        .await;
}

pub(super) async fn an_answered_request_hears_its_answer<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    let one = RowId::Seat(performance_id(), SeatNumber(1));
    let asking = |n: u32, key: &str, print: &str| {
        let answer = answered(key, print, RowId::Seat(performance_id(), SeatNumber(n)));
        changes(n)
            .create(seat(n, SeatState::Free))
            .record(fact())
            .answer(Some(answer))
    };
    let first = answered("key", "print", one);
    let batch = [
        asking(1, "key", "print"),
        asking(2, "key", "print"),
        asking(3, "other", "print"),
    ];
    let heard = Err(Conflict::Answered(first.clone()));
    assert_eq!(
        store.commit_all(&batch).await,
        [Ok(Applied::Now), heard.clone(), Ok(Applied::Now)]
    );
    assert_eq!(
        store.commit(asking(4, "key", "another print")).await,
        heard,
        "with the first fingerprint"
    );
    let stale_too = asking(5, "key", "print").create(seat(1, SeatState::Free));
    assert_eq!(
        store.commit(stale_too).await,
        heard,
        "a repeat hears its answer before any refusal"
    );
    assert_eq!(store.reads.answered(&first.key).await, Ok(Some(first)));
}

pub(super) async fn changes_sent_twice_are_applied_once<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    let answer = answered("key", "print", RowId::Event(event_id()));
    let once = changes(1)
        .create(seat(1, SeatState::Free))
        .record(fact())
        .record(fact())
        .answer(Some(answer));
    let other = changes(2).create(seat(2, SeatState::Free)).record(fact());
    assert_eq!(
        store.commit_all(&[once.clone(), once.clone()]).await,
        [Ok(Applied::Now), Ok(Applied::Before)]
    );
    let head = store.reads.head().await.expect("reads answer");
    assert_eq!(
        store.commit_all(&[other.clone(), once]).await,
        [Ok(Applied::Now), Ok(Applied::Before)]
    );
    assert_eq!(
        store.reads.head().await,
        Ok(head.next()),
        "only the other one's fact is new"
    );
    assert_eq!(
        store.version(&RowId::Seat(performance_id(), SeatNumber(1))).await,
        FIRST
    );
    let silent = changes(3).create(seat(3, SeatState::Free));
    store.must_commit(silent.clone()).await;
    assert!(
        matches!(store.commit(silent).await, Err(Conflict::Stale(_))),
        "without facts the versions say it"
    );
}

pub(super) async fn facts_stand_at_dense_positions_in_order<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    let saying = |n: u32, facts: u32| {
        let spoken = (0..facts).map(|_| fact());
        spoken.fold(changes(n).create(seat(n, SeatState::Free)), Changes::record)
    };
    let refused = changes(2).create(seat(1, SeatState::Free)).record(fact());
    store.commit_all(&[saying(1, 3), refused, saying(3, 2)]).await;
    store
        .commit(changes(4).create(seat(1, SeatState::Free)).record(fact()))
        .await
        .expect_err("it exists");
    store.must_commit(saying(5, 1)).await;
    let facts = store.reads.facts(Position(0), 100).await.expect("reads answer");
    let positions: Vec<u64> = facts.iter().map(|recorded| recorded.position.0).collect();
    assert_eq!(
        positions,
        [1, 2, 3, 4, 5, 6, 7],
        "one of the opening, then six, and no gap for the refused"
    );
    assert_eq!(store.reads.head().await, Ok(Position(7)));
}

pub(super) async fn parents_are_written_first<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    let backwards = changes(1)
        .create(ticket(1, 1, TicketState::Issued))
        .create(purchase(1, PurchaseState::Paid))
        .create(hold(1, NOW, HoldState::Active))
        .record(fact());
    store.must_commit(backwards).await;
}

pub(super) async fn a_batch_that_was_not_finished_leaves_nothing<E: Engine, R: Reads>(
    mut store: Subject<E, R>,
) {
    let abandoned = [changes(1).create(seat(1, SeatState::Free)).record(fact())];
    store.engine.begin(&abandoned).await.expect("begin answers");
    store
        .must_commit(changes(2).create(seat(2, SeatState::Free)).record(fact()))
        .await;
    assert_eq!(
        store.version(&RowId::Seat(performance_id(), SeatNumber(1))).await,
        Version::ABSENT
    );
    let [abandoned] = abandoned;
    store.must_commit(abandoned).await;
}

/// A purchase to issue tickets for.
fn selling() -> Changes {
    changes(1)
        .create(hold(1, NOW, HoldState::Active))
        .create(purchase(1, PurchaseState::Paid))
        .record(fact())
}
