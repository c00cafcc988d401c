//! Finding what a request names: an event by slug, id or unique prefix, a purchase by code or id. What is not for the
//! caller to see is not found.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ticketon_core::caller::Right;
use ticketon_core::event::{Currency, Event, EventState, Performance};
use ticketon_core::ids::{
    EventId, OrganizationId, PerformanceId, PurchaseCode, PurchaseId, SaleId, Slug, UserId,
};
use ticketon_core::organization::Role;
use ticketon_core::purchase::Purchase;
use ticketon_core::row::{RowId, Stored, UniqueKey};
use ticketon_core::sale::{Sale, SalePhase};
use ticketon_core::store::Freshness;
use ticketon_core::{Caller, Code, Refusal, Timestamp, find_purchase, find_user};

use super::Http;
use super::auth::email;
use crate::adapter::sql::Lists;
use crate::journal::is_forgotten;
use crate::limits;
use crate::rooms::Room;

/// Which event a slug names. That of a published event is never given to another, so what is known stays true.
#[derive(Debug, Default)]
pub(super) struct Slugs(Mutex<BTreeMap<Slug, EventId>>);

/// A row by its name.
pub(super) async fn row<T: Stored>(http: &Http, key: T::Key, what: &str) -> Result<T, Refusal> {
    Ok(http.shop.cx.need(key, Freshness::Cached, what).await?.0)
}

/// Rows of one kind, in the order of their names.
pub(super) async fn rows<T: Stored>(
    http: &Http,
    ids: impl IntoIterator<Item = RowId>,
) -> Result<Vec<T>, Refusal> {
    rows_as(http, ids, Freshness::Cached).await
}

/// The same, at least this fresh.
pub(super) async fn rows_as<T: Stored>(
    http: &Http,
    ids: impl IntoIterator<Item = RowId>,
    freshness: Freshness,
) -> Result<Vec<T>, Refusal> {
    let found = http.shop.cx.load_all::<T>(ids, freshness).await?;
    Ok(found.into_iter().flatten().map(|(row, _)| row).collect())
}

/// What an event's amounts are in.
pub(super) async fn currency(http: &Http, event: EventId) -> Result<Currency, Refusal> {
    Ok(row::<Event>(http, (event,), "event").await?.currency)
}

/// The event of a name, if it is on the shelf or the caller prepares it.
pub(super) async fn event(http: &Http, caller: &Caller, name: &str) -> Result<Event, Refusal> {
    let id = event_id(http, caller, name).await?;
    let event = row::<Event>(http, (id,), "event").await?;
    if is_visible(caller, &event) {
        Ok(event)
    } else {
        Err(Refusal::not_found("event", &name))
    }
}

/// Which event a name means, whether or not the caller may see it.
pub(super) async fn event_id(http: &Http, caller: &Caller, name: &str) -> Result<EventId, Refusal> {
    if let Ok(id) = name.parse::<EventId>() {
        return Ok(id);
    }
    let slug = Slug::new(name).map_err(|_| Refusal::not_found("event", &name))?;
    match http.slugs.known(&slug) {
        Some(id) => Ok(id),
        // A large task, and seldom one.
        None => Box::pin(by_slug_or_prefix(http, caller, slug)).await,
    }
}

/// A performance and its event, if the event is visible.
pub(super) async fn performance(
    http: &Http,
    caller: &Caller,
    id: PerformanceId,
) -> Result<(Performance, Event), Refusal> {
    let performance = row::<Performance>(http, (id,), "performance").await?;
    let event = row::<Event>(http, (performance.event,), "event").await?;
    if is_visible(caller, &event) {
        Ok((performance, event))
    } else {
        Err(Refusal::not_found("performance", &id))
    }
}

/// The event's sales, in the order they were added.
pub(super) async fn sales(http: &Http, event: &Event, freshness: Freshness) -> Result<Vec<Sale>, Refusal> {
    rows_as(http, event.sales.iter().map(|id| RowId::Sale(*id)), freshness).await
}

/// The sale of an event that sells now, or whose lobby is open, and its waiting room; none for a sale without a queue.
pub(super) async fn room(
    http: &Http,
    caller: &Caller,
    name: &str,
    now: Timestamp,
) -> Result<(Sale, Option<Arc<Room>>), Refusal> {
    let event = event(http, caller, name).await?;
    let sale = sale_now(http, &event).await?;
    let room = http.shop.rooms.room(&event, &sale, now).await?;
    Ok((sale, room))
}

/// The waiting room of a sale, for whoever runs it.
pub(super) async fn room_to_run(http: &Http, caller: &Caller, sale: SaleId) -> Result<Arc<Room>, Refusal> {
    let not_found = || Refusal::not_found("sale", &sale);
    let found = row::<Sale>(http, (sale,), "sale").await?;
    let event = row::<Event>(http, (found.event,), "event").await?;
    if !is_visible(caller, &event) {
        return Err(not_found());
    }
    caller.may(Right::ActAs(event.organization, Role::Manager))?;
    // A room keeps what it was opened with, and a draft may still change.
    if event.state == EventState::Draft {
        let message = "the event is a draft: its waiting rooms are there once it is published";
        return Err(Refusal::new(Code::NotReady, message));
    }
    if is_forgotten(&found, http.shop.cx.now()) {
        let message = "this sale closed long ago, and how its line went is not kept any more";
        return Err(Refusal::new(Code::NotOnSale, message));
    }
    let room = http.shop.rooms.room(&event, &found, http.shop.cx.now()).await?;
    room.ok_or_else(|| Refusal::new(Code::NotFound, "this sale has no queue"))
}

