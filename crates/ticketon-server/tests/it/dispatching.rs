//! Waiting rooms that are opened without being asked.

use std::future::ready;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ticketon_queue::{Journal, JournalError, JournalLine, NoJournal, Pending};
use ticketon_server::background::Background;
use tokio::time::sleep;

use crate::support::{House, event};

/// A journal that refuses everything until it is well, and counts what it refused.
#[derive(Default)]
struct Sick {
    is_well: AtomicBool,
    refused: AtomicU32,
}

/// The same journal for whichever room.
struct Shared(Arc<Sick>);

impl Journal for Shared {
    fn append(&self, line: JournalLine) -> Pending<()> {
        if self.0.is_well.load(Ordering::SeqCst) {
            return NoJournal.append(line);
        }
        self.0.refused.fetch_add(1, Ordering::SeqCst);
        Box::pin(ready(Err(JournalError::new("it is sick"))))
    }

    fn load(&self) -> Pending<Vec<Vec<u8>>> {
        NoJournal.load()
    }
}

#[tokio::test]
async fn a_room_that_cannot_be_opened_keeps_no_other_closed_and_is_tried_again() {
    let sick = Arc::new(Sick::default());
    let (healing, sick_room) = (Arc::clone(&sick), Mutex::new(None));
    let house = House::with_journals(Box::new(move |room| {
        let mut sick_room = sick_room.lock().unwrap();
        if sick_room.get_or_insert_with(|| room.clone()) == room {
            return Arc::new(Shared(Arc::clone(&sick)));
        }
        Arc::new(NoJournal)
    }))
    .await;
    house.show(event("first")).await;
    house.show(event("second")).await;
    tokio::time::pause();
    let background = Background::start(&house.shop);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(house.shop.rooms.all().len(), 1, "one is sick, the other is open");
    healing.is_well.store(true, Ordering::SeqCst);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(house.shop.rooms.all().len(), 2);
    background.stop().await;
}

#[tokio::test]
async fn a_room_that_stays_sick_is_tried_more_and_more_seldom() {
    let sick = Arc::new(Sick::default());
    let journal = Arc::clone(&sick);
    let house = House::with_journals(Box::new(move |_| Arc::new(Shared(Arc::clone(&journal))))).await;
    house.show(event("sick")).await;
    tokio::time::pause();
    let background = Background::start(&house.shop);
    sleep(Duration::from_mins(1)).await;
    let in_a_minute = sick.refused.load(Ordering::SeqCst);
    assert!((3..=6).contains(&in_a_minute), "{in_a_minute}");
    sleep(Duration::from_hours(1)).await;
    let in_an_hour = sick.refused.load(Ordering::SeqCst) - in_a_minute;
    assert!((10..=16).contains(&in_an_hour), "{in_an_hour}");
    background.stop().await;
}
