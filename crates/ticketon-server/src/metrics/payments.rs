//! Money: the provider, and what is open.

use ticketon_core::Timestamp;

use super::Page;
use super::known::Known;
use crate::payments::Payments;

pub(super) fn write(page: &mut Page, payments: &Payments, now: Timestamp, known: &Known) {
    payments.calls().write(page);
    page.gauge(
        "provider_rests_seconds",
        "How long no new payment is begun because the provider does not answer; 0 where it does",
        payments.rests_for(now).as_secs_f64(),
    );
    page.gauge(
        "payments_running",
        "Payments about which this process is asking the provider",
        payments.running() as u64,
    );
    let Some(money) = &known.money else { return };
    page.gauge(
        "payments_approving",
        "Payments of the shop whose outcome is not known yet, at most 1,000",
        money.approving,
    );
    page.gauge(
        "payments_overdue",
        "Of these, payments that a worker should have looked up, at most 1,000",
        money.look_ups_due,
    );
    page.gauge(
        "refunds_requested",
        "Refunds of the shop that are not done yet, at most 1,000",
        money.refunds,
    );
    page.gauge(
        "refunds_overdue",
        "Of these, refunds that a worker should have asked for, at most 1,000",
        money.refunds_due,
    );
}
