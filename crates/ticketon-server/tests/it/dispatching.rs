//! Waiting rooms that are opened without being asked.

use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ticketon_queue::{Journal, JournalError, JournalLine, NoJournal, Pending};
use ticketon_server::background::Background;
use tokio::time::sleep;

use crate::support::{House, event};

/// A journal that refuses everything until it is well.
struct Sick(Arc<AtomicBool>);

impl Journal for Sick {
    fn append(&self, line: JournalLine) -> Pending<()> {
        if self.0.load(Ordering::SeqCst) {
            return NoJournal.append(line);
        }
        Box::pin(ready(Err(JournalError::new("it is sick"))))
    }

    fn load(&self) -> Pending<Vec<Vec<u8>>> {
        NoJournal.load()
    }
}

#[tokio::test]
async fn a_room_that_cannot_be_opened_keeps_no_other_closed_and_is_tried_again() {
    let is_well = Arc::new(AtomicBool::new(false));
    let (healing, sick_room) = (Arc::clone(&is_well), Mutex::new(None));
    let house = House::with_journals(Box::new(move |room| {
        let mut sick_room = sick_room.lock().unwrap();
        if sick_room.get_or_insert_with(|| room.clone()) == room {
            return Arc::new(Sick(Arc::clone(&is_well)));
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
    healing.store(true, Ordering::SeqCst);
    sleep(Duration::from_secs(6)).await;
    assert_eq!(house.shop.rooms.all().len(), 2);
    background.stop().await;
}
