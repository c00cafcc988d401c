//! The payment provider as a port: what the shop asks, and what the answers mean in its own words.

mod measured;

use std::time::Duration;

use async_trait::async_trait;
use ticketon_core::payment::{Approving, Payment, PaymentState, Refund};
use ticketon_core::{RefundAnswer, Refusal, Settled, Timestamp};
use ticketon_pay::{Attempt, Backoff, OurFault, Outcome, PaymentKey, RefundOutcome, Toss};

pub(crate) use measured::Measured;

/// Whoever moves the money.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Charges an attempt.
    async fn confirm(&self, attempt: &Attempt, key: &PaymentKey) -> Outcome;

    /// Finds out what became of an attempt, for at most this long.
    async fn settle(&self, attempt: &Attempt, at_most: Duration) -> Outcome;

    /// Gives money back.
    async fn cancel(&self, refund: &ticketon_pay::Refund) -> RefundOutcome;

    /// Whether it moves real money.
    fn is_live(&self) -> bool;

    /// What names the shop to the provider's window; no secret.
    fn client_key(&self) -> &str;
}

#[async_trait]
impl Provider for Toss {
    async fn confirm(&self, attempt: &Attempt, key: &PaymentKey) -> Outcome {
        Toss::confirm(self, attempt, key).await
    }

    async fn settle(&self, attempt: &Attempt, at_most: Duration) -> Outcome {
        Toss::settle(self, attempt, Backoff::for_at_most(at_most)).await
    }

    async fn cancel(&self, refund: &ticketon_pay::Refund) -> RefundOutcome {
        Toss::cancel(self, refund).await
    }

    fn is_live(&self) -> bool {
        Toss::is_live(self)
    }

    fn client_key(&self) -> &str {
        Toss::client_key(self)
    }
}

/// A payment's key as the window gave it. One that the provider cannot have given is refused before anything begins.
pub(crate) fn payment_key(text: &str) -> Result<PaymentKey, Refusal> {
    PaymentKey::new(text).map_err(|error| Refusal::field("payment_key", error.to_string()))
}

/// The attempt that a payment is at the provider.
pub(crate) fn attempt(payment: &Payment) -> Result<Attempt, Refusal> {
    Attempt::new(payment.order_id.as_str(), ticketon_pay::Won(payment.amount.0)).map_err(Refusal::internal)
}

/// What the provider is asked about a payment that is *approving*.
pub(crate) fn question(payment: &Payment) -> Result<(Attempt, PaymentKey), Refusal> {
    let PaymentState::Approving(Approving { payment_key, .. }) = &payment.state else {
        let order_id = &payment.order_id;
        return Err(Refusal::internal(format!(
            "payment `{order_id}` is not approving"
        )));
    };
    Ok((attempt(payment)?, self::payment_key(payment_key)?))
}

/// What an outcome means for the purchase; `None` while nobody knows, or where a person must look.
pub(crate) fn settled(payment: &Payment, outcome: Outcome, now: Timestamp) -> Option<Settled> {
    let order_id = payment.order_id.clone();
    match outcome {
        Outcome::Paid(paid) => {
            let approved_at = paid
                .approved_at
                .as_deref()
                .and_then(|at| at.parse().ok())
                .unwrap_or(now);
            let payment_key = paid.payment_key.as_str().to_owned();
            Some(Settled::Paid {
                order_id,
                payment_key,
                approved_at,
            })
        }
        Outcome::Declined(declined) => {
            let code = declined.code.as_str().to_owned();
            Some(Settled::Declined {
                order_id,
                code,
                message: declined.message,
            })
        }
        Outcome::NotCharged => Some(Settled::NotCharged { order_id }),
        Outcome::Unknown(why) => {
            tracing::warn!(payment.order_id = %order_id, "nobody knows yet whether it was charged: {why}");
            None
        }
        Outcome::AwaitingDeposit(account) => {
            let bank = &account.bank_code;
            tracing::error!(payment.order_id = %order_id, bank, "a virtual account was opened, which this shop does not offer");
            None
        }
        Outcome::OurFault(OurFault::GivenBack { payment: found }) if is_all_back(payment, &found) => {
            tracing::error!(payment.order_id = %order_id, "it was charged, and given back whole at the provider: settled as not charged");
            Some(Settled::NotCharged { order_id })
        }
        Outcome::OurFault(fault) => {
            tracing::error!(payment.order_id = %order_id, "a person must look at this payment: {fault}");
            None
        }
    }
}

