//! The payment as the provider tells it, version 2022-11-16: the fields that a seller needs. Read leniently,
//! as the provider asks: unknown fields are ignored, unknown words kept, absent and null are the same.

use std::fmt;

use serde::{Deserialize, Deserializer};

use crate::code::Code;
use crate::id::{OrderId, PaymentKey};
use crate::won::Won;

/// One payment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Payment {
    /// The provider's name for it.
    pub payment_key: PaymentKey,
    /// Our name for it.
    pub order_id: OrderId,
    /// How it stands.
    pub status: Status,
    /// `KRW`, unless something is wrong.
    #[serde(default, deserialize_with = "null_as_default")]
    pub currency: String,
    /// What was approved; cancels do not change it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub total_amount: Won,
    /// What can still be given back; zero on a charged payment means that all of it was.
    #[serde(default, deserialize_with = "null_as_default")]
    pub balance_amount: Won,
    /// In the language that was asked for: `카드` or `Card`.
    pub method: Option<String>,
    /// ISO 8601 with offset, as the provider wrote it.
    pub approved_at: Option<String>,
    /// The charge, or the latest cancel.
    pub last_transaction_key: Option<String>,
    /// Where the buyer finds the receipt.
    pub receipt: Option<Receipt>,
    /// If a card paid.
    pub card: Option<Card>,
    /// If a transfer pays.
    pub virtual_account: Option<VirtualAccount>,
    /// In order of time.
    #[serde(default, deserialize_with = "null_as_default")]
    pub cancels: Vec<Cancel>,
    /// Why it was aborted or expired.
    pub failure: Option<Failure>,
}

/// How a payment stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum Status {
    /// The window is open.
    Ready,
    /// The buyer has authenticated; nothing is charged before the confirm.
    InProgress,
    /// A virtual account waits.
    WaitingForDeposit,
    /// Charged.
    Done,
    /// Charged, then given back.
    Canceled,
    /// Charged, then given back in part, or in parts down to nothing: see the balance.
    PartialCanceled,
    /// Declined.
    Aborted,
    /// Its time ran out before the confirm.
    Expired,
    /// A word of tomorrow.
    Unknown(String),
}

/// Where the buyer finds the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Receipt {
    /// A page of the provider.
    pub url: String,
}

/// The card that paid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Card {
    /// Two characters: `61` is Hyundai.
    pub issuer_code: Option<String>,
    /// Masked.
    pub number: Option<String>,
    /// Zero: at once.
    #[serde(default, deserialize_with = "null_as_default")]
    pub installment_plan_months: u32,
    /// The card company's number of the approval.
    pub approve_no: Option<String>,
}

/// The account that waits for the buyer's transfer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VirtualAccount {
    /// In the test world it begins with `X`.
    pub account_number: String,
    /// Two digits: `20` is Woori.
    pub bank_code: Option<String>,
    /// As shown to the buyer.
    pub customer_name: Option<String>,
    /// Seoul time; with or without its offset, as the provider wrote it.
    pub due_date: Option<String>,
}

/// Money that went back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cancel {
    /// How much.
    pub cancel_amount: Won,
    /// Why; ends with the id of the [`Refund`](crate::Refund) that asked.
    #[serde(default, deserialize_with = "null_as_default")]
    pub cancel_reason: String,
    /// What could still be given back after it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub refundable_amount: Won,
    /// ISO 8601 with offset, as the provider wrote it.
    pub canceled_at: Option<String>,
    /// The provider's name for it.
    pub transaction_key: Option<String>,
}

/// Why a payment came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// For a program.
    #[serde(deserialize_with = "code")]
    pub code: Code,
    /// For a person.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: String,
}

impl From<String> for Status {
    fn from(raw: String) -> Self {
        match raw.as_str() {
            "READY" => Self::Ready,
            "IN_PROGRESS" => Self::InProgress,
            "WAITING_FOR_DEPOSIT" => Self::WaitingForDeposit,
            "DONE" => Self::Done,
            "CANCELED" => Self::Canceled,
            "PARTIAL_CANCELED" => Self::PartialCanceled,
            "ABORTED" => Self::Aborted,
            "EXPIRED" => Self::Expired,
            _ => Self::Unknown(raw),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ready => "READY",
            Self::InProgress => "IN_PROGRESS",
            Self::WaitingForDeposit => "WAITING_FOR_DEPOSIT",
            Self::Done => "DONE",
            Self::Canceled => "CANCELED",
            Self::PartialCanceled => "PARTIAL_CANCELED",
            Self::Aborted => "ABORTED",
            Self::Expired => "EXPIRED",
            Self::Unknown(raw) => raw,
        })
    }
}

fn null_as_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
    String::deserialize(deserializer).map(Code::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As seen from the live service for an expired payment, with fields of tomorrow.
    const EXPIRED: &str = r#"{
        "mId": "tosspayments", "paymentKey": "tviva20250828101631QgTJ9", "orderId": "TossPaymentsTest96860717",
        "status": "EXPIRED", "totalAmount": 5000.0, "balanceAmount": null, "currency": "KRW", "method": null,
        "failure": {"code": "EXPIRED_PAYMENT", "message": "결제가 만료되었습니다."}, "cancels": null,
        "useEscrow": null, "card": null, "virtualAccount": null, "aFieldOfTomorrow": [1, {"a": 2}]
    }"#;

    #[test]
    fn nulls_and_unknown_fields_do_no_harm() {
        let payment: Payment = serde_json::from_str(EXPIRED).unwrap();
        assert_eq!(payment.status, Status::Expired);
        assert_eq!(
            (payment.total_amount, payment.balance_amount),
            (Won(5000), Won::ZERO)
        );
        assert!(payment.cancels.is_empty());
        assert_eq!(payment.failure.unwrap().code.as_str(), "EXPIRED_PAYMENT");
    }

    #[test]
    fn a_status_of_tomorrow_keeps_its_word() {
        let status = Status::from("HALF_DONE".to_owned());
        assert_eq!(status, Status::Unknown("HALF_DONE".to_owned()));
        assert_eq!(status.to_string(), "HALF_DONE");
    }
}
