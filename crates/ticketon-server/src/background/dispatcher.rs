//! The dispatcher: lets people in, as many as the sale can serve now.

use std::collections::BTreeSet;
use std::sync::Arc;

use ticketon_core::Refusal;
use ticketon_core::event::{Event, EventState};
use ticketon_core::ids::SaleId;
use ticketon_core::row::RowId;
use ticketon_core::sale::{Sale, SalePhase};
use ticketon_core::store::{Freshness, Pages};
use tokio::time::Instant;

use super::Stop;
use crate::leases::Lease;
use crate::limits;
use crate::rooms::Room;
use crate::shop::Shop;

/// Ticks every room, several times a second. A room that could not be opened is tried again, more and more seldom, and
/// keeps nobody else waiting.
pub(super) async fn run(shop: Arc<Shop>, mut stop: Stop) {
    let mut opening_at = Some(Instant::now());
    let mut again_after = limits::ROOMS_OPENED_AGAIN;
    let mut failing = BTreeSet::new();
    loop {
        if opening_at.is_some_and(|at| at <= Instant::now()) {
            opening_at = (!open_rooms(&shop).await).then(|| Instant::now() + again_after);
            again_after = (again_after * 2).min(limits::ROOMS_OPENED_AGAIN_MAX);
        }
        if !stop.pause(limits::TICK_EVERY).await {
            return;
        }
        tick_rooms(&shop, &mut failing).await;
    }
}

/// Says when a room begins to fail, and when it goes on.
async fn tick_rooms(shop: &Shop, failing: &mut BTreeSet<SaleId>) {
    for room in shop.rooms.all() {
        let sale = room.sale.id;
        let outcome = tick(shop, &room).await;
        if let Err(refusal) = outcome {
            if failing.insert(sale) {
                tracing::error!(sale.id = %sale, "ticks fail: {refusal}");
            }
        } else if failing.remove(&sale) {
            tracing::info!(sale.id = %sale, "ticks go on");
        }
    }
}

/// Of several processes one ticks a room; the others only look what came of it.
async fn tick(shop: &Shop, room: &Room) -> Result<(), Refusal> {
    if shop.leases.hold(Lease::Dispatcher(room.sale.id)).await {
        tell(&room.sale.name, &room.tick(&shop.cx).await?);
        return Ok(());
    }
    room.look(&shop.cx).await
}

fn tell(sale: &str, tick: &ticketon_queue::Tick) {
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
async fn open_rooms(shop: &Shop) -> bool {
    match try_open_rooms(shop).await {
        Ok(are_open) => are_open,
        Err(refusal) => {
            tracing::error!("could not look for waiting rooms: {refusal}");
            false
        }
    }
}

async fn try_open_rooms(shop: &Shop) -> Result<bool, Refusal> {
    let mut snapshot = shop.cx.reads.snapshot().await?;
    let mut pages = Pages::<Event>::all();
    let mut are_open = true;
    while let Some(events) = pages.next(&mut *snapshot).await? {
        for (event, _) in events {
            if event.state == EventState::Published {
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
