//! Taking a draft away: nobody has seen it, and its slug is free for the next one.

use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::event::{Event, EventState};
use crate::fact::{Fact, Stream, What};
use crate::ids::EventId;
use crate::organization::Role;

/// Takes a draft away; answers what is left of it. A published event stays: somebody may have its tickets.
pub async fn delete_event(cx: &Context, caller: &Caller, event: EventId) -> Result<Event, Refusal> {
    let mut tries = Tries::default();
    loop {
        let (event, version) = cx.need::<Event>((event,), tries.freshness(), "event").await?;
        caller.may(Right::ActAs(event.organization, Role::Manager))?;
        match event.state {
            EventState::Draft => {}
            EventState::Published => return Err(is_published(&event)),
            EventState::Deleted => return Err(Refusal::not_found("event", &event.id)),
        }
        let deleted = event.deleted();
        let changes = cx
            .changes()
            .by(caller)
            .write(deleted.clone(), version)
            .record(Fact {
                stream: Stream::Event(deleted.id),
                at: cx.now(),
                what: What::EventDeleted { event: deleted.id },
            });
        match cx.commit(changes).await {
            Ok(()) => return Ok(deleted),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

fn is_published(event: &Event) -> Refusal {
    let slug = &event.slug;
    let message = format!(
        "`{slug}` is published, and somebody may have its tickets: end its sales by applying its file with earlier \
         `closes_at`"
    );
    Refusal::new(Code::NotADraft, message)
}
