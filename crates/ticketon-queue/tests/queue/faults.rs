//! A journal that fails: what was answered stays true, what was refused never happened.

use std::sync::Arc;

use proptest::prelude::*;
use ticketon_queue::contract::{Fate, Tape};
use ticketon_queue::{
    Arrival, Audit, EntryId, EntryState, MemoryQueue, Place, Policy, Queue, QueueError, RoomName, Seq,
    Settings, Timestamp, UNLIMITED, VisitorName, audit, read_lines,
};

pub(crate) const OPENING: Timestamp = Timestamp::from_ms(1_796_122_800_000);

pub(crate) fn visitor(number: u128) -> VisitorName {
    VisitorName::parse(&format!("visitor-{number}")).unwrap()
}

pub(crate) fn queue_on(tape: &Tape) -> MemoryQueue {
    MemoryQueue::new(RoomName::parse("opera").unwrap(), Arc::new(tape.clone()))
}

pub(crate) async fn open_queue_on(tape: &Tape, policy: Policy) -> MemoryQueue {
    let queue = queue_on(tape);
    queue
        .open(Settings::opening(OPENING, policy), OPENING)
        .await
        .unwrap();
    queue
}

pub(crate) async fn enter(queue: &MemoryQueue, number: u128) -> Result<Place, QueueError> {
    let visitor = visitor(number);
    queue
        .enter(Arrival::new(&visitor, EntryId::from_u128(number)), OPENING)
        .await
}

pub(crate) fn audit_of(tape: &Tape) -> Audit {
    audit(&read_lines(&tape.lines()).unwrap())
}

/// Nobody goes straight in, so that everybody has a place to lose.
pub(crate) const CROWDED: Policy = Policy::fifo().capacity(1);

#[tokio::test]
async fn what_the_journal_refused_never_happened() {
    let tape = Tape::default();
    let queue = open_queue_on(&tape, CROWDED).await;
    enter(&queue, 1).await.unwrap();
    tape.next_fates([Fate::Refused]);
    assert!(matches!(enter(&queue, 2).await, Err(QueueError::Unavailable(_))));
    assert_eq!(queue.find(&visitor(2), OPENING).await, Ok(None));
    assert_eq!(
        enter(&queue, 3).await.unwrap().entry.seq,
        Seq(2),
        "the number was never given"
    );
}

#[tokio::test]
async fn a_place_whose_answer_was_lost_is_found_again() {
    let tape = Tape::default();
    let queue = open_queue_on(&tape, CROWDED).await;
    tape.next_fates([Fate::AnswerLost]);
    assert!(enter(&queue, 1).await.is_err());
    assert_eq!(enter(&queue, 2).await.unwrap().entry.seq, Seq(2));
    assert_eq!(enter(&queue, 1).await.unwrap().entry.seq, Seq(1));
}

#[tokio::test]
async fn an_opening_that_was_refused_leaves_no_empty_queue() {
    let tape = Tape::default();
    let queue = queue_on(&tape);
    tape.next_fates([Fate::Refused]);
    assert!(
        queue
            .open(Settings::opening(OPENING, CROWDED), OPENING)
            .await
            .is_err()
    );
    assert_eq!(enter(&queue, 1).await.err(), Some(QueueError::QueueLost));
    assert_eq!(
        queue.open(Settings::opening(OPENING, CROWDED), OPENING).await,
        Ok(true)
    );
}

#[tokio::test]
async fn another_rooms_journal_is_refused() {
    let tape = Tape::default();
    open_queue_on(&tape, CROWDED).await;
    let other = MemoryQueue::new(RoomName::parse("stadium").unwrap(), Arc::new(tape));
    assert!(matches!(enter(&other, 1).await, Err(QueueError::Corrupt(_))));
}

#[tokio::test]
async fn all_who_built_on_a_refused_line_are_told_so() {
    let tape = Tape::default();
    let queue = Arc::new(open_queue_on(&tape, CROWDED).await);
    tape.next_fates([Fate::Held, Fate::HeldThenRefused, Fate::Held, Fate::Held]);
    let mut answers = Vec::new();
    for number in 1..=4 {
        let queue = Arc::clone(&queue);
        answers.push(tokio::spawn(async move { enter(&queue, number).await }));
        tokio::task::yield_now().await;
    }
    tape.release();
    let mut seqs = Vec::new();
    for answer in answers {
        seqs.push(answer.await.unwrap().ok().map(|place| place.entry.seq));
    }
    assert_eq!(seqs, [Some(Seq(1)), None, None, None]);
    assert_eq!(
        enter(&queue, 5).await.unwrap().entry.seq,
        Seq(2),
        "the lines that were kept behind it are void"
    );
    assert_eq!(
        enter(&queue_on(&tape), 5).await.unwrap().entry.seq,
        Seq(2),
        "after a restart, too"
    );
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![6 => Just(Fate::Kept), 1 => Just(Fate::Refused), 1 => Just(Fate::AnswerLost)]
}

proptest! {
    /// People come, are admitted, claim and leave while the journal fails and the process is killed.
    #[test]
    fn no_acknowledged_place_is_lost_or_moved(
        fates in proptest::collection::vec(fate(), 0..120),
        steps in proptest::collection::vec((0..5_u8, 0..8_u128), 1..120),
    ) {
        let tape = Tape::default();
        on_this_thread(survives(&tape, fates, &steps));
        let found = audit_of(&tape);
        prop_assert_eq!(found.over_capacity, []);
        prop_assert_eq!(found.out_of_order, []);
    }
}

async fn survives(tape: &Tape, fates: Vec<Fate>, steps: &[(u8, u128)]) {
    let policy = Policy::fifo().capacity(2);
    let mut queue = open_queue_on(tape, policy).await;
    tape.next_fates(fates);
    let mut acknowledged = Vec::new();
    for (what, who) in steps {
        match what {
            0 | 1 => {
                if let Ok(place) = enter(&queue, *who).await {
                    acknowledged.push((*who, place.entry));
                }
            }
            2 => drop(queue.admit(UNLIMITED, OPENING).await),
            3 => {
                // Asked for, so the place may be gone whatever the answer.
                drop(queue.leave(&visitor(*who), OPENING).await);
                acknowledged.retain(|(other, _)| other != who);
            }
            _ => queue = queue_on(tape),
        }
        for (who, entry) in &acknowledged {
            if let Ok(found) = queue.find(&visitor(*who), OPENING).await {
                let found = found.expect("an acknowledged place is there").entry;
                assert_eq!((found.id, found.seq), (entry.id, entry.seq), "and it is the same");
                assert!(
                    !matches!(found.state, EntryState::Ended { .. }),
                    "and it is not over"
                );
            }
        }
    }
}

pub(crate) fn on_this_thread<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}
