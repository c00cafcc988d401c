//! The dispatcher: lets people in, as many as the sale can serve now.

use std::sync::Arc;

use ticketon_core::Refusal;
use ticketon_core::event::{Event, EventState};
use ticketon_core::row::{Row, RowId, Table};
use ticketon_core::sale::{Sale, SalePhase};
use ticketon_core::store::Freshness;

use super::Stop;
use crate::limits;
use crate::shop::Shop;

/// Ticks every room, several times a second.
pub(super) async fn run(shop: Arc<Shop>, mut stop: Stop) {
    while let Err(refusal) = open_rooms(&shop).await {
        tracing::error!("could not open the waiting rooms: {refusal}");
        if !stop.pause(limits::WORK_EVERY).await {
            return;
        }
    }
    while stop.pause(limits::TICK_EVERY).await {
        for room in shop.rooms.all() {
            match room.tick(&shop.cx).await {
                Ok(tick) => tell(&room.sale.name, &tick),
                Err(refusal) => tracing::error!(sale.id = %room.sale.id, "a tick failed: {refusal}"),
            }
        }
    }
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

/// People may be waiting since before this process began: their rooms are opened without being asked.
async fn open_rooms(shop: &Shop) -> Result<(), Refusal> {
    let now = shop.cx.now();
    let mut snapshot = shop.cx.reads.snapshot().await?;
    let mut last: Option<RowId> = None;
    loop {
        let rows = snapshot
            .rows(Table::Event, last.as_ref(), limits::FACTS_AT_ONCE)
            .await?;
        let Some((row, _)) = rows.last() else {
            return Ok(());
        };
        last = Some(row.id());
        for (row, _) in rows {
            let Row::Event(event) = row else { continue };
            if event.state == EventState::Published {
                open_rooms_of(shop, &event, now).await?;
            }
        }
    }
}

async fn open_rooms_of(shop: &Shop, event: &Event, now: ticketon_core::Timestamp) -> Result<(), Refusal> {
    let ids = event.sales.iter().map(|sale| RowId::Sale(*sale));
    for (sale, _) in shop
        .cx
        .load_all::<Sale>(ids, Freshness::Cached)
        .await?
        .into_iter()
        .flatten()
    {
        if matches!(sale.phase(now), SalePhase::Lobby | SalePhase::OnSale) {
            shop.rooms.room(event, &sale, now).await?;
        }
    }
    Ok(())
}
