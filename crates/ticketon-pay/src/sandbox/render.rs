//! The payment as the provider writes it: every field of version 2022-11-16, also those that a card payment
//! leaves null. On purpose not the type that the client reads into: a mistake in one would hide in the other.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Serialize;

use super::payment::{Cancel, Charge, Payment, State};
use super::refusal;
use crate::code::Code;
use crate::id::PaymentKey;
use crate::language::Language;
use crate::won::Won;

/// Always null here.
type Null = ();

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentBody<'a> {
    m_id: &'static str,
    version: &'static str,
    last_transaction_key: Option<&'a str>,
    payment_key: &'a str,
    order_id: &'a str,
    order_name: &'a str,
    currency: &'static str,
    method: Option<&'static str>,
    status: &'static str,
    requested_at: String,
    approved_at: Option<String>,
    use_escrow: Option<bool>,
    culture_expense: bool,
    card: Option<CardBody>,
    virtual_account: Null,
    transfer: Null,
    mobile_phone: Null,
    gift_certificate: Null,
    cash_receipt: Null,
    cash_receipts: Null,
    discount: Null,
    cancels: Option<Vec<CancelBody<'a>>>,
    secret: Option<String>,
    r#type: &'static str,
    easy_pay: Null,
    country: &'static str,
    failure: Option<FailureBody<'a>>,
    is_partial_cancelable: bool,
    receipt: Option<Link>,
    checkout: Link,
    transaction_key: Null,
    total_amount: Won,
    balance_amount: Won,
    supplied_amount: Won,
    vat: Won,
    tax_free_amount: Won,
    tax_exemption_amount: Won,
    metadata: Null,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CardBody {
    amount: Won,
    issuer_code: &'static str,
    acquirer_code: &'static str,
    number: String,
    installment_plan_months: u32,
    approve_no: String,
    use_card_point: bool,
    card_type: &'static str,
    owner_type: &'static str,
    acquire_status: &'static str,
    is_interest_free: bool,
    interest_payer: Null,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancelBody<'a> {
    transaction_key: &'a str,
    cancel_reason: &'a str,
    tax_exemption_amount: Won,
    canceled_at: String,
    card_discount_amount: Won,
    transfer_discount_amount: Won,
    easy_pay_discount_amount: Won,
    receipt_key: Null,
    cancel_amount: Won,
    tax_free_amount: Won,
    refundable_amount: Won,
    cancel_status: &'static str,
    cancel_request_id: Null,
}

#[derive(Serialize)]
struct FailureBody<'a> {
    code: &'a str,
    message: &'static str,
}

#[derive(Serialize)]
struct Link {
    url: String,
}

/// The whole object, as JSON.
pub(super) fn body(payment: &Payment, language: Language, now: Timestamp) -> String {
    let charge = match &payment.state {
        State::Charged(charge) => Some(charge),
        State::Ready | State::Authenticated { .. } | State::Aborted { .. } => None,
    };
    let has_expired = payment.has_expired(now);
    let balance = payment.balance();
    let vat = Won((balance.0 * 2 + 11) / 22);
    let page = |what| Link {
        url: format!("https://sandbox.invalid/{what}/{}", payment.key),
    };
    let body = PaymentBody {
        m_id: "ticketonsandbx",
        version: "2022-11-16",
        last_transaction_key: charge.map(last_transaction_key),
        payment_key: payment.key.as_str(),
        order_id: payment.order_id.as_str(),
        order_name: &payment.order_name,
        currency: "KRW",
        method: (!has_expired).then_some(word(language, "카드", "Card")),
        status: status(payment, now),
        requested_at: seoul(payment.opened_at),
        approved_at: charge.map(|charge| seoul(charge.at)),
        use_escrow: (!has_expired).then_some(false),
        culture_expense: false,
        card: charge.map(|charge| card(payment.amount, charge, language)),
        virtual_account: (),
        transfer: (),
        mobile_phone: (),
        gift_certificate: (),
        cash_receipt: (),
        cash_receipts: (),
        discount: (),
        cancels: charge
            .filter(|charge| !charge.cancels.is_empty())
            .map(|charge| cancels(payment, charge)),
        secret: charge.map(|charge| format!("ps_{}", charge.transaction_key)),
        r#type: "NORMAL",
        easy_pay: (),
        country: "KR",
        failure: failure(payment, has_expired, language),
        is_partial_cancelable: true,
        receipt: charge.map(|_| page("receipt")),
        checkout: page("checkout"),
        transaction_key: (),
        total_amount: payment.amount,
        balance_amount: balance,
        supplied_amount: balance - vat,
        vat,
        tax_free_amount: Won::ZERO,
        tax_exemption_amount: Won::ZERO,
        metadata: (),
    };
    serde_json::to_string(&body).expect("texts and integers always serialize")
}

