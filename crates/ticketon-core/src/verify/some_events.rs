//! A snapshot in which there are some events: their own rows, and what all events have together, the log and what is
//! counted from it. An event is shown whole or not at all: half of what belongs together would be a false alarm.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::ProviderBooks;
use crate::event::Event;
use crate::fact::{Position, Recorded};
use crate::ids::{EventId, OrderId, PerformanceId, PurchaseId, SaleId};
use crate::purchase::Purchase;
use crate::row::{Row, RowId, Table};
use crate::store::{Pages, Snapshot, Unavailable, Versioned};

/// The snapshot, and whose rows are shown.
pub(super) struct SomeEvents {
    whole: Box<dyn Snapshot>,
    events: BTreeSet<EventId>,
    performances: BTreeSet<PerformanceId>,
    sales: BTreeSet<SaleId>,
    purchases: BTreeSet<PurchaseId>,
    orders: BTreeSet<OrderId>,
}

impl SomeEvents {
    /// Finds out what belongs to the events; to one that does not exist nothing does.
    pub(super) async fn of(
        whole: Box<dyn Snapshot>,
        events: &BTreeSet<EventId>,
    ) -> Result<Self, Unavailable> {
        let mut some = Self {
            whole,
            events: events.clone(),
            performances: BTreeSet::new(),
            sales: BTreeSet::new(),
            purchases: BTreeSet::new(),
            orders: BTreeSet::new(),
        };
        let mut pages = Pages::<Event>::all();
        while let Some(page) = pages.next(&mut *some.whole).await? {
            for (event, _) in page.into_iter().filter(|(event, _)| events.contains(&event.id)) {
                some.performances.extend(event.performances);
                some.sales.extend(event.sales);
            }
        }
        let mut pages = Pages::<Purchase>::all();
        while let Some(page) = pages.next(&mut *some.whole).await? {
            for (purchase, _) in page
                .iter()
                .filter(|(purchase, _)| events.contains(&purchase.event))
            {
                some.purchases.insert(purchase.id);
                some.orders.extend(purchase.order_ids());
            }
        }
        Ok(some)
    }

    /// What the ledger says of the events' payments. Money of which the books know nothing is nobody's, so it is told
    /// only where all events are looked at.
    pub(super) fn books(&self, all: &ProviderBooks) -> ProviderBooks {
        let mut books = all.clone();
        books
            .accounts
            .retain(|order_id, _| self.orders.contains(order_id));
        books
    }

    fn shows(&self, row: &Row) -> bool {
        match row {
            Row::Event(event) => self.events.contains(&event.id),
            Row::Performance(performance) => self.events.contains(&performance.event),
            Row::Sale(sale) => self.events.contains(&sale.event),
            Row::Allowance(allowance) => self.sales.contains(&allowance.sale),
            Row::Hold(hold) => self.events.contains(&hold.event),
            Row::Purchase(purchase) => self.events.contains(&purchase.event),
            Row::Payment(payment) => self.purchases.contains(&payment.purchase),
            Row::Refund(refund) => self.purchases.contains(&refund.purchase),
            Row::Ticket(ticket) => self.events.contains(&ticket.event),
            Row::Seat(seat) => self.performances.contains(&seat.performance),
            _ => true,
        }
    }
}

#[async_trait]
impl Snapshot for SomeEvents {
    async fn rows(
        &mut self,
        table: Table,
        after: Option<&RowId>,
        limit: usize,
    ) -> Result<Vec<Versioned<Row>>, Unavailable> {
        let mut shown = Vec::new();
        let mut after = after.cloned();
        // A page that is not full says that it is the last.
        while shown.len() < limit {
            let page = self.whole.rows(table, after.as_ref(), limit).await?;
            let is_last = page.len() < limit;
            after = page.last().map(|(row, _)| row.id());
            shown.extend(page.into_iter().filter(|(row, _)| self.shows(row)));
            if is_last {
                break;
            }
        }
        shown.truncate(limit);
        Ok(shown)
    }

    async fn facts(&mut self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        self.whole.facts(after, limit).await
    }
}
