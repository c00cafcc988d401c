//! The seats of a hold that go free, as ending a hold and ending a purchase have them in common.

use crate::context::Context;
use crate::error::Refusal;
use crate::fact::SeatMark;
use crate::hold::Hold;
use crate::row::RowId;
use crate::seat::{Seat, SeatState};
use crate::store::{Changes, Freshness, Versioned};

/// Seats that go free, as they were.
pub(super) struct Freed(Vec<Versioned<Seat>>);

/// The seats that a hold keeps, to be freed; `None` if another decision was first, and this one must look again.
pub(super) async fn free_seats(
    cx: &Context,
    hold: &Hold,
    freshness: Freshness,
) -> Result<Option<Freed>, Refusal> {
    Ok(held_seats(cx, hold, freshness).await?.map(Freed))
}

/// The seats that a hold keeps, or `None` if it does not keep all of them.
pub(super) async fn held_seats(
    cx: &Context,
    hold: &Hold,
    freshness: Freshness,
) -> Result<Option<Vec<Versioned<Seat>>>, Refusal> {
    let ids = hold.numbers().map(|number| RowId::Seat(hold.performance, number));
    let seats: Option<Vec<Versioned<Seat>>> =
        cx.load_all::<Seat>(ids, freshness).await?.into_iter().collect();
    Ok(seats.filter(|seats| seats.iter().all(|(seat, _)| seat.is_held_by(hold.id))))
}

impl Freed {
    /// No seats.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// How many.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The seats as a fact names them.
    pub(super) fn marks(&self) -> Vec<SeatMark> {
        self.0
            .iter()
            .map(|(seat, version)| (seat.number, version.next()))
            .collect()
    }

    /// Adds the free seats to changes.
    pub(super) fn write_to(self, mut changes: Changes) -> Changes {
        for (seat, version) in self.0 {
            changes = changes.write(seat.becoming(SeatState::Free), version);
        }
        changes
    }
}
