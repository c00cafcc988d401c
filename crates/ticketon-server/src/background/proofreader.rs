//! The proofreader: reads what Kafka holds as anybody else would, and compares it with the log. What is no fact, or not
//! what the log says at its place, goes to the dead letters: somebody else writes to our topics. Proofreaders of several
//! processes are one group and share the work.

use std::sync::Arc;
use std::time::Duration;

use ticketon_core::fact::{Position, Recorded};
use ticketon_core::store::Unavailable;

use super::Stop;
use crate::adapter::kafka::{Consumer, Received};
use crate::limits;
use crate::shop::Shop;

pub(super) async fn run(shop: Arc<Shop>, mut consumer: Consumer, mut stop: Stop) {
    let mut pause = Duration::ZERO;
    while stop.pause(pause).await {
        pause = match consumer.next(limits::FACTS_AT_ONCE, limits::PROOFREAD_WAIT).await {
            Ok(facts) => proofread(&shop, &mut consumer, facts).await,
            Err(error) => failed(&error),
        };
    }
}

/// Compares, and answers how long to pause.
async fn proofread(shop: &Shop, consumer: &mut Consumer, mut facts: Vec<Received>) -> Duration {
    if facts.is_empty() {
        return Duration::ZERO;
    }
    facts.sort_by_key(|received| received.recorded.position);
    let wrong = match wrong(shop, facts).await {
        Ok(wrong) => wrong,
        // Not done, so it comes again.
        Err(error) => return failed(&error),
    };
    for received in wrong {
        if let Err(error) = consumer.put_aside(&received, "it is not what the log says").await {
            return failed(&error);
        }
    }
    match consumer.done().await {
        Ok(()) => Duration::ZERO,
        Err(error) => failed(&error),
    }
}

/// Those that the log does not have. They come in the order of their positions.
async fn wrong(shop: &Shop, facts: Vec<Received>) -> Result<Vec<Received>, Unavailable> {
    let mut page: Vec<Recorded> = Vec::new();
    let mut wrong = Vec::new();
    for received in facts {
        let position = received.recorded.position;
        if page.last().is_none_or(|last| last.position < position) {
            let before = Position(position.0.saturating_sub(1));
            page = shop.cx.reads.facts(before, limits::FACTS_AT_ONCE).await?;
        }
        let place = page.binary_search_by_key(&position, |recorded| recorded.position);
        if !place.is_ok_and(|place| page[place] == received.recorded) {
            wrong.push(received);
        }
    }
    Ok(wrong)
}

fn failed(error: &dyn std::error::Error) -> Duration {
    tracing::warn!("what is published is not proofread: {error}");
    limits::RELAY_PAUSE_MAX
}
