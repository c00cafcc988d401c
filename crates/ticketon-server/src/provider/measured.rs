//! A provider whose calls are counted and timed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ticketon_pay::{Attempt, Outcome, PaymentKey, RefundOutcome};
use tokio::time::Instant;

use super::Provider;
use crate::metrics::{Answered, Call, Calls};

/// The provider behind, and what became of its calls.
pub(crate) struct Measured {
    provider: Arc<dyn Provider>,
    calls: Calls,
}

impl Measured {
    /// Counts the calls of this provider.
    pub(crate) fn new(provider: Arc<dyn Provider>, calls: Calls) -> Self {
        Self { provider, calls }
    }

    async fn charge(&self, call: Call, asking: impl Future<Output = Outcome>) -> Outcome {
        self.calls.begin(call);
        let began = Instant::now();
        let outcome = asking.await;
        let answered = match &outcome {
            Outcome::Paid(_) => Answered::Done,
            Outcome::Declined(_) => Answered::Declined,
            Outcome::NotCharged => Answered::NotCharged,
            Outcome::Unknown(_) => Answered::Unknown,
            Outcome::AwaitingDeposit(_) | Outcome::OurFault(_) => Answered::OurFault,
        };
        self.calls.end(call, answered, began.elapsed());
        outcome
    }
}

#[async_trait]
impl Provider for Measured {
    async fn confirm(&self, attempt: &Attempt, key: &PaymentKey) -> Outcome {
        self.charge(Call::Confirm, self.provider.confirm(attempt, key))
            .await
    }

    async fn settle(&self, attempt: &Attempt, at_most: Duration) -> Outcome {
        self.charge(Call::LookUp, self.provider.settle(attempt, at_most))
            .await
    }

    async fn cancel(&self, refund: &ticketon_pay::Refund) -> RefundOutcome {
        self.calls.begin(Call::Refund);
        let began = Instant::now();
        let outcome = self.provider.cancel(refund).await;
        let answered = match &outcome {
            RefundOutcome::Refunded(_) => Answered::Done,
            RefundOutcome::Refused { .. } => Answered::Refused,
            RefundOutcome::Unknown(_) => Answered::Unknown,
            RefundOutcome::OurFault(_) => Answered::OurFault,
        };
        self.calls.end(Call::Refund, answered, began.elapsed());
        outcome
    }

    fn is_live(&self) -> bool {
        self.provider.is_live()
    }

    fn client_key(&self) -> &str {
        self.provider.client_key()
    }
}
