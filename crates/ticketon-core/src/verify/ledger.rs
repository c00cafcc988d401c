//! The provider's half of `money_adds_up`: payment by payment, its ledger shows what was taken and what went
//! back. Cash, and amounts of nothing, have no such half.

use std::collections::{BTreeMap, BTreeSet};

use super::{Account, Audit, Promise, ProviderBooks};
use crate::ids::OrderId;
use crate::limits;
use crate::money::Won;
use crate::payment::{PaidBy, Payment, PaymentState, Refund, RefundState};
use crate::purchase::Purchase;
use crate::row::RowId;
use crate::store::{Freshness, Unavailable};
use crate::time::Timestamp;

const PROMISE: Promise = Promise::MoneyAddsUp;

/// Orders that the ledger names and no payment has been seen for.
pub(super) struct Unseen(BTreeSet<OrderId>);

impl Unseen {
    /// Everything that the ledger names.
    pub(super) fn all_of(books: Option<&ProviderBooks>) -> Self {
        Self(
            books
                .into_iter()
                .flat_map(|books| books.accounts.keys().cloned())
                .collect(),
        )
    }

    /// There is such a payment.
    pub(super) fn seen(&mut self, order_id: &OrderId) {
        self.0.remove(order_id);
    }
}

impl Audit<'_> {
    /// Compares a payment and its refunds with the ledger; what differs is looked up once more, for answers may
    /// have come since.
    pub(super) async fn check_ledger(
        &mut self,
        payment: &Payment,
        refunds: &[Refund],
    ) -> Result<(), Unavailable> {
        let Some(books) = &self.basis.provider else {
            return Ok(());
        };
        if books.difference(payment, refunds).is_none() {
            return Ok(());
        }
        let Some((payment, refunds)) = self.money_as_it_stands(payment).await? else {
            return Ok(());
        };
        if let Some(difference) = books.difference(&payment, &refunds) {
            let mut rows = vec![
                RowId::Payment(payment.order_id.clone()),
                RowId::Purchase(payment.purchase),
            ];
            rows.extend(refunds.iter().map(|refund| RowId::Refund(refund.id)));
            self.findings.broken(PROMISE, difference, rows);
        }
        Ok(())
    }

    /// Money in the ledger, and refunds in the books, that belong to no payment.
    pub(super) fn without_a_payment(&mut self, unseen: Unseen, refunds: BTreeMap<OrderId, Vec<Refund>>) {
        for order_id in unseen.0 {
            let message =
                format!("the provider's ledger has money for `{order_id}`, of which the books know nothing");
            self.findings.broken(PROMISE, message, [RowId::Payment(order_id)]);
        }
        for refund in refunds.into_values().flatten() {
            let message = format!("a refund of payment `{}`, which does not exist", refund.payment);
            self.findings.broken(PROMISE, message, [RowId::Refund(refund.id)]);
        }
    }

    async fn money_as_it_stands(
        &self,
        payment: &Payment,
    ) -> Result<Option<(Payment, Vec<Refund>)>, Unavailable> {
        let order_id = payment.order_id.clone();
        let Some(payment) = self.as_it_stands::<Payment>((order_id.clone(),)).await? else {
            return Ok(None);
        };
        let Some(purchase) = self.as_it_stands::<Purchase>((payment.purchase,)).await? else {
            return Ok(Some((payment, Vec::new())));
        };
        let ids = purchase.refunds.into_iter().map(RowId::Refund);
        let refunds = self.reads.load_all::<Refund>(ids, Freshness::Fresh).await?;
        let mut refunds: Vec<Refund> = refunds.into_iter().flatten().map(|(refund, _)| refund).collect();
        refunds.retain(|refund| refund.payment == order_id);
        Ok(Some((payment, refunds)))
    }
}

impl ProviderBooks {
    /// What the ledger says else than the books about a payment, if anything.
    fn difference(&self, payment: &Payment, refunds: &[Refund]) -> Option<String> {
        let nothing = Account::default();
        let account = self.accounts.get(&payment.order_id).unwrap_or(&nothing);
        self.taken_differs(payment, account)
            .or_else(|| self.given_back_differs(payment, account, refunds))
    }

    fn taken_differs(&self, payment: &Payment, account: &Account) -> Option<String> {
        let taken: Won = account.taken.iter().copied().sum();
        let agrees = match &payment.state {
            // The provider decides while the books still ask.
            PaymentState::Approving(_) => taken == Won::ZERO || taken == payment.amount,
            PaymentState::Paid(PaidBy::Provider { approved_at, .. }) => {
                taken == payment.amount || (taken == Won::ZERO && self.may_not_show(*approved_at))
            }
            PaymentState::Paid(PaidBy::Cash { .. } | PaidBy::Free)
            | PaymentState::Ready
            | PaymentState::Declined { .. }
            | PaymentState::NotCharged
            | PaymentState::Replaced => taken == Won::ZERO,
        };
        let order_id = &payment.order_id;
        (!agrees).then(|| match &payment.state {
            PaymentState::Paid(PaidBy::Provider { .. }) => {
                format!(
                    "the provider took {taken} for `{order_id}`, the books say {}",
                    payment.amount
                )
            }
            _ => format!(
                "the provider took {taken} for `{order_id}`, for which the books took nothing from it"
            ),
        })
    }

    /// Each refund that is done went back once; what else went back is one that the books are asking for.
    fn given_back_differs(&self, payment: &Payment, account: &Account, refunds: &[Refund]) -> Option<String> {
        let mut unexplained = account.given_back.clone();
        let mut explain = |amount: Won| match unexplained.iter().position(|given| *given == amount) {
            Some(place) => {
                unexplained.swap_remove(place);
                true
            }
            None => false,
        };
        let asked = refunds
            .iter()
            .filter(|refund| refund.payment_key.is_some() && refund.amount != Won::ZERO);
        for refund in asked.clone() {
            if let RefundState::Done { at } = refund.state
                && !explain(refund.amount)
                && !self.may_not_show(at)
            {
                return Some(format!(
                    "{} of `{}` went back by the books, not by the provider's ledger",
                    refund.amount, payment.order_id
                ));
            }
        }
        for refund in asked {
            if matches!(refund.state, RefundState::Requested { .. }) {
                explain(refund.amount);
            }
        }
        let rest: Won = unexplained.into_iter().sum();
        (rest != Won::ZERO).then(|| {
            format!(
                "the provider gave back {rest} of `{}` more than the books say",
                payment.order_id
            )
        })
    }

    fn may_not_show(&self, at: Timestamp) -> bool {
        at + limits::CLOCKS_DIFFER_MAX >= self.read_at
    }
}
