//! The dispatcher: lets people in, as many as the sale can serve now.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ticketon_core::event::{Event, EventState};
use ticketon_core::ids::{EventId, SaleId};
use ticketon_core::row::RowId;
use ticketon_core::sale::{Sale, SalePhase};
use ticketon_core::store::{Freshness, Pages};
use ticketon_core::{Refusal, Timestamp};
use ticketon_queue::Tick;
use tokio::time::Instant;

use super::Stop;
use crate::leases::Lease;
use crate::limits;
use crate::rooms::Room;
use crate::shop::Shop;

/// Somebody who ticks rooms.
pub struct Dispatcher {
    shop: Arc<Shop>,
    /// Of this event alone.
    only: Option<EventId>,
    finds: Finds,
    opening_at: Option<Instant>,
    again_after: Duration,
    failing: BTreeSet<SaleId>,
}

/// What was decided about a room.
#[derive(Debug)]
pub struct Decided {
    /// When.
    pub at: Timestamp,
    /// The event's slug.
    pub event: String,
    /// The sale's name.
    pub sale: String,
    /// What came of it; none where another process ticks this room.
    pub tick: Option<Tick>,
}

/// Which rooms are opened without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finds {
    /// Those in which people may be waiting since before this process began; into the others they come through it.
    OldRooms,
    /// All, for people come through other processes.
    EveryRoom,
}

/// Ticks every room, several times a second.
pub(super) async fn run(shop: Arc<Shop>, stop: Stop) {
    Dispatcher::new(shop, None, Finds::OldRooms).run(stop).await;
}

/// The same for rooms that other processes open.
pub(super) async fn run_for_others(shop: Arc<Shop>, stop: Stop) {
    Dispatcher::for_others(shop, None).run(stop).await;
}

/// Ticks no room, but publishes what others' ticks came to, to those who wait in this process.
pub(super) async fn look(shop: Arc<Shop>, mut stop: Stop) {
    let mut failing = BTreeSet::new();
    while stop.pause(limits::TICK_EVERY).await {
        for room in shop.rooms.all() {
            let outcome = room.look(&shop.cx).await;
            tell_change(&mut failing, room.sale.id, outcome.err());
        }
    }
}

impl Dispatcher {
    /// For rooms that other processes open; perhaps of one event alone.
    pub fn for_others(shop: Arc<Shop>, only: Option<EventId>) -> Self {
        Self::new(shop, only, Finds::EveryRoom)
    }

    fn new(shop: Arc<Shop>, only: Option<EventId>, finds: Finds) -> Self {
        Self {
            shop,
            only,
            finds,
            opening_at: Some(Instant::now()),
            again_after: limits::ROOMS_OPENED_AGAIN,
            failing: BTreeSet::new(),
        }
    }

    async fn run(mut self, mut stop: Stop) {
        loop {
            self.open_rooms().await;
            if !stop.pause(limits::TICK_EVERY).await {
                return;
            }
            self.tick_rooms().await;
        }
    }

    /// Opens rooms without being asked, if it is time. One that could not be opened is tried again, more and more seldom,
    /// and keeps nobody else waiting.
    pub async fn open_rooms(&mut self) {
        if self.opening_at.is_none_or(|at| at > Instant::now()) {
            return;
        }
        let are_open = open_rooms(&self.shop, self.only).await;
        let again_after = match self.finds {
            Finds::EveryRoom => Some(limits::ROOMS_LOOKED_FOR),
            Finds::OldRooms if are_open => None,
            Finds::OldRooms => Some(self.again_after),
        };
        self.opening_at = again_after.map(|after| Instant::now() + after);
        self.again_after = (self.again_after * 2).min(limits::ROOMS_OPENED_AGAIN_MAX);
    }

    /// Of several processes one ticks a room; the others only look what came of it. Answers what was decided.
    pub async fn tick_rooms(&mut self) -> Vec<Decided> {
        let mut decided = Vec::new();
        for room in self.rooms() {
            let is_ours = self.shop.leases.hold(Lease::Dispatcher(room.sale.id)).await;
            decided.extend(self.tick(&room, is_ours).await);
        }
        decided
    }

