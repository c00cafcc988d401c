//! Some events of several are verified by themselves: one that is named, or those that have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ticketon_core::ids::{ChangesId, EventId};
use ticketon_core::purchase::Purchase;
use ticketon_core::verify::{Basis, Promise, changed_since};
use ticketon_core::{NewEvent, Timestamp, Won, add_views, create_event, verify_against};

use crate::shop::{Shop, recital, staff};

#[tokio::test]
async fn one_event_is_checked_without_the_others() {
    let shop = Shop::open().await;
    let paid = shop.buyer("ana").buy(["A-1"]).await;
    shop.tamper::<Purchase>((paid.id,), |purchase| purchase.lines[0].amount = Won(1))
        .await;
    let other = NewEvent {
        slug: "other".parse().unwrap(),
        ..recital()
    };
    let other = create_event(&shop.cx, &staff(), other).await.unwrap();
    let about = async |event: EventId| {
        let basis = Basis {
            events: Some(BTreeSet::from([event])),
            ..shop.basis()
        };
        verify_against(&*shop.cx.reads, shop.cx.now(), &basis)
            .await
            .unwrap()
    };
    let report = about(other.id).await;
    report.assert_kept();
    let checked = |promise| report.promises[&promise].checked;
    assert!(checked(Promise::ReplayGivesSameState) >= u64::from(other.performances[0].seats));
    assert_eq!(checked(Promise::MoneyAddsUp), 0);
    let report = about(shop.event.id).await;
    assert_eq!(report.promises[&Promise::MoneyAddsUp].broken, 1);
}

#[tokio::test]
async fn what_changed_since_is_what_has_facts_since_or_something_open() {
    let shop = Shop::open().await;
    let since = async |at| changed_since(&*shop.cx.reads, at).await.unwrap();
    let this = BTreeSet::from([shop.event.id]);
    let closes: Timestamp = "2026-12-24T10:00:00Z".parse().unwrap();
    shop.buyer("ana").buy(["A-1"]).await;
    assert_eq!(
        since(closes).await,
        this,
        "its line may move, and no fact tells of that"
    );
    let minute = Duration::from_mins(1);
    shop.wait((closes - minute).since(shop.cx.now()));
    shop.buyer("bob").hold(["A-2"]).await;
    assert_eq!(
        since(closes + minute).await,
        this,
        "held, and no fact tells of it since"
    );
    shop.wait_minutes(10);
    shop.sweep().await;
    assert_eq!(since(closes + minute).await, this, "given back since");
    let quiet = shop.cx.now() + minute;
    assert_eq!(since(quiet).await, BTreeSet::new());
    shop.wait_minutes(2);
    let looked_at = BTreeMap::from([(shop.event.id, 7)]);
    add_views(&shop.cx, ChangesId::from_bytes([7; 16]), &looked_at)
        .await
        .unwrap();
    assert_eq!(since(quiet).await, BTreeSet::new(), "looking changes nothing");
    let other = NewEvent {
        slug: "other".parse().unwrap(),
        ..recital()
    };
    let other = create_event(&shop.cx, &staff(), other).await.unwrap();
    assert_eq!(since(quiet).await, BTreeSet::from([other.id]));
}
