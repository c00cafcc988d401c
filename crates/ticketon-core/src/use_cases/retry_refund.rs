//! Asking the provider again for a refund that it refused, once a person has looked into why.

use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::event::Event;
use crate::fact::{Fact, Stream, What};
use crate::ids::RefundId;
use crate::organization::Role;
use crate::payment::{Refund, RefundState};
use crate::purchase::Purchase;
use crate::store::Freshness;

/// Has the provider asked once more, as a new try. A refund that is being asked for, or done, stays as it is.
pub async fn retry_refund(cx: &Context, caller: &Caller, refund: RefundId) -> Result<Refund, Refusal> {
    let mut tries = Tries::default();
    loop {
        let (refund, version) = cx.need::<Refund>((refund,), Freshness::Fresh, "refund").await?;
        let event = may_retry(cx, caller, &refund).await?;
        if !matches!(refund.state, RefundState::Failed { .. }) {
            return Ok(refund);
        }
        let now = cx.now();
        let retried = Refund {
            tries: refund.tries + 1,
            state: RefundState::Requested {
                ask_at: now,
                asked: 0,
            },
            ..refund
        };
        let fact = Fact {
            stream: Stream::Event(event.id),
            at: now,
            what: What::RefundRetried {
                purchase: retried.purchase,
                refund: retried.id,
            },
        };
        let changes = cx
            .changes()
            .by(caller)
            .write(retried.clone(), version)
            .record(fact);
        match cx.commit(changes).await {
            Ok(()) => return Ok(retried),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

/// The box office may; to anybody else there is no such refund.
async fn may_retry(cx: &Context, caller: &Caller, refund: &Refund) -> Result<Event, Refusal> {
    let (purchase, _) = cx
        .need::<Purchase>((refund.purchase,), Freshness::Cached, "purchase")
        .await?;
    let (event, _) = cx
        .need::<Event>((purchase.event,), Freshness::Cached, "event")
        .await?;
    match caller.may(Right::ActAs(event.organization, Role::BoxOffice)) {
        Ok(()) => Ok(event),
        Err(refusal) if refusal.code() == Code::LoginRequired => Err(refusal),
        Err(_) => Err(Refusal::not_found("refund", &refund.id)),
    }
}
