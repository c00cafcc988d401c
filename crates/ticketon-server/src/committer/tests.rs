use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ticketon_core::contract::sample::{changes, fact, opening, performance_id, seat};
use ticketon_core::fact::Position;
use ticketon_core::plan::SeatNumber;
use ticketon_core::row::RowId;
use ticketon_core::seat::SeatState;
use ticketon_core::store::{Conflict, Found, Freshness, Memory, NotWritten, Reads as _, Version};

use super::*;

/// What befalls a batch.
enum Fault {
    /// It is written, and the answer is lost.
    AnswerLost,
    /// The store does not answer.
    Away,
    /// It takes long.
    Slow,
}

/// A memory engine to which faults happen, one a batch, in order.
#[derive(Clone, Default)]
struct Faulty {
    memory: Memory,
    faults: Arc<Mutex<VecDeque<Fault>>>,
    /// A constraint refuses this row, though nothing stands against it.
    cursed: Option<RowId>,
    /// The rows of each batch that was written.
    batches: Arc<Mutex<Vec<Vec<RowId>>>>,
}

#[async_trait]
impl Engine for Faulty {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        self.memory.begin(batch).await
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        let rows: Vec<RowId> = accepted
            .iter()
            .flat_map(|changes| &changes.writes)
            .map(|(row, _)| row.id())
            .collect();
        if self.cursed.as_ref().is_some_and(|cursed| rows.contains(cursed)) {
            return Err(NotWritten::Refused("CHECK constraint failed".to_owned()));
        }
        let fault = self.faults.lock().unwrap().pop_front();
        match fault {
            Some(Fault::Away) => return Err(away().into()),
            Some(Fault::Slow) => tokio::time::sleep(Duration::from_millis(50)).await,
            Some(Fault::AnswerLost) | None => {}
        }
        self.memory.finish(accepted, journal).await?;
        self.batches.lock().unwrap().push(rows);
        if matches!(fault, Some(Fault::AnswerLost)) {
            Err(away().into())
        } else {
            Ok(())
        }
    }
}

impl Faulty {
    fn suffering(faults: impl IntoIterator<Item = Fault>) -> Self {
        Self {
            faults: Arc::new(Mutex::new(faults.into_iter().collect())),
            ..Self::default()
        }
    }

    /// A committer over it, after the shop has opened.
    async fn start(&self) -> (Committer, Committing) {
        let mut memory = self.memory.clone();
        memory.finish(&[&opening()], &[]).await.unwrap();
        Committer::start(self.clone())
    }

    async fn has(&self, number: u32) -> bool {
        let rows = self
            .memory
            .rows(&[seat_id(number)], Freshness::Fresh)
            .await
            .unwrap();
        rows[0].is_some()
    }
}

fn away() -> Unavailable {
    Unavailable("the store is away".to_owned())
}

fn seat_id(number: u32) -> RowId {
    RowId::Seat(performance_id(), SeatNumber(number))
}

fn seating(number: u32) -> Changes {
    changes(number)
        .create(seat(number, SeatState::Free))
        .record(fact())
}

fn line(stream: &str, bytes: &[u8]) -> JournalLine {
    JournalLine {
        stream: stream.to_owned(),
        bytes: bytes.to_vec(),
    }
}

#[tokio::test]
async fn an_answer_means_that_it_is_in_the_store() {
    let engine = Faulty::default();
    let (committer, _committing) = engine.start().await;
    assert_eq!(committer.commit(seating(1)).await, Ok(()));
    assert!(engine.has(1).await);
    let again = changes(2).create(seat(1, SeatState::Free)).record(fact());
    assert_eq!(
        committer.commit(again).await,
        Err(Conflict::Stale(seat_id(1)).into())
    );
    assert_eq!(
        (committer.counters().changes, committer.counters().conflicts),
        (1, 1)
    );
}

#[tokio::test]
async fn who_arrives_while_a_batch_is_written_shares_the_next() {
    let engine = Faulty::suffering([Fault::Slow]);
    let (committer, committing) = engine.start().await;
    let writers: Vec<_> = (0..100)
        .map(|number| {
            let committer = committer.clone();
            tokio::spawn(async move { committer.commit(seating(number)).await })
        })
        .collect();
    for writer in writers {
        assert_eq!(writer.await.unwrap(), Ok(()));
    }
    committing.shutdown().await;
    let counters = committer.counters();
    assert_eq!(counters.changes, 100);
    assert!(counters.batches <= 3, "{counters:?}");
}

#[tokio::test]
async fn a_lost_answer_is_found_out() {
    let engine = Faulty::suffering([Fault::AnswerLost]);
    let (committer, _committing) = engine.start().await;
    assert_eq!(committer.commit(seating(1)).await, Ok(()));
    let rows = engine.memory.rows(&[seat_id(1)], Freshness::Fresh).await.unwrap();
    assert_eq!(
        rows,
        [Some((seat(1, SeatState::Free).into(), Version(1)))],
        "written once"
    );
    assert_eq!(
        engine.memory.head().await,
        Ok(Position(2)),
        "its fact stands once"
    );
    assert_eq!(committer.counters().retries, 1);
}

