//! Holds: seats kept for a while.

pub(super) mod create;
pub(super) mod release;
pub(super) mod show;

use serde::Serialize;
use ticketon_core::event::{Currency, PriceName};
use ticketon_core::hold::{Hold, HoldItem, HoldState};
use ticketon_core::ids::{EventId, HoldId, PerformanceId, PurchaseId, SaleId};
use ticketon_core::plan::SeatKey;
use ticketon_core::{Refusal, Timestamp, Won};

use super::{Http, find};

/// A hold as its owner sees it.
#[derive(Debug, Serialize)]
pub(super) struct HoldView {
    id: HoldId,
    /// *active*, *taken* (by a purchase), *released*, *expired*.
    state: &'static str,
    event: EventId,
    performance: PerformanceId,
    sale: SaleId,
    items: Vec<Item>,
    amount: Won,
    currency: Currency,
    /// The deadline.
    until: Timestamp,
    /// Which purchase has taken it.
    purchase: Option<PurchaseId>,
}

/// One seat of a hold, at the price of the moment in which it was held.
#[derive(Debug, Serialize)]
struct Item {
    seat: SeatKey,
    price: PriceName,
    amount: Won,
}

impl HoldView {
    /// With the currency of its event.
    pub(super) async fn load(http: &Http, hold: Hold) -> Result<Self, Refusal> {
        let currency = find::currency(http, hold.event).await?;
        Ok(Self::of(hold, currency))
    }

    /// Where the address of a hold is.
    pub(super) fn address(&self) -> String {
        format!("/api/v1/holds/{}", self.id)
    }

    fn of(hold: Hold, currency: Currency) -> Self {
        let (state, purchase) = match hold.state {
            HoldState::Active => ("active", None),
            HoldState::Taken(purchase) => ("taken", Some(purchase)),
            HoldState::Released => ("released", None),
            HoldState::Expired => ("expired", None),
        };
        Self {
            id: hold.id,
            state,
            event: hold.event,
            performance: hold.performance,
            sale: hold.sale,
            amount: hold.amount(),
            currency,
            until: hold.until,
            purchase,
            items: hold.items.into_iter().map(Item::from).collect(),
        }
    }
}

impl From<HoldItem> for Item {
    fn from(item: HoldItem) -> Self {
        Self {
            seat: item.seat,
            price: item.price,
            amount: item.amount,
        }
    }
}