/// Whether nothing is left of the very charge that was asked for: its seats need not wait for a person.
fn is_all_back(payment: &Payment, found: &ticketon_pay::Payment) -> bool {
    found.order_id.as_str() == payment.order_id.as_str()
        && found.total_amount.0 == payment.amount.0
        && found.balance_amount == ticketon_pay::Won::ZERO
}

/// What the provider is asked about a refund.
pub(crate) fn refund_question(refund: &Refund) -> Result<ticketon_pay::Refund, Refusal> {
    let Some(key) = &refund.payment_key else {
        return Err(Refusal::internal(format!(
            "refund `{}` is not the provider's",
            refund.id
        )));
    };
    let key = PaymentKey::new(key.as_str()).map_err(Refusal::internal)?;
    let amount = ticketon_pay::Won(refund.amount.0);
    let question = ticketon_pay::Refund::part(key, amount, refund.id.to_string(), "ticket refund")
        .map_err(Refusal::internal)?;
    Ok(question.numbered(refund.tries))
}

/// What an answer means for a refund.
pub(crate) fn refund_answer(refund: &Refund, outcome: RefundOutcome) -> RefundAnswer {
    match outcome {
        RefundOutcome::Refunded(_) => RefundAnswer::Done,
        RefundOutcome::Refused { code, message } => {
            tracing::error!(refund.id = %refund.id, "the provider refused a refund: {} ({message})", code.as_str());
            RefundAnswer::Refused {
                code: code.as_str().to_owned(),
                message,
            }
        }
        RefundOutcome::OurFault(fault) => {
            tracing::error!(refund.id = %refund.id, "a person must look at this refund: {fault}");
            RefundAnswer::AskAgain
        }
        RefundOutcome::Unknown(why) => {
            tracing::warn!(refund.id = %refund.id, "nobody knows yet whether it went back: {why}");
            RefundAnswer::AskAgain
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use ticketon_core::ids::{PurchaseId, RefundId};
    use ticketon_core::payment::RefundState;
    use ticketon_core::{SeededEntropy, Won};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(0);

    /// What a look-up means that finds the payment cancelled.
    fn cancelled(total: i64, balance: i64) -> Option<Settled> {
        let payment = Payment {
            order_id: "T7K3Q9A-1".parse().unwrap(),
            purchase: PurchaseId::new(NOW, &SeededEntropy::new(7)),
            amount: Won(55_000),
            made_at: NOW,
            state: PaymentState::Ready,
        };
        let found = json!({
            "paymentKey": "key", "orderId": "T7K3Q9A-1", "status": "CANCELED", "currency": "KRW",
            "totalAmount": total, "balanceAmount": balance,
        });
        let reply = ticketon_pay::Reply {
            status: 200,
            body: found.to_string().into_bytes(),
        };
        let outcome = attempt(&payment).unwrap().judge_reply(&reply);
        assert!(matches!(outcome, Outcome::OurFault(_)), "{outcome:?}");
        settled(&payment, outcome, NOW)
    }

    #[test]
    fn a_charge_that_was_given_back_whole_is_none_and_of_any_other_a_person_decides() {
        let order_id = "T7K3Q9A-1".parse().unwrap();
        assert_eq!(cancelled(55_000, 0), Some(Settled::NotCharged { order_id }));
        assert_eq!(cancelled(55_000, 5_000), None);
        assert_eq!(cancelled(1_000, 0), None);
    }

    #[test]
    fn a_refund_that_was_refused_is_asked_for_under_another_key() {
        let random = SeededEntropy::new(7);
        let refund = Refund {
            id: RefundId::new(NOW, &random),
            purchase: PurchaseId::new(NOW, &random),
            payment: "T7K3Q9A-1".parse().unwrap(),
            payment_key: Some("key".to_owned()),
            amount: Won(55_000),
            reason: "ill".to_owned(),
            made_at: NOW,
            tries: 2,
            state: RefundState::Requested {
                ask_at: NOW,
                asked: 0,
            },
        };
        let key = refund_question(&refund).unwrap().idempotency_key();
        assert!(key.as_str().ends_with(":2"), "{}", key.as_str());
    }
}
