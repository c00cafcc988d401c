//! The readers of the log, each in order from its cursor: the seats in memory, the passes in the queue, the
//! sales figures.

use std::sync::Arc;

use ticketon_core::event::Event;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::ids::SaleId;
use ticketon_core::row::{Cursor, Reader};
use ticketon_core::sale::Sale;
use ticketon_core::store::Freshness;
use ticketon_core::{Code, Refusal, follow_figures, move_cursor};
use ticketon_queue::EndReason;

use super::Stop;
use crate::limits;
use crate::shop::Shop;

/// Shows seats and ends passes. Both are harmless when done twice, so the cursor is moved after them.
pub(super) async fn seats_and_passes(shop: Arc<Shop>, mut stop: Stop) {
    let mut position = None;
    while stop.pause(limits::FOLLOW_EVERY).await {
        if let Err(refusal) = follow(&shop, &mut position).await {
            tracing::error!("could not follow the log: {refusal}");
        }
    }
}

/// Counts facts into the figures.
pub(super) async fn figures(shop: Arc<Shop>, mut stop: Stop) {
    while stop.pause(limits::WORK_EVERY).await {
        loop {
            match follow_figures(&shop.background, limits::FACTS_AT_ONCE).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!("could not count the figures: {error}");
                    break;
                }
            }
        }
    }
}

async fn follow(shop: &Shop, position: &mut Option<Position>) -> Result<(), Refusal> {
    let mut at = match *position {
        Some(at) => at,
        None => cursor(shop).await?,
    };
    loop {
        let facts = shop.cx.reads.facts(at, limits::FACTS_AT_ONCE).await?;
        let Some(last) = facts.last() else { break };
        shop.seat_feeds.follow(&facts);
        for recorded in &facts {
            shop.cx.availability.follow(recorded.position, &recorded.fact);
            end_pass(shop, recorded).await?;
        }
        at = last.position;
        move_cursor(&shop.background, Reader::Queue, at)
            .await
            .map_err(|error| Refusal::new(Code::Unavailable, error.to_string()))?;
    }
    *position = Some(at);
    Ok(())
}

async fn cursor(shop: &Shop) -> Result<Position, Refusal> {
    let cursor = shop.cx.load::<Cursor>((Reader::Queue,), Freshness::Fresh).await?;
    Ok(cursor.map_or(Position::default(), |(cursor, _)| cursor.position))
}

async fn end_pass(shop: &Shop, recorded: &Recorded) -> Result<(), Refusal> {
    let Some((sale, spent, is_bought)) = recorded.fact.what.spent() else {
        return Ok(());
    };
    let reason = if is_bought {
        EndReason::Purchased
    } else {
        EndReason::PassEnded
    };
    let Some(room) = room(shop, sale).await? else {
        return Ok(());
    };
    room.end_pass(&spent.person, &spent.entry, reason, shop.cx.now())
        .await
}

async fn room(shop: &Shop, sale: SaleId) -> Result<Option<Arc<crate::rooms::Room>>, Refusal> {
    if let Some(room) = shop.rooms.known(sale) {
        return Ok(Some(room));
    }
    let Some((sale, _)) = shop.cx.load::<Sale>((sale,), Freshness::Cached).await? else {
        return Ok(None);
    };
    let Some((event, _)) = shop.cx.load::<Event>((sale.event,), Freshness::Cached).await? else {
        return Ok(None);
    };
    shop.rooms.room(&event, &sale, shop.cx.now()).await
}
