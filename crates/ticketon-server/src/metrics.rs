//! What a scrape shows: every metric's name, and nothing else of Prometheus anywhere in this crate.
//!
//! Whoever has something to count keeps plain numbers, or a histogram of here; a [`Page`] is written of all of them when
//! somebody asks. What stands in the store is asked for then, within a bound, and left out where the store does not
//! answer: a scrape never fails, and no request waits for one. Labels have few values, all known when this is compiled:
//! never a user, an event or a sale.
//!
//! Names are stable, and [a page](../../../docs/metrics.md) tells of each; a test compares the two.

mod facts;
mod jobs;
mod known;
mod loops;
mod page;
mod payments;
mod process;
mod provider;
mod queue;
mod requests;
mod store;

use prometheus_client::metrics::family::Family;

use crate::limits;
use crate::shop::Shop;

pub(crate) use known::Looking;
pub(crate) use page::Page;
pub(crate) use provider::{Answered, Call, Calls};
pub(crate) use requests::Requests;

/// Counts values by size.
pub(crate) use prometheus_client::metrics::histogram::Histogram;

/// A label and its value.
type Label = (&'static str, &'static str);

/// A histogram for each of some labels.
type Histograms<const N: usize> = Family<[Label; N], Histogram, fn() -> Histogram>;

/// Of seconds.
pub(crate) fn durations() -> Histogram {
    Histogram::new(limits::SECONDS_COUNTED)
}

/// Of how many there are of something.
pub(crate) fn sizes() -> Histogram {
    Histogram::new(limits::SIZES_COUNTED)
}

/// All that a process knows of itself and of the store.
pub(crate) async fn page(shop: &Shop, looking: &Looking, has_bus: bool) -> Page {
    let mut page = Page::default();
    let known = looking.known(shop, has_bus).await;
    store::write(&mut page, shop, &known);
    queue::write(&mut page, &shop.rooms);
    payments::write(&mut page, &shop.payments, shop.cx.now(), &known);
    facts::write(&mut page, &known);
    jobs::write(&mut page, &known);
    loops::write(&mut page, &shop.loops);
    process::write(&mut page).await;
    page
}
