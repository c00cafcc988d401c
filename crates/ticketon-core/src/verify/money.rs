//! `money_adds_up` and `no_payment_without_outcome`: what was taken is what lines and refunds say, order by
//! order, and everything that was taken got tickets or goes back.

use std::collections::BTreeMap;

use super::ledger::Unseen;
use super::{Audit, Promise};
use crate::ids::{OrderId, PurchaseId};
use crate::money::Won;
use crate::payment::{Payment, PaymentState, Refund};
use crate::purchase::{LineKind, Purchase, PurchaseState};
use crate::row::RowId;
use crate::store::{Pages, Unavailable};

/// Money of one purchase, from its payments' and refunds' own rows.
#[derive(Default)]
struct Moved {
    /// What was taken, by attempt.
    taken: BTreeMap<OrderId, Won>,
    /// What went or goes back, by attempt.
    back: BTreeMap<OrderId, Won>,
}

impl Audit<'_> {
    /// Checks every payment and refund, then every purchase against what its payments and refunds add up to.
    pub(super) async fn check_money(&mut self) -> Result<(), Unavailable> {
        let mut moved: BTreeMap<PurchaseId, Moved> = BTreeMap::new();
        let mut refunds: BTreeMap<OrderId, Vec<Refund>> = BTreeMap::new();
        let mut pages = Pages::<Refund>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (refund, _) in page {
                let back = &mut moved.entry(refund.purchase).or_default().back;
                let sum = back.entry(refund.payment.clone()).or_default();
                *sum = *sum + refund.amount;
                refunds.entry(refund.payment.clone()).or_default().push(refund);
            }
        }
        let mut unseen = Unseen::all_of(self.basis.provider.as_ref());
        let mut pages = Pages::<Payment>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            self.findings
                .checked(Promise::NoPaymentWithoutOutcome, page.len());
            for (payment, _) in page {
                unseen.seen(&payment.order_id);
                self.check_outcome(&payment).await?;
                let refunds = refunds.remove(&payment.order_id).unwrap_or_default();
                self.check_ledger(&payment, &refunds).await?;
                if matches!(payment.state, PaymentState::Paid(_)) {
                    let taken = &mut moved.entry(payment.purchase).or_default().taken;
                    taken.insert(payment.order_id, payment.amount);
                }
            }
        }
        self.without_a_payment(unseen, refunds);
        self.check_purchases(moved).await
    }

    /// An attempt past its horizon may have got its outcome since the snapshot.
    async fn check_outcome(&mut self, payment: &Payment) -> Result<(), Unavailable> {
        if !self.is_without_outcome(payment) {
            return Ok(());
        }
        let now = self.as_it_stands::<Payment>((payment.order_id.clone(),)).await?;
        if now.is_some_and(|payment| self.is_without_outcome(&payment)) {
            let rows = [
                RowId::Payment(payment.order_id.clone()),
                RowId::Purchase(payment.purchase),
            ];
            let message = format!("attempt `{}` is approving past its horizon", payment.order_id);
            self.findings
                .broken(Promise::NoPaymentWithoutOutcome, message, rows);
        }
        Ok(())
    }

    fn is_without_outcome(&self, payment: &Payment) -> bool {
        match &payment.state {
            PaymentState::Approving(approving) => approving.since + self.basis.payment_horizon < self.now,
            PaymentState::Ready
            | PaymentState::Paid(_)
            | PaymentState::Declined { .. }
            | PaymentState::NotCharged
            | PaymentState::Replaced => false,
        }
    }

    async fn check_purchases(&mut self, mut moved: BTreeMap<PurchaseId, Moved>) -> Result<(), Unavailable> {
        let live = self.live_tickets().await?;
        let mut pages = Pages::<Purchase>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            self.findings.checked(Promise::MoneyAddsUp, page.len());
            for (purchase, _) in page {
                let moved = moved.remove(&purchase.id).unwrap_or_default();
                self.check_sums(&purchase, &moved);
                let live = live.get(&purchase.id).copied().unwrap_or(0);
                self.check_outcomes(&purchase, &moved, live);
            }
        }
        for purchase in moved.into_keys() {
            let message = "money moved for a purchase that does not exist";
            self.findings
                .broken(Promise::MoneyAddsUp, message, [RowId::Purchase(purchase)]);
        }
        Ok(())
    }

    /// Once paid, what was taken is lines and refunds together; before, all that was taken goes back.
    fn check_sums(&mut self, purchase: &Purchase, moved: &Moved) {
        let taken: Won = moved.taken.values().copied().sum();
        let back: Won = moved.back.values().copied().sum();
        let owed = if was_paid(purchase) {
            purchase.amount()
        } else {
            Won::ZERO
        };
        if taken != owed + back {
            let message = format!(
                "purchase `{}`: {taken} was taken, but lines make {owed} and refunds {back}",
                purchase.code
            );
            self.findings
                .broken(Promise::MoneyAddsUp, message, money_rows(purchase));
        }
    }

    /// Each payment that was taken has tickets or goes back whole, and there are as many live tickets as lines
    /// still paid for.
    fn check_outcomes(&mut self, purchase: &Purchase, moved: &Moved, live: u32) {
        const PROMISE: Promise = Promise::NoPaymentWithoutOutcome;
        for (order_id, taken) in &moved.taken {
            let has_tickets = purchase.paid_by.as_ref() == Some(order_id) && was_paid(purchase);
            let goes_back = moved.back.get(order_id) == Some(taken);
            if !has_tickets && !goes_back {
                let rows = [RowId::Payment(order_id.clone()), RowId::Purchase(purchase.id)];
                let message = format!("{taken} was taken with `{order_id}`, without tickets or refund");
                self.findings.broken(PROMISE, message, rows);
            }
        }
        let good = if was_paid(purchase) {
            lines_left(purchase)
        } else {
            0
        };
        if i64::from(live) != good {
            let message = format!(
                "purchase `{}` has {live} live tickets for {good} seats that are paid",
                purchase.code
            );
            let tickets = purchase.tickets.iter().map(|ticket| RowId::Ticket(*ticket));
            let rows = tickets.chain([RowId::Purchase(purchase.id)]);
            self.findings.broken(PROMISE, message, rows);
        }
    }
}

fn was_paid(purchase: &Purchase) -> bool {
    match purchase.state {
        PurchaseState::Paid | PurchaseState::Refunded => true,
        PurchaseState::AwaitingPayment
        | PurchaseState::Approving
        | PurchaseState::Cancelled
        | PurchaseState::Expired => false,
    }
}

/// Seats paid for and not given back.
fn lines_left(purchase: &Purchase) -> i64 {
    let each = purchase.lines.iter().map(|line| match line.kind {
        LineKind::Seat => 1,
        LineKind::Refund => -1,
        LineKind::RefundFee => 0,
    });
    each.sum()
}

fn money_rows(purchase: &Purchase) -> Vec<RowId> {
    let mut rows = vec![RowId::Purchase(purchase.id)];
    rows.extend(purchase.order_ids().map(RowId::Payment));
    rows.extend(purchase.refunds.iter().map(|refund| RowId::Refund(*refund)));
    rows
}
