//! Order and capacity, whatever happens, checked from the journal by the audit that knows nothing of the rules.

use std::time::Duration;

use proptest::prelude::*;
use ticketon_queue::contract::Tape;
use ticketon_queue::{
    Arrival, Audit, Change, Counters, Decision, EntryId, EntryState, MemoryQueue, Policy, Queue, Timestamp,
    VisitorName, decide_admission,
};

use crate::faults::{OPENING, audit_of, on_this_thread, open_queue_on, visitor};

#[derive(Clone, Copy, Debug)]
enum Step {
    Enter(u128),
    Claim(u128),
    Leave(u128),
    Tick(u64),
    Capacity(u32),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..20_u128;
    prop_oneof![
        5 => who.clone().prop_map(Step::Enter),
        2 => who.clone().prop_map(Step::Claim),
        1 => who.prop_map(Step::Leave),
        3 => (0..10_u64).prop_map(Step::Tick),
        1 => (1..6_u32).prop_map(Step::Capacity),
        2 => (0..90_000_u64).prop_map(Step::Wait),
    ]
}

const POLICY: Policy = Policy::fifo().capacity(3).per_minute(60);

/// Runs the steps and returns every position that each visitor was shown while the same entry waited.
async fn run(queue: &MemoryQueue, steps: Vec<Step>) {
    let mut now = OPENING;
    let mut shown: Vec<Option<(u64, u64)>> = vec![None; 20];
    for step in steps {
        take(queue, step, &mut now).await;
        for (who, before) in (0..).zip(&mut shown) {
            let position = position(queue, &visitor(who), now).await;
            if let (Some((old, was)), Some((seq, is))) = (*before, position) {
                assert!(
                    seq != old || is <= was,
                    "visitor {who} went back from {was} to {is}"
                );
            }
            *before = position;
        }
    }
}

async fn take(queue: &MemoryQueue, step: Step, now: &mut Timestamp) {
    match step {
        Step::Enter(who) => {
            let id = EntryId::from_u128(now.ms().into());
            queue
                .enter(Arrival::new(&visitor(who), id), *now)
                .await
                .map(drop)
                .unwrap();
        }
        Step::Claim(who) => drop(queue.claim(&visitor(who), *now).await.unwrap()),
        Step::Leave(who) => drop(queue.leave(&visitor(who), *now).await.unwrap()),
        Step::Tick(sellable) => drop(ticketon_queue::tick(queue, sellable, *now).await.unwrap()),
        Step::Capacity(capacity) => {
            queue
                .change(Change::Policy(POLICY.capacity(capacity)), *now)
                .await
                .map(drop)
                .unwrap();
        }
        Step::Wait(ms) => *now = now.plus(Duration::from_millis(ms)),
    }
}

async fn position(queue: &MemoryQueue, visitor: &VisitorName, now: Timestamp) -> Option<(u64, u64)> {
    let place = queue.find(visitor, now).await.unwrap()?;
    let is_waiting = place.entry.state == EntryState::Waiting;
    is_waiting.then(|| (place.entry.seq.0, place.progress.ahead_of(place.entry.seq)))
}

proptest! {
    #[test]
    fn nobody_is_served_out_of_turn_or_above_capacity(steps in proptest::collection::vec(step(), 1..200)) {
        let tape = Tape::default();
        on_this_thread(async {
            let queue = open_queue_on(&tape, POLICY).await;
            run(&queue, steps).await;
        });
        let found = audit_of(&tape);
        let clean = Audit { admissions: found.admissions, ..Audit::default() };
        prop_assert_eq!(found, clean);
    }
}

/// The safeguard taken away: a tick for which the room is never full.
fn without_capacity(counters: &Counters, policy: &Policy, sellable: u64) -> Decision {
    decide_admission(counters, &policy.capacity(u32::MAX), sellable)
}

#[tokio::test]
async fn a_tick_with_infinite_capacity_is_found_by_the_audit() {
    let tape = Tape::default();
    let queue = open_queue_on(&tape, POLICY.per_minute(60_000))
        .await
        .deciding_by(without_capacity);
    for who in 0..10 {
        take(&queue, Step::Enter(who), &mut OPENING.clone()).await;
    }
    let found = audit_of(&tape);
    assert_eq!(found.admissions, 10);
    assert_eq!(found.over_capacity.len(), 7, "every admission after the third");
    assert_eq!(found.out_of_order, []);
}

#[tokio::test]
async fn when_masses_leave_positions_are_never_too_low_and_never_grow() {
    let tape = Tape::default();
    let queue = open_queue_on(&tape, POLICY).await;
    queue.change(Change::Pause, OPENING).await.unwrap();
    for who in 0..3_000 {
        take(&queue, Step::Enter(who), &mut OPENING.clone()).await;
    }
    let mut before = 2_999;
    for gone in (1..2_998).step_by(3) {
        queue.leave(&visitor(gone), OPENING).await.unwrap();
        let (_, ahead) = position(&queue, &visitor(2_999), OPENING).await.unwrap();
        let exact = 2_999 - (u64::try_from(gone).unwrap() / 3 + 1);
        assert!(
            (exact..=before).contains(&ahead),
            "{exact} are ahead, {ahead} were said, {before} before"
        );
        before = ahead;
    }
    let progress = queue.progress(OPENING).await.unwrap();
    assert!(
        progress.given_up.len() <= 256 + 3,
        "{} rows",
        progress.given_up.len()
    );
}
