//! The journal does not grow for ever: now and then a tick writes all that there is in one line.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ticketon_queue::{
    Arrival, Change, EntryId, Journal, JournalLine, MemoryQueue, Pending, Queue, RoomName, Settings,
    UNLIMITED, limits,
};

use crate::faults::{CROWDED, OPENING, enter, visitor};

/// A journal that drops what a snapshot has made needless.
#[derive(Clone, Default)]
struct Trimmed(Arc<Mutex<Vec<Vec<u8>>>>);

impl Journal for Trimmed {
    fn append(&self, line: JournalLine) -> Pending<()> {
        let mut lines = self.0.lock().unwrap();
        if line.is_snapshot {
            lines.clear();
        }
        lines.push(line.bytes);
        Box::pin(std::future::ready(Ok(())))
    }

    fn load(&self) -> Pending<Vec<Vec<u8>>> {
        let lines = self.0.lock().unwrap().clone();
        Box::pin(std::future::ready(Ok(lines)))
    }
}

fn queue_on(journal: &Trimmed) -> MemoryQueue {
    MemoryQueue::new(RoomName::parse("opera").unwrap(), Arc::new(journal.clone()))
}

#[tokio::test]
async fn a_snapshot_keeps_places_numbers_and_settings_and_forgets_old_ends() {
    let journal = Trimmed::default();
    let queue = queue_on(&journal);
    queue
        .open(Settings::opening(OPENING, CROWDED), OPENING)
        .await
        .unwrap();
    for number in 1..=3 {
        enter(&queue, number).await.unwrap();
    }
    let (restless, lines) = (visitor(4), limits::SNAPSHOT_AFTER_LINES);
    for _ in 0..lines / 2 {
        queue
            .enter(Arrival::new(&restless, EntryId::from_u128(4)), OPENING)
            .await
            .unwrap();
        queue.leave(&restless, OPENING).await.unwrap();
    }
    queue
        .change(Change::Notice(Some("soon".to_owned())), OPENING)
        .await
        .unwrap();
    let later = OPENING.plus(limits::ENDED_KEPT + Duration::from_secs(1));
    let before = queue.admit(UNLIMITED, later).await.unwrap();
    assert_eq!(before.admitted.len(), 1);

    assert_eq!(journal.0.lock().unwrap().len(), 1, "one line holds it all");
    let restarted = queue_on(&journal);
    assert_eq!(restarted.counters(later).await.unwrap(), before.counters);
    assert_eq!(restarted.progress(later).await.unwrap(), before.progress);
    for queue in [&queue, &restarted] {
        assert_eq!(
            queue.find(&restless, later).await,
            Ok(None),
            "who left long ago is forgotten"
        );
        let third = queue.find(&visitor(3), later).await.unwrap().unwrap();
        assert_eq!(third.progress.ahead_of(third.entry.seq), 0);
    }
    let newcomer = queue
        .enter(Arrival::new(&restless, EntryId::from_u128(5)), later)
        .await
        .unwrap();
    assert_eq!(newcomer.entry.seq.0, 3 + lines / 2 + 1, "numbers go on");
}
