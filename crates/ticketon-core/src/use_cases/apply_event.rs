//! Making an event what its file says: drafting it where there is none, changing it where there is.
//!
//! The event as it stands is written as the file that it would be, and the two files are compared (`difference`). Of a draft
//! everything may change that is no loss; of a published event what is safe while people wait and buy (`fixed`). What may
//! not is refused before anything is changed, with every place named.

mod difference;
mod fixed;
mod stands;

use serde::Serialize;

use self::stands::Stands;
use super::create_event::{NewEvent, check, create_event, may_draft_for, slug_taken};
use super::publish::{check_seats, created};
use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::Refusal;
use crate::event::{Event, EventState};
use crate::fact::{Fact, Stream, What};
use crate::ids::Slug;
use crate::organization::Role;
use crate::row::{RowId, UniqueKey};
use crate::store::Freshness;

pub use self::difference::Difference;

/// What applying an event's file did, or would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// What became of the event.
    pub outcome: ApplyOutcome,
    /// The event as it stands afterwards; of a dry run as it stood before, none where there is none.
    pub event: Option<Event>,
    /// Where the file says something else than the event as it stood; empty for a new one.
    pub differences: Vec<Difference>,
}

/// What became of an event whose file was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplyOutcome {
    /// There was none, and it was drafted.
    Made,
    /// It is now as the file says.
    Changed,
    /// It was as the file says.
    Unchanged,
}

/// Makes the event of this slug what `new` says; a dry run only says what would become of it.
pub async fn apply_event(
    cx: &Context,
    caller: &Caller,
    new: NewEvent,
    is_dry: bool,
) -> Result<Applied, Refusal> {
    check(&new)?;
    let mut tries = Tries::default();
    loop {
        let Some(stands) = stands(cx, caller, &new.slug).await? else {
            return make(cx, caller, new, is_dry).await;
        };
        let event = &stands.event.0;
        caller.may(Right::ActAs(event.organization, Role::Manager))?;
        let differences = difference::between(&stands.file(&new), &new)?;
        if let Some(fixed) = fixed::refused(&stands, &new, &differences) {
            return Err(fixed);
        }
        let outcome = if differences.is_empty() {
            ApplyOutcome::Unchanged
        } else {
            ApplyOutcome::Changed
        };
        let changed = stands.changed(cx, &new);
        if changed.event.state == EventState::Published {
            for (performance, _) in &stands.performances {
                check_seats(cx, &changed.event, performance, Freshness::Fresh).await?;
            }
        }
        if is_dry || outcome == ApplyOutcome::Unchanged {
            return Ok(Applied {
                outcome,
                event: Some(stands.event.0),
                differences,
            });
        }
        let fact = Fact {
            stream: Stream::Event(event.id),
            at: cx.now(),
            what: What::EventChanged {
                event: event.id,
                fields: difference::keys(&differences),
            },
        };
        match cx
            .commit(
                changed
                    .written_over(&stands, cx.changes().by(caller))
                    .record(fact),
            )
            .await
        {
            Ok(()) => {
                return Ok(Applied {
                    outcome,
                    event: Some(changed.event),
                    differences,
                });
            }
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

/// The event of a slug with what belongs to it, if the caller may see it.
async fn stands(cx: &Context, caller: &Caller, slug: &Slug) -> Result<Option<Stands>, Refusal> {
    let holder = cx.reads.holder(&UniqueKey::EventSlug(slug.clone())).await?;
    let Some(RowId::Event(id)) = holder else {
        return Ok(None);
    };
    let stands = Stands::load(cx, id).await?;
    let event = &stands.event.0;
    let is_staff = caller.may(Right::ActAs(event.organization, Role::Gate)).is_ok();
    Ok((event.state == EventState::Published || is_staff).then_some(stands))
}

async fn make(cx: &Context, caller: &Caller, new: NewEvent, is_dry: bool) -> Result<Applied, Refusal> {
    let event = if is_dry {
        may_draft_for(cx, caller, &new.organization).await?;
        let holder = cx.reads.holder(&UniqueKey::EventSlug(new.slug.clone())).await?;
        if holder.is_some() {
            return Err(slug_taken(&new.slug));
        }
        None
    } else {
        let made = create_event(cx, caller, new).await?;
        Some(created(cx, made.id).await?.event)
    };
    Ok(Applied {
        outcome: ApplyOutcome::Made,
        event,
        differences: Vec::new(),
    })
}
