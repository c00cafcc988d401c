use super::*;
use crate::contract::sample::{answered, changes, event_id, fact, performance_id, seat, ticket};
use crate::plan::SeatNumber;
use crate::row::Row;
use crate::seat::SeatState;
use crate::store::Version;
use crate::ticket::TicketState;

fn free(n: u32, number: u32) -> Changes {
    changes(n).create(seat(number, SeatState::Free)).record(fact())
}

fn seat_id(number: u32) -> RowId {
    RowId::Seat(performance_id(), SeatNumber(number))
}

/// What became of each: its id, nothing because it was applied before, or the conflict.
fn verdicts(batch: &[Changes], found: Found) -> Vec<Result<Option<ChangesId>, Conflict>> {
    settle(batch, found)
        .into_iter()
        .map(|verdict| verdict.map(|changes| changes.map(|changes| changes.id)))
        .collect()
}

#[test]
fn what_nothing_stands_against_is_accepted() {
    let batch = [free(1, 1), free(2, 2)];
    let expected = [Ok(Some(batch[0].id)), Ok(Some(batch[1].id))];
    assert_eq!(verdicts(&batch, Found::default()), expected);
}

#[test]
fn who_comes_first_gets_the_row() {
    let batch = [free(1, 1), free(2, 1)];
    let expected = [Ok(Some(batch[0].id)), Err(Conflict::Stale(seat_id(1)))];
    assert_eq!(verdicts(&batch, Found::default()), expected);
}

#[test]
fn who_was_refused_stands_in_nobodys_way() {
    let batch = [free(1, 1), free(2, 1)];
    let found = Found {
        stale: vec![(0, seat_id(1))],
        ..Found::default()
    };
    let expected = [Err(Conflict::Stale(seat_id(1))), Ok(Some(batch[1].id))];
    assert_eq!(verdicts(&batch, found), expected);
}

#[test]
fn relying_on_what_the_batch_writes_is_stale() {
    let batch = [free(1, 1), free(2, 2).rely(seat_id(1), Version::ABSENT)];
    let expected = [Ok(Some(batch[0].id)), Err(Conflict::Stale(seat_id(1)))];
    assert_eq!(verdicts(&batch, Found::default()), expected);
}

#[test]
fn many_may_rely_on_one_row() {
    let batch = [
        free(1, 1).rely(seat_id(9), Version(4)),
        free(2, 2).rely(seat_id(9), Version(4)),
    ];
    let expected = [Ok(Some(batch[0].id)), Ok(Some(batch[1].id))];
    assert_eq!(verdicts(&batch, Found::default()), expected);
}

#[test]
fn of_all_that_is_found_applied_comes_first_then_answered_then_stale() {
    let batch = [free(1, 1), free(2, 2), free(3, 3)];
    let answer = answered("key", "print", RowId::Event(event_id()));
    let found = Found {
        applied: vec![0],
        answered: vec![(0, answer.clone()), (1, answer.clone())],
        stale: vec![(0, seat_id(1)), (1, seat_id(2)), (2, seat_id(3))],
        taken: Vec::new(),
    };
    let expected = [
        Ok(None),
        Err(Conflict::Answered(answer)),
        Err(Conflict::Stale(seat_id(3))),
    ];
    assert_eq!(verdicts(&batch, found), expected);
}

#[test]
fn the_same_row_is_named_whatever_order_an_engine_found_them_in() {
    let batch = [free(1, 1)];
    for stale in [
        vec![(0, seat_id(1)), (0, seat_id(2))],
        vec![(0, seat_id(2)), (0, seat_id(1))],
    ] {
        let found = Found {
            stale,
            ..Found::default()
        };
        assert_eq!(verdicts(&batch, found), [Err(Conflict::Stale(seat_id(1)))]);
    }
}

#[test]
fn a_repeat_in_the_same_batch_hears_the_first_answer() {
    let answer = answered("key", "print", seat_id(1));
    let other = answered("key", "another print", seat_id(2));
    let batch = [
        free(1, 1).answer(Some(answer.clone())),
        free(2, 2).answer(Some(other)),
    ];
    let expected = [Ok(Some(batch[0].id)), Err(Conflict::Answered(answer))];
    assert_eq!(verdicts(&batch, Found::default()), expected);
}

#[test]
fn a_void_ticket_hands_its_seat_to_a_new_one() {
    let (old, new) = (ticket(1, 5, TicketState::Void), ticket(2, 5, TicketState::Issued));
    let holder = Row::from(old.clone()).id();
    let key = Row::from(new.clone())
        .unique_key()
        .expect("an issued ticket holds its seat");
    let reissue = [changes(1)
        .write(old, Version(1))
        .create(new.clone())
        .record(fact())];
    let found = Found {
        taken: vec![(0, key.clone(), holder.clone())],
        ..Found::default()
    };
    assert_eq!(verdicts(&reissue, found.clone()), [Ok(Some(reissue[0].id))]);
    let second = [changes(1).create(new).record(fact())];
    assert_eq!(
        verdicts(&second, found),
        [Err(Conflict::Taken(key))],
        "while the first lives there is no second"
    );
}

#[test]
fn changes_that_write_a_row_twice_contradict_themselves() {
    let batch = [free(1, 1).create(seat(1, SeatState::OffSale))];
    assert_eq!(
        verdicts(&batch, Found::default()),
        [Err(Conflict::Stale(seat_id(1)))]
    );
}
