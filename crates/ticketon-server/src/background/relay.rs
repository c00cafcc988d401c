//! The relay: reads the log from its cursor and publishes it. The cursor moves when all is acknowledged, so a crash
//! between the two publishes some facts twice and none not at all. What fails is tried again, more and more seldom;
//! nothing is skipped, and nothing else waits for it.

use std::sync::Arc;
use std::time::Duration;

use ticketon_core::row::Reader;
use ticketon_core::{Context, load_cursor, move_cursor_from};

use super::Stop;
use crate::adapter::kafka::Publisher;
use crate::limits;
use crate::shop::Shop;

/// Why nothing was published.
pub type NotRelayed = Box<dyn std::error::Error + Send + Sync>;

pub(super) async fn run(shop: Arc<Shop>, mut publisher: Publisher, mut stop: Stop) {
    let mut pause = limits::RELAY_EVERY;
    while stop.pause(pause).await {
        pause = match relay(&shop.background, &mut publisher).await {
            Ok(published) if published == limits::FACTS_AT_ONCE => Duration::ZERO,
            Ok(_) => limits::RELAY_EVERY,
            Err(error) => {
                tracing::error!("facts are not published: {error}");
                (pause.max(limits::RELAY_EVERY) * 2).min(limits::RELAY_PAUSE_MAX)
            }
        };
    }
}

/// Publishes the facts that come next, a page of them; answers how many.
pub async fn relay(cx: &Context, publisher: &mut Publisher) -> Result<usize, NotRelayed> {
    let cursor = load_cursor(cx, Reader::Relay).await?;
    let facts = cx.reads.facts(cursor.0.position, limits::FACTS_AT_ONCE).await?;
    let Some(last) = facts.last() else { return Ok(0) };
    publisher.publish(&facts).await?;
    move_cursor_from(cx, cursor, last.position).await?;
    Ok(facts.len())
}
