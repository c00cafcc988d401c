//! Several processes at one room, and many people in it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ticketon_queue::{
    Arrival, Audit, Ceilings, CeilingsInMemory, Change, Entry, EntryId, EntryState, Policy, Queue, Redis,
    RedisQueue, RoomName, Seq, Settings, UNLIMITED, tick,
};

use super::engine::unused_room;
use crate::faults::{OPENING, visitor};

/// The same room in two processes.
async fn in_two_processes(one: Redis, other: Redis, policy: Policy) -> [Arc<RedisQueue>; 2] {
    let (room, ceilings): (RoomName, Arc<dyn Ceilings>) =
        (unused_room(), Arc::new(CeilingsInMemory::default()));
    let queue = |redis| Arc::new(RedisQueue::new(room.clone(), redis, Arc::clone(&ceilings)));
    let queues = [queue(one), queue(other)];
    let made = queues[0].open(Settings::opening(OPENING, policy), OPENING).await;
    assert_eq!(made, Ok(true));
    queues
}

async fn enter(queue: &RedisQueue, number: u128) -> Entry {
    let visitor = visitor(number);
    let place = queue
        .enter(Arrival::new(&visitor, EntryId::from_u128(number)), OPENING)
        .await;
    place.unwrap().entry
}

/// A room where all must wait until it is opened again.
async fn paused_with(queue: &RedisQueue, people: u128) {
    queue.change(Change::Pause, OPENING).await.unwrap();
    for number in 0..people {
        enter(queue, number).await;
    }
}

pub(super) async fn two_dispatchers(one: Redis, other: Redis) {
    let queues = in_two_processes(one, other, Policy::fifo().capacity(40).per_minute(60_000)).await;
    paused_with(&queues[0], 100).await;
    queues[0].change(Change::Resume, OPENING).await.unwrap();
    let audited = Arc::clone(&queues[0]);
    let dispatchers = queues.map(|queue| {
        tokio::spawn(async move {
            let mut admitted = Vec::new();
            for _ in 0..30 {
                let tick = queue.admit(7, OPENING).await.unwrap();
                assert!(tick.counters.active <= 40);
                assert!(tick.admitted.is_sorted_by_key(|entry| entry.seq));
                admitted.extend(tick.admitted.iter().map(|entry| entry.seq));
            }
            admitted
        })
    });
    let mut admitted = Vec::new();
    for dispatcher in dispatchers {
        admitted.extend(dispatcher.await.unwrap());
    }
    let once: BTreeSet<Seq> = admitted.iter().copied().collect();
    assert_eq!(once.len(), admitted.len(), "nobody was admitted twice");
    assert_eq!(once, (1..=40).map(Seq).collect(), "the first 40 came in");
    let clean = Audit {
        admissions: 40,
        ..Audit::default()
    };
    assert_eq!(audited.audit(OPENING).await, Ok(clean));
}

/// More than are recorded at once, so that numbers run out on the way.
pub(super) async fn a_crowd(one: Redis, other: Redis) {
    const CROWD: u64 = 10_500;
    let queues = in_two_processes(one, other, Policy::fifo().capacity(1)).await;
    enter(&queues[0], 0).await;
    let mut crowd = Vec::new();
    for group in 0..30 {
        let queue = Arc::clone(&queues[group % 2]);
        crowd.push(tokio::spawn(async move {
            let mut seqs = Vec::new();
            for number in (1..u128::from(CROWD)).skip(group).step_by(30) {
                seqs.push(enter(&queue, number).await.seq);
            }
            seqs
        }));
    }
    let mut seqs = vec![Seq(1)];
    for group in crowd {
        seqs.extend(group.await.unwrap());
    }
    seqs.sort();
    let all: Vec<Seq> = (1..=CROWD).map(Seq).collect();
    assert!(seqs == all, "every number is given once, none is left out");
}

pub(super) async fn masses_leave(redis: Redis) {
    let [queue, _] = in_two_processes(redis.clone(), redis, Policy::fifo()).await;
    paused_with(&queue, 2_400).await;
    let last = visitor(2_399);
    let mut before = 2_399;
    for gone in (1..2_398).step_by(3) {
        queue.leave(&visitor(gone), OPENING).await.unwrap();
        let place = queue.find(&last, OPENING).await.unwrap().unwrap();
        let ahead = place.progress.ahead_of(place.entry.seq);
        let exact = 2_399 - (u64::try_from(gone).unwrap() / 3 + 1);
        assert!(
            (exact..=before).contains(&ahead),
            "{exact} are ahead, {ahead} were said, {before} before"
        );
        before = ahead;
    }
    let progress = queue.progress(OPENING).await.unwrap();
    assert_eq!(
        progress.ahead_of(Seq(2_400)),
        before,
        "what is published says the same"
    );
    assert!(
        progress.given_up.len() <= 256 + 3,
        "{} rows",
        progress.given_up.len()
    );
}

pub(super) async fn a_large_tick(redis: Redis) {
    let policy = Policy::fifo().capacity(2_300).per_minute(1_000_000);
    let [queue, _] = in_two_processes(redis.clone(), redis, policy).await;
    paused_with(&queue, 2_500).await;
    queue.change(Change::Resume, OPENING).await.unwrap();
    let first = tick(&*queue, UNLIMITED, OPENING).await.unwrap();
    assert_eq!(
        (first.decision.admit, first.decision.because.to_string()),
        (2_300, "free slots: 2,300 of 2,300".to_owned())
    );
    let seqs: Vec<Seq> = first.admitted.iter().map(|entry| entry.seq).collect();
    assert!(
        seqs == (1..=2_300).map(Seq).collect::<Vec<_>>(),
        "in one order over all steps"
    );

    let later = OPENING.plus(Duration::from_mins(2));
    let next = tick(&*queue, UNLIMITED, later).await.unwrap();
    assert_eq!((next.ended.len(), next.admitted.len()), (2_300, 200));
    let told = queue.find(&visitor(0), later).await.unwrap().unwrap();
    assert!(matches!(told.entry.state, EntryState::Ended { .. }));
}