/// The sale that sells now, else the one whose lobby is open.
pub(super) async fn sale_now(http: &Http, event: &Event) -> Result<Sale, Refusal> {
    let now = http.shop.cx.now();
    let mut lobby = None;
    for sale in sales(http, event, Freshness::Cached).await? {
        match sale.phase(now) {
            SalePhase::OnSale => return Ok(sale),
            SalePhase::Lobby => lobby = Some(sale),
            SalePhase::Before | SalePhase::Ended => {}
        }
    }
    lobby.ok_or_else(|| {
        let message = format!(
            "`{}` is not on sale now: see its sales for when it is",
            event.slug
        );
        Refusal::new(Code::NotOnSale, message)
    })
}

/// The caller's own purchase of a name; staff's too.
pub(super) async fn purchase(http: &Http, caller: &Caller, name: &str) -> Result<Purchase, Refusal> {
    let not_found = || Refusal::not_found("purchase", &name);
    let id = match name.parse::<PurchaseId>() {
        Ok(id) => id,
        Err(_) => by_code(http, name).await?.ok_or_else(not_found)?,
    };
    let purchase = find_purchase(&http.shop.cx, caller, id).await;
    purchase.map_err(|refusal| match refusal.code() {
        Code::NotFound => not_found(),
        _ => refusal,
    })
}

/// An organization by id or slug. Its name is no secret: it stands on its events.
pub(super) async fn organization(http: &Http, name: &str) -> Result<OrganizationId, Refusal> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let not_found = || Refusal::not_found("organization", &name);
    let slug = Slug::new(name).map_err(|_| not_found())?;
    let holder = http
        .shop
        .cx
        .reads
        .holder(&UniqueKey::OrganizationSlug(slug))
        .await?;
    match holder {
        Some(RowId::Organization(id)) => Ok(id),
        _ => Err(not_found()),
    }
}

/// A user by id or e-mail address, for whoever may ask for one.
pub(super) async fn user(http: &Http, name: &str) -> Result<UserId, Refusal> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let user = find_user(&http.shop.cx, &email(name)?).await?;
    match user {
        Some((user, _)) => Ok(user.id),
        None => Err(Refusal::not_found("user", &name)),
    }
}

fn is_visible(caller: &Caller, event: &Event) -> bool {
    match event.state {
        EventState::Draft => caller.may(Right::ActAs(event.organization, Role::Gate)).is_ok(),
        EventState::Published => true,
        EventState::Deleted => false,
    }
}

async fn by_code(http: &Http, name: &str) -> Result<Option<PurchaseId>, Refusal> {
    let Ok(code) = PurchaseCode::new(name.to_ascii_uppercase()) else {
        return Ok(None);
    };
    let holder = http.shop.cx.reads.holder(&UniqueKey::PurchaseCode(code)).await?;
    Ok(match holder {
        Some(RowId::Purchase(id)) => Some(id),
        _ => None,
    })
}

async fn by_slug_or_prefix(http: &Http, caller: &Caller, slug: Slug) -> Result<EventId, Refusal> {
    let holder = http
        .shop
        .cx
        .reads
        .holder(&UniqueKey::EventSlug(slug.clone()))
        .await?;
    if let Some(RowId::Event(id)) = holder {
        if row::<Event>(http, (id,), "event").await?.state == EventState::Published {
            http.slugs.keep(slug, id);
        }
        return Ok(id);
    }
    let found = by_prefix(http, caller, &slug).await?;
    found.ok_or_else(|| Refusal::not_found("event", &slug))
}

async fn by_prefix(http: &Http, caller: &Caller, prefix: &Slug) -> Result<Option<EventId>, Refusal> {
    let Some(lists) = &http.shop.lists else {
        return Ok(None);
    };
    let staff_of = caller.organizations(Role::Gate);
    let found = lists
        .events_by_prefix(prefix.as_str(), staff_of.as_deref())
        .await?;
    match *found {
        [] => Ok(None),
        [event] => Ok(Some(event)),
        _ => Err(Refusal::field(
            "event",
            format!("several events begin with `{prefix}`: write more of the name"),
        )),
    }
}

/// What people look through.
pub(super) fn lists(http: &Http) -> Result<&Lists, Refusal> {
    http.shop
        .lists
        .as_ref()
        .ok_or_else(|| Refusal::new(Code::Unavailable, "this store has no lists"))
}

impl Slugs {
    fn known(&self, slug: &Slug) -> Option<EventId> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(slug)
            .copied()
    }

    fn keep(&self, slug: Slug, id: EventId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= limits::SLUGS_KEPT {
            known.clear();
        }
        known.insert(slug, id);
    }
}
