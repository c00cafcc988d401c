//! `limits_kept`: what a person has of a sale is counted from holds, orders and tickets, and compared with the
//! guard row and with the sale's limits.

use std::collections::BTreeMap;

use super::{Audit, Promise};
use crate::hold::{Hold, HoldState};
use crate::ids::{Person, PurchaseId, SaleId};
use crate::purchase::{Purchase, PurchaseState};
use crate::row::RowId;
use crate::sale::{Allowance, Sale, SaleLimits};
use crate::store::{Pages, Unavailable};
use crate::ticket::{Ticket, TicketState};

const PROMISE: Promise = Promise::LimitsKept;

type Limits = BTreeMap<SaleId, SaleLimits>;
type SeatsHad = BTreeMap<(SaleId, Person), u32>;

impl Audit<'_> {
    /// Counts what everybody has, and compares.
    pub(super) async fn check_allowances(&mut self) -> Result<(), Unavailable> {
        let limits = self.limits().await?;
        let mut had = SeatsHad::new();
        self.count_holds(&limits, &mut had).await?;
        self.count_purchases(&limits, &mut had).await?;
        let mut pages = Pages::<Allowance>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            self.findings.checked(PROMISE, page.len());
            for (allowance, _) in page {
                let (sale, person) = (allowance.sale, allowance.person.clone());
                let seats = had.remove(&(sale, person)).unwrap_or(0);
                self.check_allowance(&allowance, seats, &limits);
            }
        }
        let unguarded = had.into_iter().filter(|(_, seats)| *seats > 0);
        for ((sale, person), seats) in unguarded {
            self.findings.checked(PROMISE, 1);
            self.check_allowance(&Allowance::none(sale, person), seats, &limits);
        }
        Ok(())
    }

    async fn limits(&mut self) -> Result<Limits, Unavailable> {
        let mut limits = Limits::new();
        let mut pages = Pages::<Sale>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            limits.extend(page.into_iter().map(|(sale, _)| (sale.id, sale.limits)));
        }
        Ok(limits)
    }

    async fn count_holds(&mut self, limits: &Limits, had: &mut SeatsHad) -> Result<(), Unavailable> {
        let mut pages = Pages::<Hold>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (hold, _) in page {
                let seats = u32::try_from(hold.items.len()).unwrap_or(u32::MAX);
                if limits.get(&hold.sale).is_some_and(|most| seats > most.per_order) {
                    let message = format!("{seats} seats in one hold are more than one order may have");
                    self.findings.broken(PROMISE, message, [RowId::Hold(hold.id)]);
                }
                if hold.state == HoldState::Active {
                    *had.entry((hold.sale, hold.person)).or_default() += seats;
                }
            }
        }
        Ok(())
    }

    /// Open orders count as their seats, paid ones as the tickets that are still good.
    async fn count_purchases(&mut self, limits: &Limits, had: &mut SeatsHad) -> Result<(), Unavailable> {
        let live = self.live_tickets().await?;
        let mut pages = Pages::<Purchase>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (purchase, _) in page {
                let ordered = u32::try_from(purchase.numbers().count()).unwrap_or(u32::MAX);
                if limits
                    .get(&purchase.sale)
                    .is_some_and(|most| ordered > most.per_order)
                {
                    let message = format!("{ordered} seats are more than one order may have");
                    self.findings
                        .broken(PROMISE, message, [RowId::Purchase(purchase.id)]);
                }
                let seats = match purchase.state {
                    PurchaseState::AwaitingPayment | PurchaseState::Approving => ordered,
                    PurchaseState::Paid
                    | PurchaseState::Cancelled
                    | PurchaseState::Expired
                    | PurchaseState::Refunded => live.get(&purchase.id).copied().unwrap_or(0),
                };
                *had.entry((purchase.sale, purchase.person)).or_default() += seats;
            }
        }
        Ok(())
    }

    /// How many tickets of each purchase are good.
    pub(super) async fn live_tickets(&mut self) -> Result<BTreeMap<PurchaseId, u32>, Unavailable> {
        let mut live: BTreeMap<PurchaseId, u32> = BTreeMap::new();
        let mut pages = Pages::<Ticket>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (ticket, _) in page {
                if ticket.state == TicketState::Issued {
                    *live.entry(ticket.purchase).or_default() += 1;
                }
            }
        }
        Ok(live)
    }

    fn check_allowance(&mut self, allowance: &Allowance, seats: u32, limits: &Limits) {
        let row = RowId::Allowance(allowance.sale, allowance.person.clone());
        if allowance.seats != seats {
            let message = format!(
                "the guard row counts {} seats, holds and tickets make {seats}",
                allowance.seats
            );
            self.findings.broken(PROMISE, message, [row.clone()]);
        }
        let most = limits.get(&allowance.sale).map(|limits| limits.per_person);
        if let Some(most) = most.filter(|most| seats > *most) {
            let message = format!("{seats} seats are more than the {most} that one person may have");
            self.findings.broken(PROMISE, message, [row]);
        }
    }
}
