//! Letting a hold go: its seats are free, the pass stays.

use super::freed_seats::free_seats;
use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::fact::{Fact, Stream, What};
use crate::hold::{Hold, HoldState};
use crate::ids::HoldId;

/// Lets the hold go. Letting it go again is no error.
pub async fn release_hold(cx: &Context, caller: &Caller, hold: HoldId) -> Result<Hold, Refusal> {
    let mut tries = Tries::default();
    loop {
        let (hold, version) = cx.need::<Hold>((hold,), tries.freshness(), "hold").await?;
        caller
            .may(Right::ActFor(&hold.person))
            .map_err(|_| Refusal::not_found("hold", &hold.id))?;
        match hold.state {
            HoldState::Active => {}
            HoldState::Released | HoldState::Expired => return Ok(hold),
            HoldState::Taken(purchase) => {
                let message = format!("purchase `{purchase}` keeps these seats: cancel it first");
                return Err(Refusal::new(Code::HoldTaken, message));
            }
        }
        let (allowance, allowance_version) = cx.allowance(hold.sale, &hold.person, tries.freshness()).await?;
        let Some(freed) = free_seats(cx, &hold, tries.freshness()).await? else {
            tries.again()?;
            continue;
        };
        let mut changes = cx
            .changes()
            .write(allowance.without(hold.items.len()), allowance_version);
        let released = hold.becoming(HoldState::Released);
        changes = changes.write(released.clone(), version).record(Fact {
            stream: Stream::Event(released.event),
            at: cx.now(),
            what: What::HoldEnded {
                hold: released.id,
                performance: released.performance,
                sale: released.sale,
                expired: false,
                spent: None,
                seats: freed.marks(),
            },
        });
        match cx.commit(freed.write_to(changes)).await {
            Ok(()) => return Ok(released),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}
