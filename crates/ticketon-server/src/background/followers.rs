//! The readers of the log, each in order from its cursor: the seats and editions in memory, the passes in the queue, the
//! projections.

use std::sync::Arc;

use futures_util::future::try_join_all;
use ticketon_core::event::Event;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::ids::SaleId;
use ticketon_core::projection::Projection;
use ticketon_core::row::Reader;
use ticketon_core::sale::Sale;
use ticketon_core::store::{CommitError, Freshness};
use ticketon_core::{Refusal, follow, load_cursor, move_cursor_from};
use ticketon_queue::EndReason;

use super::Stop;
use crate::limits;
use crate::shop::Shop;

/// Shows seats, whatever becomes of the queue, and turns the editions of what other processes changed. What was shown
/// before is not shown again, so nothing is remembered.
pub(super) async fn seats(shop: Arc<Shop>, mut stop: Stop) {
    let mut position = None;
    while stop.pause(limits::FOLLOW_EVERY).await {
        if let Err(refusal) = show_seats(&shop, &mut position).await {
            tracing::error!("could not follow the log: {refusal}");
        }
    }
}

/// Ends passes. It is harmless when done twice, so the cursor is moved after it.
pub(super) async fn passes(shop: Arc<Shop>, mut stop: Stop) {
    let mut position = Position::default();
    let mut is_failing = false;
    while stop.pause(limits::FOLLOW_EVERY).await {
        match end_passes(&shop, &mut position).await {
            Ok(()) => is_failing = false,
            Err(refusal) if !is_failing => {
                tracing::error!("could not end passes: {refusal}");
                is_failing = true;
            }
            Err(_) => {}
        }
    }
}

/// Counts facts into the projections.
pub(super) async fn projections(shop: Arc<Shop>, mut stop: Stop) {
    while stop.pause(limits::WORK_EVERY).await {
        for projection in Projection::ALL {
            if let Err(error) = catch_up(&shop, projection).await {
                tracing::error!("could not count facts into the {projection}: {error}");
            }
        }
    }
}

async fn catch_up(shop: &Shop, projection: Projection) -> Result<(), CommitError> {
    while follow(&shop.background, projection, limits::FACTS_AT_ONCE).await? > 0 {}
    Ok(())
}

async fn show_seats(shop: &Shop, position: &mut Option<Position>) -> Result<(), Refusal> {
    let mut at = match *position {
        Some(at) => at,
        None => load_cursor(&shop.cx, Reader::Queue).await?.0.position,
    };
    loop {
        *position = Some(at);
        let facts = shop.cx.reads.facts(at, limits::FACTS_AT_ONCE).await?;
        let Some(last) = facts.last() else { return Ok(()) };
        shop.seat_feeds.follow(&facts);
        for recorded in &facts {
            shop.cx.availability.follow(recorded.position, &recorded.fact);
            shop.editions.follow(&recorded.fact);
        }
        at = last.position;
    }
}

/// From where the cursor stands; `position` only saves looking at it while nothing is new.
async fn end_passes(shop: &Shop, position: &mut Position) -> Result<(), Refusal> {
    while !shop.cx.reads.facts(*position, 1).await?.is_empty() {
        let cursor = load_cursor(&shop.background, Reader::Queue).await?;
        *position = cursor.0.position;
        let facts = shop.cx.reads.facts(*position, limits::FACTS_AT_ONCE).await?;
        let Some(last) = facts.last() else { break };
        for together in facts.chunks(limits::PASSES_ENDED_AT_ONCE) {
            try_join_all(together.iter().map(|recorded| end_pass(shop, recorded))).await?;
        }
        match move_cursor_from(&shop.background, cursor, last.position).await {
            Ok(()) => *position = last.position,
            // Another process has ended the same passes.
            Err(CommitError::Conflict(_)) => {}
            Err(CommitError::Unavailable(error)) => return Err(error.into()),
        }
    }
    Ok(())
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