/// The word for a payment's state.
fn status(payment: &Payment, now: Timestamp) -> &'static str {
    match &payment.state {
        State::Ready | State::Authenticated { .. } if payment.has_expired(now) => "EXPIRED",
        State::Ready => "READY",
        State::Authenticated { .. } => "IN_PROGRESS",
        State::Aborted { .. } => "ABORTED",
        State::Charged(charge) => match charge.cancels.last() {
            None => "DONE",
            Some(cancel) if cancel.is_whole => "CANCELED",
            Some(_) => "PARTIAL_CANCELED",
        },
    }
}

/// A name for a new payment, at most 64 characters: unique by its number, not to be guessed by its entropy.
pub(super) fn payment_key(now: Timestamp, number: usize, entropy: u64) -> PaymentKey {
    let at = in_seoul(now).strftime("%Y%m%d%H%M%S");
    PaymentKey::new(format!("tsand{at}{number:x}{entropy:016x}")).expect("letters and digits")
}

/// A name for a charge or a cancel.
pub(super) fn transaction_key(entropy: u64) -> String {
    format!(
        "{entropy:016X}{:016X}",
        entropy.rotate_left(32) ^ 0x5A5A_5A5A_5A5A_5A5A
    )
}

/// A name for one exchange.
pub(super) fn trace_id(entropy: u64) -> String {
    format!("{entropy:016x}")
}

fn last_transaction_key(charge: &Charge) -> &str {
    charge
        .cancels
        .last()
        .map_or(&charge.transaction_key, |cancel| &cancel.transaction_key)
}

fn card(amount: Won, charge: &Charge, language: Language) -> CardBody {
    let number = charge.card.number();
    CardBody {
        amount,
        issuer_code: "11",
        acquirer_code: "11",
        number: format!("{}****{}*", &number[..8], &number[12..15]),
        installment_plan_months: 0,
        approve_no: charge
            .transaction_key
            .chars()
            .filter(char::is_ascii_digit)
            .chain("00000000".chars())
            .take(8)
            .collect(),
        use_card_point: false,
        card_type: word(language, "신용", "Credit"),
        owner_type: word(language, "개인", "Personal"),
        acquire_status: "READY",
        is_interest_free: false,
        interest_payer: (),
    }
}

fn cancels<'a>(payment: &Payment, charge: &'a Charge) -> Vec<CancelBody<'a>> {
    let mut left = payment.amount;
    let mut bodies = Vec::with_capacity(charge.cancels.len());
    for cancel in &charge.cancels {
        left = left - cancel.amount;
        bodies.push(cancel_body(cancel, left));
    }
    bodies
}

fn cancel_body(cancel: &Cancel, left: Won) -> CancelBody<'_> {
    CancelBody {
        transaction_key: &cancel.transaction_key,
        cancel_reason: &cancel.reason,
        tax_exemption_amount: Won::ZERO,
        canceled_at: seoul(cancel.at),
        card_discount_amount: Won::ZERO,
        transfer_discount_amount: Won::ZERO,
        easy_pay_discount_amount: Won::ZERO,
        receipt_key: (),
        cancel_amount: cancel.amount,
        tax_free_amount: Won::ZERO,
        refundable_amount: left,
        cancel_status: "DONE",
        cancel_request_id: (),
    }
}

fn failure(payment: &Payment, has_expired: bool, language: Language) -> Option<FailureBody<'_>> {
    match &payment.state {
        State::Ready | State::Authenticated { .. } if has_expired => Some(FailureBody {
            code: "EXPIRED_PAYMENT",
            message: word(
                language,
                "결제가 만료되었습니다. 다시 시도해주세요.",
                "The payment has expired. Please try again.",
            ),
        }),
        State::Ready | State::Authenticated { .. } | State::Charged(_) => None,
        State::Aborted { code } => Some(FailureBody {
            code,
            message: refusal::message(&Code::from(code.clone()), language),
        }),
    }
}

fn word(language: Language, korean: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::Korean => korean,
        Language::English => english,
    }
}

/// `2022-06-08T15:40:49+09:00`
fn seoul(at: Timestamp) -> String {
    in_seoul(at).strftime("%Y-%m-%dT%H:%M:%S+09:00").to_string()
}

/// Korea has no summer time.
fn in_seoul(at: Timestamp) -> DateTime {
    Offset::constant(9).to_datetime(at)
}
