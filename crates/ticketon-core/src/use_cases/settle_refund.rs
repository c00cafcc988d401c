//! Settling what the provider said of a refund: done, refused, or to be asked for again.

use crate::context::{Context, Tries};
use crate::error::Refusal;
use crate::fact::{Fact, Stream, What};
use crate::ids::RefundId;
use crate::limits;
use crate::payment::{Refund, RefundState};
use crate::purchase::Purchase;
use crate::store::Freshness;
use crate::time::Timestamp;

/// What the provider said of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundAnswer {
    /// The money went back.
    Done,
    /// The provider refused: a person must look.
    Refused {
        /// The provider's code.
        code: String,
        /// The provider's words.
        message: String,
    },
    /// Nobody knows yet: ask again.
    AskAgain,
}

/// Settles what the provider said of a refund. Settling it again changes nothing.
pub async fn settle_refund(cx: &Context, refund: RefundId, answer: RefundAnswer) -> Result<Refund, Refusal> {
    let mut tries = Tries::default();
    loop {
        let (refund, version) = cx.need::<Refund>((refund,), Freshness::Fresh, "refund").await?;
        let RefundState::Requested { asked, .. } = refund.state else {
            return Ok(refund);
        };
        let (purchase, _) = cx
            .need::<Purchase>((refund.purchase,), Freshness::Fresh, "purchase")
            .await?;
        let now = cx.now();
        let (state, fact) = settled(&refund, answer.clone(), asked, now);
        let mut changes = cx.changes();
        let refund = refund.becoming(state);
        changes = changes.write(refund.clone(), version);
        if let Some(what) = fact {
            changes = changes.record(Fact {
                stream: Stream::Event(purchase.event),
                at: now,
                what,
            });
        }
        match cx.commit(changes).await {
            Ok(()) => return Ok(refund),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

fn settled(refund: &Refund, answer: RefundAnswer, asked: u32, now: Timestamp) -> (RefundState, Option<What>) {
    let (purchase, id) = (refund.purchase, refund.id);
    match answer {
        RefundAnswer::Done => (
            RefundState::Done { at: now },
            Some(What::RefundDone {
                purchase,
                refund: id,
                amount: refund.amount,
            }),
        ),
        RefundAnswer::Refused { code, message } => (
            RefundState::Failed {
                code: code.clone(),
                message,
            },
            Some(What::RefundFailed {
                purchase,
                refund: id,
                code,
            }),
        ),
        RefundAnswer::AskAgain => {
            let wait = limits::REFUND_ASKED_AGAIN * (1 << asked.min(limits::REFUND_DOUBLINGS_MAX));
            (
                RefundState::Requested {
                    ask_at: now + wait,
                    asked: asked + 1,
                },
                None,
            )
        }
    }
}
