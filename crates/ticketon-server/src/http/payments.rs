//! Payments: attempts at paying a purchase.

pub(super) mod confirm;

use serde::Serialize;
use ticketon_core::event::{Currency, Event};
use ticketon_core::ids::{OrderId, PurchaseId};
use ticketon_core::payment::{PaidBy, Payment, PaymentState};
use ticketon_core::purchase::{Purchase, PurchaseState};
use ticketon_core::{Timestamp, Won};

use super::Http;
use crate::limits;

/// An attempt, with all that the provider's window needs.
#[derive(Debug, Serialize)]
pub(super) struct PaymentView {
    order_id: OrderId,
    purchase: PurchaseId,
    /// *ready*, *approving*, *paid*, *declined*, *`not_charged`*, *replaced*.
    state: &'static str,
    amount: Won,
    currency: Currency,
    /// What the provider's window calls it.
    order_name: String,
    /// Names the buyer to the provider; nobody else can guess it.
    customer_key: String,
    /// Names the shop to the provider's window.
    client_key: String,
    /// Whether another attempt may be begun.
    may_retry: bool,
    /// The provider's reason, where it said no.
    reason: Option<Reason>,
    approved_at: Option<Timestamp>,
    /// Play money.
    test: bool,
}

/// Why the provider said no.
#[derive(Debug, Serialize)]
struct Reason {
    code: String,
    message: String,
}

impl PaymentView {
    /// An attempt at paying a purchase of an event.
    pub(super) fn of(http: &Http, payment: Payment, purchase: &Purchase, event: &Event) -> Self {
        let may_retry = may_retry(&payment, purchase, http.shop.cx.now());
        let (state, reason, approved_at) = match payment.state {
            PaymentState::Ready => ("ready", None, None),
            PaymentState::Approving(_) => ("approving", None, None),
            PaymentState::Paid(PaidBy::Provider { approved_at, .. }) => ("paid", None, Some(approved_at)),
            PaymentState::Paid(PaidBy::Cash { paid_at, .. }) => ("paid", None, Some(paid_at)),
            PaymentState::Paid(PaidBy::Free) => ("paid", None, None),
            PaymentState::Declined { code, message } => ("declined", Some(Reason { code, message }), None),
            PaymentState::NotCharged => ("not_charged", None, None),
            PaymentState::Replaced => ("replaced", None, None),
        };
        Self {
            order_id: payment.order_id,
            purchase: payment.purchase,
            state,
            amount: payment.amount,
            currency: event.currency,
            order_name: order_name(purchase, event),
            customer_key: http.shop.tokens.customer_key(&purchase.person),
            client_key: http.shop.payments.client_key().to_owned(),
            may_retry,
            reason,
            approved_at,
            test: purchase.test,
        }
    }
}

/// A declined card does not cost the seats: there may be another one, in time.
fn may_retry(payment: &Payment, purchase: &Purchase, now: Timestamp) -> bool {
    let has_failed = matches!(
        payment.state,
        PaymentState::Declined { .. } | PaymentState::NotCharged
    );
    has_failed
        && purchase.state == PurchaseState::AwaitingPayment
        && purchase.attempts < purchase.policy.payment_tries
        && now <= purchase.pay_until
}

/// `Winter recital × 2`, within what the provider shows.
fn order_name(purchase: &Purchase, event: &Event) -> String {
    let count = format!(" × {}", purchase.numbers().count());
    let room = limits::ORDER_NAME_CHARS_MAX - count.chars().count();
    let mut name: String = event.title.chars().take(room).collect();
    name.push_str(&count);
    name
}
