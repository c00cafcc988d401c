//! A provider that nobody can ask what became of a payment: an answer that was lost stays lost.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ticketon_server::pay::{Attempt, Outcome, PaymentKey, Refund, RefundOutcome, Unknown};
use ticketon_server::provider::Provider;

/// A provider that is never asked twice.
pub(super) struct NeverLooks(Arc<dyn Provider>);

impl NeverLooks {
    pub(super) fn new(provider: Arc<dyn Provider>) -> Self {
        Self(provider)
    }
}

#[async_trait]
impl Provider for NeverLooks {
    async fn confirm(&self, attempt: &Attempt, key: &PaymentKey) -> Outcome {
        self.0.confirm(attempt, key).await
    }

    async fn settle(&self, _: &Attempt, _: Duration) -> Outcome {
        Outcome::Unknown(Unknown::NoAnswer("nobody looked".to_owned()))
    }

    async fn cancel(&self, refund: &Refund) -> RefundOutcome {
        self.0.cancel(refund).await
    }

    fn client_key(&self) -> &str {
        self.0.client_key()
    }

    fn is_live(&self) -> bool {
        self.0.is_live()
    }
}
