//! How far the queues on Redis may have numbered their visitors, recorded in the store: what a loss of Redis does not
//! reach.

use async_trait::async_trait;
use ticketon_core::ids::SaleId;
use ticketon_core::sale::Numbering;
use ticketon_core::{Context, recorded_numbering, replace_numbering};
use ticketon_queue::{Ceiling, CeilingError, Ceilings, RoomName, Seq};

use crate::rooms::{from_queue, to_queue};

/// The ceilings of a store's sales.
pub struct StoreCeilings(Context);

impl StoreCeilings {
    /// Recorded through this context's store.
    pub fn new(cx: Context) -> Self {
        Self(cx)
    }
}

#[async_trait]
impl Ceilings for StoreCeilings {
    async fn recorded(&self, room: &RoomName) -> Result<Option<Ceiling>, CeilingError> {
        let numbering = recorded_numbering(&self.0, sale_of(room)?)
            .await
            .map_err(failed)?;
        Ok(numbering.map(|numbering| Ceiling {
            epoch: numbering.epoch,
            since: to_queue(numbering.since),
            seq: Seq(numbering.up_to),
        }))
    }

    async fn replace(
        &self,
        room: &RoomName,
        recorded: Option<Ceiling>,
        ceiling: Ceiling,
    ) -> Result<bool, CeilingError> {
        let sale = sale_of(room)?;
        let recorded = recorded.map(|ceiling| numbering(sale, ceiling));
        let replaced = replace_numbering(&self.0, recorded.as_ref(), numbering(sale, ceiling)).await;
        replaced.map_err(failed)
    }
}

fn numbering(sale: SaleId, ceiling: Ceiling) -> Numbering {
    Numbering {
        sale,
        epoch: ceiling.epoch,
        since: from_queue(ceiling.since),
        up_to: ceiling.seq.0,
    }
}

/// A room is named after its sale.
fn sale_of(room: &RoomName) -> Result<SaleId, CeilingError> {
    room.as_str().parse().map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> CeilingError {
    CeilingError(error.to_string())
}
