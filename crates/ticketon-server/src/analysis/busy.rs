//! Whether a sale needs the store to itself: one opens soon, has opened lately, or sells right now.
//!
//! Known from the store's rows alone, so that every process says the same: sales with their hours, and what was paid in
//! the last minutes.

use std::fmt;
use std::time::Duration;

use ticketon_core::event::{Event, EventState};
use ticketon_core::figures::Minute;
use ticketon_core::ids::EventId;
use ticketon_core::row::RowId;
use ticketon_core::sale::Sale;
use ticketon_core::store::{Freshness, Pages};
use ticketon_core::time::Timestamp;
use ticketon_core::{Context, store::Unavailable};

use crate::limits;

/// A sale that is not to be disturbed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// Its event.
    pub event: String,
    /// Its name.
    pub sale: String,
    /// Why not.
    pub rush: Rush,
    /// Till when, as far as one knows now.
    pub until: Timestamp,
    /// By whose clocks people know its times.
    pub time_zone: String,
}

/// Why a sale is not to be disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rush {
    /// It opens soon.
    Opens(Timestamp),
    /// It has opened lately.
    Opened(Timestamp),
    /// It sold something in this minute.
    Sells(Timestamp),
}

/// The sale that is not to be disturbed at `now`, if there is one; of several the one that goes on longest.
pub async fn busy_sale(cx: &Context, now: Timestamp) -> Result<Option<Busy>, Unavailable> {
    let mut snapshot = cx.reads.snapshot().await?;
    let mut pages = Pages::<Event>::all();
    let mut busiest: Option<Busy> = None;
    while let Some(events) = pages.next(&mut *snapshot).await? {
        for (event, _) in events {
            if event.state != EventState::Published {
                continue;
            }
            let busy = busy_sale_of(cx, &event, now).await?;
            busiest = busiest.into_iter().chain(busy).max_by_key(|busy| busy.until);
        }
    }
    Ok(busiest)
}

async fn busy_sale_of(cx: &Context, event: &Event, now: Timestamp) -> Result<Option<Busy>, Unavailable> {
    let ids = event.sales.iter().map(|sale| RowId::Sale(*sale));
    let sales = cx.load_all::<Sale>(ids, Freshness::Cached).await?;
    let mut busiest: Option<(Rush, Sale)> = None;
    for (sale, _) in sales.into_iter().flatten() {
        let rush = match opening(&sale, now) {
            None if is_open(&sale, now) => sold_lately(cx, event.id, now).await?.map(Rush::Sells),
            rush => rush,
        };
        let rush = rush.map(|rush| (rush, sale));
        busiest = busiest
            .into_iter()
            .chain(rush)
            .max_by_key(|(rush, _)| rush.until());
    }
    Ok(busiest.map(|(rush, sale)| Busy {
        event: event.slug.to_string(),
        sale: sale.name,
        rush,
        until: rush.until(),
        time_zone: event.time_zone.clone(),
    }))
}

/// Whether a sale opens soon, or has lately, and is not over.
fn opening(sale: &Sale, now: Timestamp) -> Option<Rush> {
    let at = sale.opens_at;
    if now >= sale.closes_at {
        None
    } else if at > now {
        (at <= now + limits::QUIET_BEFORE_OPENING).then_some(Rush::Opens(at))
    } else {
        (now.since(at) < limits::QUIET_AFTER_OPENING).then_some(Rush::Opened(at))
    }
}

fn is_open(sale: &Sale, now: Timestamp) -> bool {
    sale.opens_at <= now && now < sale.closes_at
}

/// The last minute, of those that count, in which something of the event was paid.
async fn sold_lately(cx: &Context, event: EventId, now: Timestamp) -> Result<Option<Timestamp>, Unavailable> {
    let first = (now - limits::QUIET_AFTER_SELLING).minute();
    let minutes = (0..).map(|n| first + Duration::from_mins(n));
    let ids = minutes
        .take_while(|minute| *minute <= now)
        .map(|minute| RowId::Minute(event, minute));
    let sold = cx.load_all::<Minute>(ids, Freshness::Fresh).await?;
    Ok(sold.into_iter().flatten().map(|(minute, _)| minute.minute).max())
}

impl Rush {
    fn until(self) -> Timestamp {
        match self {
            Self::Opens(at) | Self::Opened(at) => at + limits::QUIET_AFTER_OPENING,
            // Sold at its end, perhaps.
            Self::Sells(minute) => minute + limits::QUIET_AFTER_SELLING + Duration::from_mins(1),
        }
    }
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            event,
            sale,
            rush,
            until,
            time_zone,
        } = self;
        let shown = |at: &Timestamp| at.on_clocks_of(time_zone);
        write!(f, "the sale `{event}/{sale}` ")?;
        match rush {
            Rush::Opens(at) => write!(f, "opens at {}", shown(at))?,
            Rush::Opened(at) => write!(f, "opened at {}", shown(at))?,
            Rush::Sells(minute) => write!(f, "sold something at {}", shown(minute))?,
        }
        write!(
            f,
            ": nothing is counted until {}, unless a run is told to count during a sale (`during_sale`, `--during-sale`)",
            shown(until)
        )
    }
}
