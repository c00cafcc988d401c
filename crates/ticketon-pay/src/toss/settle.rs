//! From *unknown* to *known*: look up, repeat what the provider has not decided, wait, and again, for a
//! bounded time.

use super::{Backoff, Toss};
use crate::attempt::Attempt;
use crate::judge::Judged;
use crate::outcome::{LookedUp, OurFault, Outcome, RefundOutcome, Unknown};
use crate::refund::Refund;

impl Toss {
    /// Finds out what became of an attempt. Where the provider has decided nothing, it sends this very
    /// confirm, with its key, once more: never a second charge. *Not charged* is concluded from a payment
    /// that was aborted, has expired or does not exist, and from nothing else.
    pub async fn settle(&self, attempt: &Attempt, backoff: Backoff) -> Outcome {
        let mut pauses = backoff.start();
        loop {
            let unknown = match attempt.judge(self.look_up(attempt.order_id()).await) {
                Judged::Settled(outcome) => return outcome,
                Judged::AskLater(unknown) => unknown,
                Judged::ConfirmAgain(payment_key) => match self.confirm(attempt, &payment_key).await {
                    Outcome::Unknown(unknown) => unknown,
                    // It was this repeat that was refused: the confirm before it may still be under way.
                    Outcome::OurFault(OurFault::Refused { code, message }) => {
                        Unknown::Unclear { code, message }
                    }
                    outcome => return outcome,
                },
            };
            if !pauses.wait().await {
                return Outcome::Unknown(unknown);
            }
        }
    }

    /// Finds out what became of a refund: looks for its own cancel, else sends it again with its key: never
    /// a second refund.
    pub async fn settle_refund(&self, refund: &Refund, backoff: Backoff) -> RefundOutcome {
        let mut pauses = backoff.start();
        loop {
            if let LookedUp::Found(payment) = self.look_up_payment(refund.payment_key()).await
                && let Some(outcome) = refund.judge_payment(&payment)
            {
                return outcome;
            }
            let unknown = match self.cancel(refund).await {
                RefundOutcome::Unknown(unknown) => unknown,
                outcome => return outcome,
            };
            if !pauses.wait().await {
                return RefundOutcome::Unknown(unknown);
            }
        }
    }
}
