//! Editions: how often what everybody is shown of an event has changed, so that whatever is kept of it in memory can be
//! kept under the edition that it is of, and is not found any more once there is a newer one.
//!
//! An edition is turned by this process's own commits before their answers go out ([`Turning`]), and by the facts of the
//! log, where other processes write, too. Whoever loads something reads the edition first: a load that began before a
//! change ends under the old edition, where nobody looks. It costs one reading of a number, and nothing is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use ticketon_core::fact::{Fact, Stream, What};
use ticketon_core::ids::EventId;
use ticketon_core::store::{Changes, CommitError, Store};

use crate::limits;

/// The edition of each event, and of all lists of events.
#[derive(Debug)]
pub struct Editions {
    lists: AtomicU64,
    /// Some events share one, by the end of their ids: what turns one turns the others, and they are loaded once more.
    events: Box<[AtomicU64]>,
    turned: AtomicU64,
    found: AtomicU64,
    made: AtomicU64,
}

/// What came of keeping in memory what everybody is shown, since the process began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShelfCounters {
    /// Answers that were in memory.
    pub found: u64,
    /// Answers that had to be made.
    pub made: u64,
    /// Changes that made what was in memory too old.
    pub turned: u64,
}

/// How often something changed. A newer one is another number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edition(u64);

impl Default for Editions {
    fn default() -> Self {
        Self {
            lists: AtomicU64::new(0),
            events: (0..limits::EDITIONS).map(|_| AtomicU64::new(0)).collect(),
            turned: AtomicU64::new(0),
            found: AtomicU64::new(0),
            made: AtomicU64::new(0),
        }
    }
}

impl Editions {
    /// The edition of an event, with all that belongs to it.
    pub fn of_event(&self, event: EventId) -> Edition {
        Edition(self.event(event).load(Ordering::Acquire))
    }

    /// The edition of every list of events.
    pub fn of_lists(&self) -> Edition {
        Edition(self.lists.load(Ordering::Acquire))
    }

    /// Turns what a fact changes.
    pub fn follow(&self, fact: &Fact) {
        if !fact.what.changes_the_shelf() {
            return;
        }
        self.turned.fetch_add(1, Ordering::Relaxed);
        match (&fact.what, fact.stream) {
            (What::EventsViewed { views }, _) => views.keys().for_each(|event| turn(self.event(*event))),
            (_, Stream::Event(event)) => turn(self.event(event)),
            // What is known of a seller stands on all of its events.
            (_, Stream::Organization(_) | Stream::User(_) | Stream::System) => {
                self.events.iter().for_each(turn);
            }
        }
        turn(&self.lists);
    }

    /// Turns an event's edition because it is too old by itself, unless somebody else has turned it meanwhile.
    pub fn outdate(&self, event: EventId, Edition(old): Edition) {
        let turned = self
            .event(event)
            .compare_exchange(old, old + 1, Ordering::AcqRel, Ordering::Relaxed);
        if turned.is_ok() {
            self.turned.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts an answer that was in memory in its newest edition.
    pub(crate) fn found(&self) {
        self.found.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an answer that had to be made.
    pub(crate) fn made(&self) {
        self.made.fetch_add(1, Ordering::Relaxed);
    }

    /// What came of it so far.
    pub fn counters(&self) -> ShelfCounters {
        ShelfCounters {
            found: self.found.load(Ordering::Relaxed),
            made: self.made.load(Ordering::Relaxed),
            turned: self.turned.load(Ordering::Relaxed),
        }
    }

    fn event(&self, event: EventId) -> &AtomicU64 {
        let [.., first, last] = *event.as_bytes();
        &self.events[usize::from(u16::from_be_bytes([first, last])) % self.events.len()]
    }
}

fn turn(edition: &AtomicU64) {
    edition.fetch_add(1, Ordering::AcqRel);
}

/// A store that turns the editions of what it has written, before it says that it has.
pub struct Turning {
    store: Arc<dyn Store>,
    editions: Arc<Editions>,
}

impl Turning {
    /// Turns these editions with what this store writes.
    pub fn new(store: Arc<dyn Store>, editions: Arc<Editions>) -> Self {
        Self { store, editions }
    }
}

#[async_trait]
impl Store for Turning {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        // A buyer's decision has none of these.
        let facts = changes.facts.iter().filter(|fact| fact.what.changes_the_shelf());
        let facts: Vec<Fact> = facts.cloned().collect();
        let committed = self.store.commit(changes).await;
        // Where the answer was lost it may have been written.
        if !matches!(committed, Err(CommitError::Conflict(_))) {
            for fact in &facts {
                self.editions.follow(fact);
            }
        }
        committed
    }
}

#[cfg(test)]
mod tests {
    use ticketon_core::contract::sample;
    use ticketon_core::ids::UserId;

    use super::*;

    #[test]
    fn what_changes_an_event_turns_it_and_every_list() {
        let editions = Editions::default();
        let (event, other) = (sample::event_id(), sample::event(2, "other").id);
        let before = (
            editions.of_event(event),
            editions.of_event(other),
            editions.of_lists(),
        );
        editions.follow(&sample::fact());
        assert_ne!(editions.of_event(event), before.0);
        assert_eq!(editions.of_event(other), before.1);
        assert_ne!(editions.of_lists(), before.2);
    }

    #[test]
    fn views_turn_the_events_that_were_looked_at_and_no_others() {
        let editions = Editions::default();
        let (event, other) = (sample::event_id(), sample::event(2, "other").id);
        let before = (editions.of_event(event), editions.of_event(other));
        editions.follow(&Fact {
            stream: Stream::System,
            what: What::EventsViewed {
                views: [(event, 7)].into(),
            },
            ..sample::fact()
        });
        assert_ne!(editions.of_event(event), before.0);
        assert_eq!(editions.of_event(other), before.1);
    }

    #[test]
    fn what_a_buyer_does_turns_nothing() {
        let editions = Editions::default();
        let user = UserId::from_bytes([7; 16]);
        editions.follow(&Fact {
            what: What::SessionStarted { user },
            ..sample::fact()
        });
        assert_eq!(editions.counters().turned, 0);
    }

    #[test]
    fn of_many_who_find_an_edition_too_old_one_turns_it() {
        let editions = Editions::default();
        let event = sample::event_id();
        let old = editions.of_event(event);
        editions.outdate(event, old);
        let new = editions.of_event(event);
        editions.outdate(event, old);
        assert_ne!(new, old);
        assert_eq!(editions.of_event(event), new);
    }
}
