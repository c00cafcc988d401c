//! The same from what Kafka holds. Facts of a stream come in order and those of two streams in any, which is all that a
//! projection asks for.

use ticketon_core::fact::Position;
use ticketon_core::projection::Projected;
use ticketon_core::row::{Cursor, Reader, Stored as _, Table};
use ticketon_core::store::{Snapshot, Unavailable};

use super::{Part, ReplayError};
use crate::adapter::kafka::Published;
use crate::limits;
use crate::settings::KafkaAddress;

/// What Kafka's facts make.
pub(super) struct FromKafka {
    pub(super) facts: u64,
    pub(super) foreign: u64,
    pub(super) rebuilt: Vec<Projected>,
}

pub(super) async fn rebuild(
    snapshot: &mut dyn Snapshot,
    address: &KafkaAddress,
    part: &Part,
    seen: &mut impl FnMut(Position),
) -> Result<FromKafka, ReplayError> {
    let (published, wanted) = (published(snapshot).await?, part.end());
    if published < wanted {
        return Err(ReplayError::KafkaBehind { published, wanted });
    }
    let mut rebuilt = part.nothing();
    let mut facts = 0;
    let mut messages = Published::open(address).await?;
    while let Some(recorded) = messages.next().await? {
        let is_counted = part.count(&mut rebuilt, &recorded);
        facts += u64::from(is_counted);
        if is_counted && facts.is_multiple_of(limits::FACTS_AT_ONCE as u64) {
            seen(Position(facts));
        }
    }
    Ok(FromKafka {
        facts,
        foreign: messages.others(),
        rebuilt,
    })
}

async fn published(snapshot: &mut dyn Snapshot) -> Result<Position, Unavailable> {
    let cursors = snapshot.rows(Table::Cursor, None, limits::FACTS_AT_ONCE).await?;
    let mut cursors = cursors.into_iter().filter_map(|(row, _)| Cursor::from_row(row));
    let relay = cursors.find(|cursor| cursor.reader == Reader::Relay);
    Ok(relay.map_or(Position::default(), |cursor| cursor.position))
}