#[tokio::test]
async fn a_store_that_stays_away_is_given_up() {
    let engine = Faulty::suffering((0..limits::WRITE_TRIES).map(|_| Fault::Away));
    let (committer, _committing) = engine.start().await;
    assert_eq!(committer.commit(seating(1)).await, Err(away().into()));
    assert_eq!(
        committer.commit(seating(2)).await,
        Ok(()),
        "and asked again by the next"
    );
    assert!(!engine.has(1).await);
}

#[tokio::test]
async fn who_breaks_a_constraint_takes_nobody_along() {
    let engine = Faulty {
        cursed: Some(seat_id(3)),
        ..Faulty::suffering([])
    };
    let (committer, _committing) = engine.start().await;
    let commits = (1..=5).map(|number| committer.commit(seating(number)));
    let journal = committer.append(vec![line("a", b"one")]);
    let verdicts = futures_util::future::join_all(commits).await;
    for (verdict, number) in verdicts.iter().zip(1..) {
        assert_eq!(verdict.is_ok(), number != 3, "{number}: {verdict:?}");
        assert_eq!(engine.has(number).await, number != 3);
    }
    assert_eq!(journal.await, Ok(()));
    assert_eq!(committer.counters().bugs, 1);
}

#[tokio::test]
async fn lines_stand_in_the_order_in_which_they_were_handed_over() {
    let engine = Faulty::suffering([Fault::Slow, Fault::AnswerLost]);
    let (committer, _committing) = engine.start().await;
    let durable: Vec<_> = (0..50_u8)
        .map(|n| committer.append(vec![line("a", &[n, 0]), line("a", &[n, 1])]))
        .collect();
    for durable in durable {
        assert_eq!(durable.await, Ok(()));
    }
    let mut lines = engine.memory.journal("a").await.unwrap();
    lines.dedup();
    let firsts: Vec<Vec<u8>> = (0..50).flat_map(|n| [vec![n, 0], vec![n, 1]]).collect();
    assert!(lines.starts_with(&firsts[..2]));
    lines.sort();
    lines.dedup();
    assert_eq!(
        lines, firsts,
        "none is missing; after a lost answer some stand twice"
    );
}

#[tokio::test]
async fn a_full_inbox_says_so() {
    let engine = Faulty::suffering([Fault::Slow]);
    let (committer, committing) = engine.start().await;
    let background = committer.in_background();
    let waiting: Vec<_> = (0..300)
        .map(|number| {
            let background = background.clone();
            tokio::spawn(async move { background.commit(seating(number)).await })
        })
        .collect();
    let mut refused = 0;
    for waiting in waiting {
        match waiting.await.unwrap() {
            Ok(()) => {}
            Err(CommitError::Unavailable(_)) => refused += 1,
            Err(CommitError::Conflict(conflict)) => panic!("nobody wants the same seat: {conflict}"),
        }
    }
    committing.shutdown().await;
    assert!(refused > 0);
    assert_eq!(committer.counters().changes, 300 - refused);
}

#[tokio::test]
async fn a_full_inbox_still_takes_the_lines_of_journals() {
    let engine = Faulty::suffering([Fault::Slow]);
    let (committer, committing) = engine.start().await;
    let commits = (0..=limits::INBOX).map(|_| committer.commit(changes(1)));
    let journal = async { committer.append(vec![line("a", b"one")]).await };
    let (verdicts, line) = tokio::join!(futures_util::future::join_all(commits), journal);
    committing.shutdown().await;
    assert!(verdicts.iter().any(Result::is_err), "the inbox was full");
    assert_eq!(line, Ok(()));
}

#[tokio::test]
async fn background_work_leaves_room_for_who_waits() {
    let engine = Faulty::suffering([Fault::Slow]);
    let (committer, committing) = engine.start().await;
    let background = committer.in_background();
    let commits = (0..100).map(|number| background.commit(seating(number)));
    let interactive = (100..200).map(|number| committer.commit(seating(number)));
    let (_, _) = tokio::join!(
        futures_util::future::join_all(commits),
        futures_util::future::join_all(interactive)
    );
    committing.shutdown().await;
    for batch in engine.batches.lock().unwrap().iter() {
        let in_background = batch.iter().filter(|row| **row < seat_id(100)).count();
        assert!(
            in_background <= limits::BATCH_CHANGES / limits::BACKGROUND_SHARE,
            "{in_background}"
        );
    }
}

#[tokio::test]
async fn who_gives_up_waiting_takes_nothing_back() {
    let engine = Faulty::suffering([Fault::Slow]);
    let (committer, committing) = engine.start().await;
    let waited = tokio::time::timeout(Duration::from_millis(1), committer.commit(seating(1))).await;
    assert!(waited.is_err());
    committing.shutdown().await;
    assert!(engine.has(1).await);
}

#[tokio::test]
async fn shutting_down_commits_what_waits_and_takes_no_more() {
    let engine = Faulty::suffering([Fault::Slow]);
    let (committer, committing) = engine.start().await;
    let durable = committer.append(vec![line("a", b"one")]);
    let commits = committer.in_background();
    let commit = tokio::spawn(async move { commits.commit(seating(1)).await });
    tokio::task::yield_now().await;
    committing.shutdown().await;
    assert_eq!(durable.await, Ok(()));
    assert_eq!(commit.await.unwrap(), Ok(()));
    assert_eq!(committer.commit(seating(2)).await, Err(stopped().into()));
}
