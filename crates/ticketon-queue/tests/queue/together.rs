//! Things that happen at the same time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ticketon_queue::contract::{Fate, Tape};
use ticketon_queue::{
    Change, EntryState, Journal, JournalLine, MemoryQueue, Pending, Policy, Queue, RoomName, Seq, UNLIMITED,
};
use tokio::sync::Notify;

use crate::faults::{CROWDED, OPENING, audit_of, enter, open_queue_on, queue_on, visitor};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_dispatchers_admit_nobody_twice_and_never_above_capacity() {
    let tape = Tape::default();
    let policy = Policy::fifo().capacity(40).per_minute(60_000);
    let queue = Arc::new(open_queue_on(&tape, policy).await);
    queue.change(Change::Pause, OPENING).await.unwrap();
    for number in 0..100 {
        enter(&queue, number).await.unwrap();
    }
    queue.change(Change::Resume, OPENING).await.unwrap();
    let mut dispatchers = Vec::new();
    for _ in 0..2 {
        let queue = Arc::clone(&queue);
        dispatchers.push(tokio::spawn(async move {
            let mut admitted = Vec::new();
            for _ in 0..50 {
                admitted.extend(queue.admit(7, OPENING).await.unwrap().admitted);
            }
            admitted
        }));
    }
    let mut admitted = Vec::new();
    for dispatcher in dispatchers {
        admitted.extend(dispatcher.await.unwrap().into_iter().map(|entry| entry.seq));
    }
    let once: BTreeSet<Seq> = admitted.iter().copied().collect();
    assert_eq!(once.len(), admitted.len(), "nobody was admitted twice");
    assert_eq!(once, (1..=40).map(Seq).collect(), "the first 40 came in");
    assert_eq!(audit_of(&tape).over_capacity, []);
    assert_eq!(audit_of(&tape).out_of_order, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_comes_at_once_gets_every_number_once() {
    let tape = Tape::default();
    let queue = Arc::new(open_queue_on(&tape, CROWDED).await);
    let mut crowd = Vec::new();
    for number in 0..500 {
        let queue = Arc::clone(&queue);
        crowd.push(tokio::spawn(async move {
            enter(&queue, number % 400).await.unwrap().entry.seq
        }));
    }
    let mut seqs = BTreeSet::new();
    for visitor in crowd {
        seqs.insert(visitor.await.unwrap());
    }
    assert_eq!(seqs, (1..=400).map(Seq).collect());
}

#[tokio::test]
async fn a_tick_between_coming_and_hearing_so_drops_nobody() {
    let tape = Tape::default();
    let queue = Arc::new(open_queue_on(&tape, Policy::fifo().capacity(2)).await);
    queue.change(Change::Pause, OPENING).await.unwrap();
    tape.next_fates([Fate::Held]);
    let coming = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { enter(&queue, 1).await.unwrap() }
    });
    tokio::task::yield_now().await;
    let ticking = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move {
            queue.change(Change::Resume, OPENING).await.unwrap();
            queue.admit(UNLIMITED, OPENING).await.unwrap()
        }
    });
    tokio::task::yield_now().await;
    assert!(
        !ticking.is_finished(),
        "nothing is told before what it rests on is durable"
    );
    tape.release();
    assert_eq!(coming.await.unwrap().entry.state, EntryState::Waiting);
    assert_eq!(ticking.await.unwrap().admitted.len(), 1);
    let found = queue.find(&visitor(1), OPENING).await.unwrap().unwrap();
    assert!(matches!(found.entry.state, EntryState::Admitted { .. }));
}

#[tokio::test]
async fn whoever_hangs_up_while_waiting_takes_no_refusal_along() {
    let tape = Tape::default();
    let queue = Arc::new(open_queue_on(&tape, CROWDED).await);
    tape.next_fates([Fate::HeldThenRefused]);
    let hung_up = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { enter(&queue, 1).await }
    });
    tokio::task::yield_now().await;
    hung_up.abort();
    hung_up.await.unwrap_err();
    tape.release();
    assert!(
        enter(&queue, 2).await.is_err(),
        "the line before this one was refused"
    );
    assert_eq!(enter(&queue, 3).await.unwrap().entry.seq, Seq(1));
    assert_eq!(queue_on(&tape).find(&visitor(1), OPENING).await, Ok(None));
}

/// A journal whose first reading takes until it is told to end, and that counts its readings.
#[derive(Clone, Default)]
struct SlowAtFirst {
    tape: Tape,
    gate: Arc<Notify>,
    readings: Arc<AtomicUsize>,
}

impl Journal for SlowAtFirst {
    fn append(&self, line: JournalLine) -> Pending<()> {
        self.tape.append(line)
    }

    fn load(&self) -> Pending<Vec<Vec<u8>>> {
        let (lines, gate) = (self.tape.lines(), Arc::clone(&self.gate));
        let is_slow = self.readings.fetch_add(1, Ordering::SeqCst) == 0;
        Box::pin(async move {
            if is_slow {
                gate.notified().await;
            }
            Ok(lines)
        })
    }
}

impl SlowAtFirst {
    /// The queue of somebody else's past in this journal: not read yet.
    async fn unread_queue(&self) -> Arc<MemoryQueue> {
        open_queue_on(&self.tape, CROWDED).await;
        Arc::new(MemoryQueue::new(
            RoomName::parse("opera").unwrap(),
            Arc::new(self.clone()),
        ))
    }
}

#[tokio::test]
async fn a_crowd_reads_the_journal_once() {
    let journal = SlowAtFirst::default();
    let queue = journal.unread_queue().await;
    let crowd = (0..100).map(|number| {
        let queue = Arc::clone(&queue);
        tokio::spawn(async move { enter(&queue, number).await })
    });
    let crowd: Vec<_> = crowd.collect();
    tokio::task::yield_now().await;
    journal.gate.notify_one();
    for visitor in crowd {
        visitor.await.unwrap().unwrap();
    }
    assert_eq!(journal.readings.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_hangs_up_while_reading_leaves_the_reading_to_the_next() {
    let journal = SlowAtFirst::default();
    let queue = journal.unread_queue().await;
    let hung_up = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { enter(&queue, 1).await }
    });
    tokio::task::yield_now().await;
    hung_up.abort();
    hung_up.await.unwrap_err();
    assert_eq!(enter(&queue, 2).await.unwrap().entry.seq, Seq(1));
}