    /// Ticks every room once, whoever else does it, too: any number of dispatchers is right.
    pub async fn tick_rooms_anyway(&mut self) -> Vec<Decided> {
        let mut decided = Vec::new();
        for room in self.rooms() {
            decided.extend(self.tick(&room, true).await);
        }
        decided
    }

    /// Says when a room begins to fail, and when it goes on.
    async fn tick(&mut self, room: &Room, is_ours: bool) -> Option<Decided> {
        let outcome = if is_ours {
            room.tick(&self.shop.cx).await.map(Some)
        } else {
            room.look(&self.shop.cx).await.map(|()| None)
        };
        let (tick, refusal) = match outcome {
            Ok(tick) => (Some(tick), None),
            Err(refusal) => (None, Some(refusal)),
        };
        tell_change(&mut self.failing, room.sale.id, refusal);
        let tick = tick?;
        if let Some(tick) = &tick {
            tell(&room.sale.name, tick);
        }
        Some(Decided {
            at: self.shop.cx.now(),
            event: room.event.slug.to_string(),
            sale: room.sale.name.clone(),
            tick,
        })
    }

    fn rooms(&self) -> Vec<Arc<Room>> {
        let mut rooms = self.shop.rooms.all();
        rooms.retain(|room| self.only.is_none_or(|only| room.event.id == only));
        rooms
    }
}

fn tell_change(failing: &mut BTreeSet<SaleId>, sale: SaleId, refusal: Option<Refusal>) {
    if let Some(refusal) = refusal {
        if failing.insert(sale) {
            tracing::error!(sale.id = %sale, "ticks fail: {refusal}");
        }
    } else if failing.remove(&sale) {
        tracing::info!(sale.id = %sale, "ticks go on");
    }
}

fn tell(sale: &str, tick: &Tick) {
    if tick.told_sold_out > 0 {
        tracing::info!(
            sale,
            told = tick.told_sold_out,
            "sold out: everybody who waited was told"
        );
    }
    if !tick.admitted.is_empty() {
        let admitted = tick.admitted.len();
        tracing::debug!(sale, admitted, because = %tick.decision.because, "admitted");
    }
}

/// People may be waiting since before this process began: their rooms are opened without being asked. Says whether
/// all of them are open.
async fn open_rooms(shop: &Shop, only: Option<EventId>) -> bool {
    match try_open_rooms(shop, only).await {
        Ok(are_open) => are_open,
        Err(refusal) => {
            tracing::error!("could not look for waiting rooms: {refusal}");
            false
        }
    }
}

async fn try_open_rooms(shop: &Shop, only: Option<EventId>) -> Result<bool, Refusal> {
    let mut snapshot = shop.cx.reads.snapshot().await?;
    let mut pages = Pages::<Event>::all();
    let mut are_open = true;
    while let Some(events) = pages.next(&mut *snapshot).await? {
        for (event, _) in events {
            let is_meant = only.is_none_or(|only| event.id == only);
            if is_meant && event.state == EventState::Published {
                are_open &= open_rooms_of(shop, &event).await?;
            }
        }
    }
    Ok(are_open)
}

async fn open_rooms_of(shop: &Shop, event: &Event) -> Result<bool, Refusal> {
    let now = shop.cx.now();
    let ids = event.sales.iter().map(|sale| RowId::Sale(*sale));
    let sales = shop.cx.load_all::<Sale>(ids, Freshness::Cached).await?;
    let mut are_open = true;
    for (sale, _) in sales.into_iter().flatten() {
        if !matches!(sale.phase(now), SalePhase::Lobby | SalePhase::OnSale) {
            continue;
        }
        if let Err(refusal) = shop.rooms.room(event, &sale, now).await {
            tracing::error!(sale.id = %sale.id, "could not open a waiting room: {refusal}");
            are_open = false;
        }
    }
    Ok(are_open)
}
