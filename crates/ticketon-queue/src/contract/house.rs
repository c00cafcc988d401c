//! A queue as a test speaks of it: visitors come by name, time passes, and every answer is an expected one.

use std::sync::Arc;
use std::time::Duration;

use super::{Maker, Reload};
use crate::decide::Arrival;
use crate::decision::UNLIMITED;
use crate::entry::{EntryId, EntryState};
use crate::error::QueueError;
use crate::keys::Keys;
use crate::names::VisitorName;
use crate::policy::{Change, Policy, Settings};
use crate::queue::Queue;
use crate::record::Closing;
use crate::tick::{Tick, tick};
use crate::time::Timestamp;
use crate::view::{Place, View};

/// The moment at which every case begins: 2026-12-01T11:00:00Z.
pub(super) const OPENING: Timestamp = Timestamp::from_ms(1_796_122_800_000);

/// A room, its visitors and a clock that only the test moves.
pub(super) struct House {
    pub(super) now: Timestamp,
    make: Maker,
    reload: Reload,
    queue: Arc<dyn Queue>,
    keys: Keys,
    ids: u128,
}

impl House {
    /// A room that nobody has opened.
    pub(super) fn unopened(make: Maker, reload: Reload) -> Self {
        Self {
            now: OPENING,
            queue: make(),
            make,
            reload,
            keys: Keys::from_seed("test", [7; 32]),
            ids: 0,
        }
    }

    /// A room that opened just now.
    pub(super) async fn open(make: Maker, reload: Reload, policy: Policy) -> Self {
        let mut house = Self::unopened(make, reload);
        let made = house.opens(Settings::opening(OPENING, policy)).await;
        assert!(
            made.expect("a room opens"),
            "a room that was not there is made by opening it"
        );
        house
    }

    pub(super) fn after(&mut self, duration: Duration) {
        self.now = self.now.plus(duration);
    }

    pub(super) async fn opens(&mut self, settings: Settings) -> Result<bool, QueueError> {
        let now = self.now;
        self.queue().open(settings, now).await
    }

    pub(super) async fn tries_to_enter(&mut self, name: &str, sellable: u64) -> Result<Place, QueueError> {
        self.ids += 1;
        let (now, visitor, id) = (self.now, visitor(name), EntryId::from_u128(self.ids));
        self.queue()
            .enter(
                Arrival {
                    sellable,
                    ..Arrival::new(&visitor, id)
                },
                now,
            )
            .await
    }

    /// Comes to a room where there is no end of what is sold.
    pub(super) async fn enters(&mut self, name: &str) -> View {
        let place = self
            .tries_to_enter(name, UNLIMITED)
            .await
            .expect("the room is open for newcomers");
        place.view(&self.keys, self.now)
    }

    pub(super) async fn enters_with(&mut self, name: &str, receipt: &str) -> Result<Place, QueueError> {
        let receipt = self.keys.verify_receipt(receipt).expect("the receipt is genuine");
        self.ids += 1;
        let (now, visitor, id) = (self.now, visitor(name), EntryId::from_u128(self.ids));
        self.queue()
            .enter(
                Arrival {
                    receipt: Some(&receipt),
                    ..Arrival::new(&visitor, id)
                },
                now,
            )
            .await
    }

    pub(super) async fn finds(&mut self, name: &str) -> Option<View> {
        let now = self.now;
        let place = self
            .queue()
            .find(&visitor(name), now)
            .await
            .expect("the room is there");
        place.map(|place| place.view(&self.keys, now))
    }

    pub(super) async fn looks_at(&mut self, name: &str) -> View {
        self.finds(name).await.expect("the visitor has an entry")
    }

    pub(super) async fn entry_id(&mut self, name: &str) -> EntryId {
        let now = self.now;
        let place = self
            .queue()
            .find(&visitor(name), now)
            .await
            .expect("the room is there");
        place.expect("the visitor has an entry").entry.id
    }

    pub(super) async fn claims(&mut self, name: &str) -> View {
        let now = self.now;
        let place = self
            .queue()
            .claim(&visitor(name), now)
            .await
            .expect("the room is there");
        place.expect("the visitor has an entry").view(&self.keys, now)
    }

    pub(super) async fn leaves(&mut self, name: &str) {
        let now = self.now;
        let place = self
            .queue()
            .leave(&visitor(name), now)
            .await
            .expect("the room is there");
        let is_over = place.is_none_or(|place| matches!(place.entry.state, EntryState::Ended { .. }));
        assert!(is_over, "who leaves has left");
    }

    pub(super) async fn is_removed(&mut self, name: &str) {
        let now = self.now;
        self.queue()
            .remove(&visitor(name), now)
            .await
            .expect("the room is there");
    }

    /// Admits, and says who came in, by name.
    pub(super) async fn ticks(&mut self, sellable: u64) -> Vec<String> {
        let tick = self.tick(sellable).await;
        tick.admitted
            .iter()
            .map(|entry| entry.visitor.to_string())
            .collect()
    }

    pub(super) async fn tick(&mut self, sellable: u64) -> Tick {
        let now = self.now;
        tick(self.queue(), sellable, now)
            .await
            .expect("the room is there")
    }

    pub(super) async fn closes(&mut self, closing: Closing) -> u64 {
        let now = self.now;
        self.queue().close(closing, now).await.expect("the room is there")
    }

    pub(super) async fn changes(&mut self, change: Change) -> Result<Settings, QueueError> {
        let now = self.now;
        self.queue().change(change, now).await
    }

    /// Whether the pass of a token opens this room now.
    pub(super) fn lets_in(&self, token: &str) -> bool {
        self.keys.verify_pass(token, self.queue.room(), self.now).is_ok()
    }

    /// The queue, made anew if the case wants that.
    pub(super) fn queue(&mut self) -> &dyn Queue {
        if self.reload == Reload::AfterEveryStep {
            self.queue = (self.make)();
        }
        &*self.queue
    }
}

pub(super) fn visitor(name: &str) -> VisitorName {
    VisitorName::parse(name).expect("a test's visitors have short names")
}
